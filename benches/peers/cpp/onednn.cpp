// oneDNN's RNN primitives: onednn FOLDER [--quick]
//
// Weights are laid out as the primitives ask for before timing, and gradients of weights stay in
// the primitives' own layout. A training loop would pay for both after every update; what laying
// out costs is printed as `layout_us` and is not part of the figure.

#include <cstring>
#include <iostream>
#include <optional>
#include <unordered_map>

#include "oneapi/dnnl/dnnl.hpp"
#include "problem.hpp"
#include "timing.hpp"

using namespace dnnl;
using Desc = memory::desc;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

static const engine cpu(engine::kind::cpu, 0);
static stream queue(cpu);

static Desc floats(const memory::dims &sizes, Tag tag) {
    return Desc(sizes, memory::data_type::f32, tag);
}

static memory filled(const Desc &desc, const Floats &values) {
    memory result(desc, cpu);
    if (values.size() * sizeof(float) != desc.get_size()) throw std::runtime_error("wrong size");
    std::memcpy(result.get_data_handle(), values.data(), desc.get_size());
    return result;
}

static memory laid_out(memory &from, const Desc &desc) {
    if (from.get_desc() == desc) return from;
    memory result(desc, cpu);
    reorder(from, result).execute(queue, from, result);
    queue.wait();
    return result;
}

static Floats read(memory &from, const Desc &plain) {
    memory there = laid_out(from, plain);
    const float *data = static_cast<const float *>(there.get_data_handle());
    return Floats(data, data + plain.get_size() / sizeof(float));
}

// How a row's cell is called, and how its tensors are laid out there.
struct Cell {
    algorithm kind;
    bool lstm, peephole, gru;
    size_t gates, biases;
    std::vector<size_t> order; // of the gates, in terms of the row's

    explicit Cell(const std::string &cell)
        : lstm(cell == "lstm" || cell == "peephole"), peephole(cell == "peephole"),
          gru(cell == "gru") {
        if (!lstm && !gru && cell != "rnn") throw std::runtime_error("no primitive for " + cell);
        kind = lstm ? algorithm::vanilla_lstm : gru ? algorithm::lbr_gru : algorithm::vanilla_rnn;
        gates = lstm ? 4 : gru ? 3 : 1;
        biases = gru ? 4 : gates;
        order = lstm ? std::vector<size_t> {0, 1, 2, 3} : std::vector<size_t> {0};
        if (gru) order = {1, 0, 2}; // u, r, n; the same permutation back
    }
};

// Memory descriptors of a row; those of the weights leave the layout open.
struct Descs {
    Desc x, y, state, W, U, W_plain, U_plain, b, p, none;

    Descs(const Problem &row, const Cell &cell, long steps) {
        const long n = row.batch, i = row.input, h = row.hidden, g = cell.gates;
        x = floats({steps, n, i}, Tag::tnc);
        y = floats({steps, n, h}, Tag::tnc);
        state = floats({1, 1, n, h}, Tag::ldnc);
        W = floats({1, 1, i, g, h}, Tag::any);
        U = floats({1, 1, h, g, h}, Tag::any);
        W_plain = floats({1, 1, i, g, h}, Tag::ldigo);
        U_plain = floats({1, 1, h, g, h}, Tag::ldigo);
        b = floats({1, 1, long(cell.biases), h}, Tag::ldgo);
        p = floats({1, 1, 3, h}, Tag::ldgo);
    }
};

// The typed descriptors of the C++ interface differ by cell and cannot say that gradients of
// weights are to be overwritten; their base can.
struct Forward : rnn_primitive_desc_base {
    Forward(const Cell &cell, const Descs &d, prop_kind kind, bool states)
        : rnn_primitive_desc_base(cpu, cell.kind, kind, algorithm::eltwise_tanh,
                rnn_direction::unidirectional_left2right, d.x, d.state, &d.state, nullptr, d.W,
                d.U, cell.peephole ? &d.p : nullptr, nullptr, d.b, d.y, states ? d.state : d.none,
                states ? &d.state : &d.none, rnn_flags::undef, 0, 0, primitive_attr(), false) {}
};

struct Backward : rnn_primitive_desc_base {
    Backward(const Cell &cell, const Descs &d, const Forward &hint)
        : rnn_primitive_desc_base(cpu, cell.kind, prop_kind::backward, algorithm::eltwise_tanh,
                rnn_direction::unidirectional_left2right, d.x, d.state, &d.state, nullptr, d.W,
                d.U, cell.peephole ? &d.p : nullptr, nullptr, d.b, d.y, d.none, &d.none, d.x,
                d.state, &d.state, nullptr, d.W, d.U, cell.peephole ? &d.p : nullptr, nullptr,
                d.b, d.y, d.none, &d.none, rnn_flags::diff_weights_overwrite, 0, 0, hint,
                primitive_attr(), false) {}
};

// Memory of a row and the two primitives over it.
struct Network {
    const Problem &row;
    Cell cell;
    Descs d;
    memory W, U, y;
    Arguments forward, backward;
    std::optional<primitive> run_forward, run_backward;
    std::vector<std::pair<reorder, Arguments>> layouts;

    Network(const Problem &row, long steps)
        : row(row), cell(row.cell), d(row, cell, steps), W(filled(d.W_plain, stacked("W"))),
          U(filled(d.U_plain, stacked("U"))), y(d.y, cpu) {
        const bool trains = row.mode == "train", streams = row.mode == "stream";
        Forward desc(cell, d,
                trains ? prop_kind::forward_training : prop_kind::forward_inference, streams);
        run_forward.emplace(desc.get());
        forward = {{DNNL_ARG_SRC_LAYER, streams ? memory(d.x, cpu) : filled(d.x, row["x"])},
                {DNNL_ARG_SRC_ITER, filled(d.state, row["h0"])}, {DNNL_ARG_BIAS, bias()},
                {DNNL_ARG_WEIGHTS_LAYER, arranged(W, desc.weights_layer_desc())},
                {DNNL_ARG_WEIGHTS_ITER, arranged(U, desc.weights_iter_desc())},
                {DNNL_ARG_DST_LAYER, y}};
        if (cell.lstm) forward[DNNL_ARG_SRC_ITER_C] = filled(d.state, row["c0"]);
        if (cell.peephole) forward[DNNL_ARG_WEIGHTS_PEEPHOLE] = filled(d.p, row["p"]);
        if (trains) {
            forward[DNNL_ARG_WORKSPACE] = memory(desc.workspace_desc(), cpu);
            prepare_backward(Backward(cell, d, desc));
        }
    }

    void prepare_backward(const Backward &desc) {
        run_backward.emplace(desc.get());
        backward = forward;
        backward[DNNL_ARG_WEIGHTS_LAYER] = arranged(W, desc.weights_layer_desc());
        backward[DNNL_ARG_WEIGHTS_ITER] = arranged(U, desc.weights_iter_desc());
        const std::pair<int, Desc> results[] = {{DNNL_ARG_DIFF_SRC_LAYER, d.x},
                {DNNL_ARG_DIFF_SRC_ITER, d.state}, {DNNL_ARG_DIFF_SRC_ITER_C, d.state},
                {DNNL_ARG_DIFF_WEIGHTS_LAYER, desc.diff_weights_layer_desc()},
                {DNNL_ARG_DIFF_WEIGHTS_ITER, desc.diff_weights_iter_desc()},
                {DNNL_ARG_DIFF_WEIGHTS_PEEPHOLE, d.p}, {DNNL_ARG_DIFF_BIAS, d.b}};
        for (const auto &[argument, result] : results) {
            if (argument == DNNL_ARG_DIFF_SRC_ITER_C && !cell.lstm) continue;
            if (argument == DNNL_ARG_DIFF_WEIGHTS_PEEPHOLE && !cell.peephole) continue;
            backward[argument] = memory(result, cpu);
        }
        backward[DNNL_ARG_DIFF_DST_LAYER] = filled(d.y, row["r"]);
    }

    // A weight matrix [inputs][gates][H] from the row's [gates*H][inputs].
    Floats stacked(const char *name) const {
        return transposed(reordered(row[name], cell.order), cell.gates * row.hidden);
    }

    Floats unstacked(const Floats &matrix) const {
        const size_t inputs = matrix.size() / (cell.gates * row.hidden);
        return reordered(transposed(matrix, inputs), cell.order);
    }

    memory bias() const {
        Floats values = reordered(row["b"], cell.order);
        if (cell.gru) values.insert(values.end(), row["q"].begin(), row["q"].end());
        return filled(d.b, values);
    }

    memory arranged(memory &plain, const Desc &desc) {
        memory there = laid_out(plain, desc);
        if (plain.get_desc() != desc)
            layouts.push_back({reorder(plain, there),
                    {{DNNL_ARG_FROM, plain}, {DNNL_ARG_TO, there}}});
        return there;
    }

    void run() {
        run_forward->execute(queue, forward);
        if (run_backward) run_backward->execute(queue, backward);
        queue.wait();
    }

    void lay_out() {
        for (auto &[primitive, arguments] : layouts) primitive.execute(queue, arguments);
        queue.wait();
    }

    Check check() {
        Check check;
        row.hold(check, "y", read(y, d.y));
        if (!run_backward) return check;
        row.hold(check, "x", read(backward[DNNL_ARG_DIFF_SRC_LAYER], d.x));
        row.hold(check, "h0", read(backward[DNNL_ARG_DIFF_SRC_ITER], d.state));
        if (cell.lstm) row.hold(check, "c0", read(backward[DNNL_ARG_DIFF_SRC_ITER_C], d.state));
        row.hold(check, "W", unstacked(read(backward[DNNL_ARG_DIFF_WEIGHTS_LAYER], d.W_plain)));
        row.hold(check, "U", unstacked(read(backward[DNNL_ARG_DIFF_WEIGHTS_ITER], d.U_plain)));
        if (cell.peephole)
            row.hold(check, "p", read(backward[DNNL_ARG_DIFF_WEIGHTS_PEEPHOLE], d.p));
        Floats biases = read(backward[DNNL_ARG_DIFF_BIAS], d.b);
        const auto gates_end = biases.begin() + cell.gates * row.hidden;
        if (cell.gru) row.hold(check, "q", Floats(gates_end, biases.end()));
        row.hold(check, "b", reordered(Floats(biases.begin(), gates_end), cell.order));
        return check;
    }
};

// A primitive of one step, its states in two places that take turns.
struct Stream {
    Network network;
    Arguments turns[2];
    Floats outputs;

    explicit Stream(const Problem &row) : network(row, 1), outputs(row.steps * row.output) {
        turns[0] = turns[1] = network.forward;
        std::vector<std::pair<int, int>> states = {{DNNL_ARG_SRC_ITER, DNNL_ARG_DST_ITER}};
        if (network.cell.lstm) states.push_back({DNNL_ARG_SRC_ITER_C, DNNL_ARG_DST_ITER_C});
        for (const auto &[source, target] : states) {
            memory other(network.d.state, cpu);
            turns[0][target] = turns[1][source] = other;
            turns[1][target] = network.forward[source];
        }
    }

    void run() {
        const Problem &row = network.row;
        float *x = static_cast<float *>(network.forward[DNNL_ARG_SRC_LAYER].get_data_handle());
        const float *h = static_cast<const float *>(network.y.get_data_handle());
        const Floats &xs = row["x"];
        const float *v = row.has("v") ? row["v"].data() : nullptr;
        const float d = v ? row["d"][0] : 0;
        for (size_t step = 0; step < row.steps; step++) {
            std::copy_n(&xs[step * row.input], row.input, x);
            network.run_forward->execute(queue, turns[step % 2]);
            queue.wait();
            float *output = &outputs[step * row.output];
            if (v) {
                *output = d;
                for (size_t k = 0; k < row.hidden; k++) *output += v[k] * h[k];
            } else {
                std::copy_n(h, row.hidden, output);
            }
        }
    }
};

static void drive(const Problem &row, const Effort &effort) {
    const dnnl_version_t &v = *dnnl_version();
    const std::string version = std::to_string(v.major) + "." + std::to_string(v.minor) + "."
            + std::to_string(v.patch);
    if (row.mode == "stream") {
        Stream stream(row);
        stream.run();
        Check check;
        row.hold(check, "y", stream.outputs);
        const Sample sample = measure(effort, row.steps, [&] { stream.run(); });
        print_line("onednn", version, "a primitive a step", row, sample, check);
        return;
    }
    Network network(row, row.steps);
    network.run();
    const Check check = network.check();
    const Sample sample = measure(effort, 1, [&] { network.run(); });
    std::string more;
    if (network.run_backward && !network.layouts.empty()) {
        const Sample layout = measure(quick, 1, [&] { network.lay_out(); });
        more = ",\"layout_us\":" + std::to_string(layout.median_us);
    }
    print_line("onednn", version, "primitive", row, sample, check, more);
}

int main(int count, char **arguments) {
    try {
        if (count < 2) throw std::runtime_error("onednn FOLDER [--quick]");
        const bool short_run = count > 2 && std::string(arguments[2]) == "--quick";
        drive(read_problem(arguments[1]), short_run ? quick : full);
    } catch (const std::exception &error) {
        std::cerr << "onednn: " << error.what() << "\n";
        return 1;
    }
}
