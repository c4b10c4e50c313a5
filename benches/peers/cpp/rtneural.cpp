// RTNeural's templates on the rows of one step a call: rtneural WAY FOLDER [--quick]
//
// WAY only names what the program was compiled for.

#include <iostream>

#include "RTNeural/RTNeural.h"
#include "problem.hpp"
#include "timing.hpp"

using Rows = std::vector<Floats>;

static Rows rows_of(const Floats &matrix, size_t rows) {
    const size_t columns = matrix.size() / rows;
    Rows result;
    for (size_t r = 0; r < rows; r++)
        result.emplace_back(matrix.begin() + r * columns, matrix.begin() + (r + 1) * columns);
    return result;
}

// Matrices go in as [inputs][gates*H].
template <int H>
static void fill(RTNeural::LSTMLayerT<float, 1, H> &layer, const Problem &row) {
    layer.setWVals(rows_of(transposed(row["W"], 4 * H), 1));
    layer.setUVals(rows_of(transposed(row["U"], 4 * H), H));
    layer.setBVals(row["b"]);
}

template <int H>
static void fill(RTNeural::GRULayerT<float, 1, H> &layer, const Problem &row) {
    const std::vector<size_t> order = {1, 0, 2}; // from r, z, n to z, r, n
    layer.setWVals(rows_of(transposed(reordered(row["W"], order), 3 * H), 1));
    layer.setUVals(rows_of(transposed(reordered(row["U"], order), 3 * H), H));
    Floats recurrent(3 * H, 0);
    std::copy(row["q"].begin(), row["q"].end(), recurrent.begin() + 2 * H);
    layer.setBVals({reordered(row["b"], order), recurrent});
}

template <int H>
static void fill(RTNeural::DenseT<float, H, 1> &layer, const Problem &row) {
    layer.setWeights({row["v"]});
    float bias = row["d"][0];
    layer.setBias(&bias);
}

template <typename Model>
static void drive(const std::string &way, Model &model, const Problem &row, const Effort &effort) {
    model.reset();
    const Floats &xs = row["x"];
    Floats outputs(row.steps * row.output);
    auto run = [&] {
        for (size_t step = 0; step < row.steps; step++) {
            alignas(64) float x[16] = {xs[step]};
            model.forward(x);
            std::copy_n(model.getOutputs(), row.output, &outputs[step * row.output]);
        }
    };
    run();
    Check check;
    row.hold(check, "y", outputs);
    print_line("rtneural", "of the folder given", way, row, measure(effort, row.steps, run), check);
}

static void drive(const std::string &way, const Problem &row, const Effort &effort) {
    using namespace RTNeural;
    if (row.name == "stream-lstm-8") {
        ModelT<float, 1, 8, LSTMLayerT<float, 1, 8>> model;
        fill(model.template get<0>(), row);
        drive(way, model, row, effort);
    } else if (row.name == "stream-lstm-40") {
        ModelT<float, 1, 1, LSTMLayerT<float, 1, 40>, DenseT<float, 40, 1>> model;
        fill(model.template get<0>(), row);
        fill(model.template get<1>(), row);
        drive(way, model, row, effort);
    } else if (row.name == "stream-gru-16") {
        ModelT<float, 1, 1, GRULayerT<float, 1, 16>, DenseT<float, 16, 1>> model;
        fill(model.template get<0>(), row);
        fill(model.template get<1>(), row);
        drive(way, model, row, effort);
    } else {
        throw std::runtime_error("single steps alone, not " + row.name);
    }
}

int main(int count, char **arguments) {
    try {
        if (count < 3) throw std::runtime_error("rtneural WAY FOLDER [--quick]");
        const bool short_run = count > 3 && std::string(arguments[3]) == "--quick";
        drive(arguments[1], read_problem(arguments[2]), short_run ? quick : full);
    } catch (const std::exception &error) {
        std::cerr << "rtneural: " << error.what() << "\n";
        return 1;
    }
}
