// A row as a driver sees it: the folder that python/prepare.py wrote.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using Floats = std::vector<float>;
// What is expected of a tensor: the sum against a direction, and the norm it is judged by.
using Check = std::map<std::string, std::pair<double, double>>;

struct Problem {
    std::string name, cell, mode;
    size_t batch, input, hidden, steps, output;
    std::map<std::string, Floats> tensors; // "W", and "W.direction" where a gradient is wanted

    bool has(const std::string &tensor) const { return tensors.count(tensor) != 0; }

    const Floats &operator[](const std::string &tensor) const {
        auto found = tensors.find(tensor);
        if (found == tensors.end()) throw std::runtime_error("no tensor " + tensor);
        return found->second;
    }

    // Adds `value` of `tensor` ("y", or the gradient of a tensor) to `check`.
    void hold(Check &check, const std::string &tensor, const Floats &value) const {
        const Floats &direction = (*this)[tensor == "y" ? "r" : tensor + ".direction"];
        if (value.size() != direction.size()) throw std::runtime_error("wrong size of " + tensor);
        double sum = 0, squares = 0;
        for (size_t k = 0; k < value.size(); k++) {
            sum += double(value[k]) * direction[k];
            squares += double(value[k]) * value[k];
        }
        check[tensor] = {sum, std::sqrt(squares)};
    }
};

inline Floats read_floats(const std::filesystem::path &path) {
    Floats values(std::filesystem::file_size(path) / sizeof(float));
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char *>(values.data()), values.size() * sizeof(float));
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return values;
}

inline Problem read_problem(const std::filesystem::path &folder) {
    std::ifstream text(folder / "row.txt");
    std::map<std::string, std::string> facts;
    for (std::string name, value; text >> name >> value;) facts[name] = value;
    auto size = [&](const char *name) { return std::stoul(facts.at(name)); };
    Problem problem {folder.filename().string(), facts.at("cell"), facts.at("mode"), size("batch"),
            size("input"), size("hidden"), size("steps"), size("output"), {}};
    for (const auto &entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".f32")
            problem.tensors[entry.path().stem().string()] = read_floats(entry.path());
    return problem;
}

// The transpose of a matrix [rows][columns].
inline Floats transposed(const Floats &matrix, size_t rows) {
    const size_t columns = matrix.size() / rows;
    Floats result(matrix.size());
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c];
    return result;
}

// Blocks of equal length put into another order: block k of the result is block `order[k]`.
inline Floats reordered(const Floats &blocks, const std::vector<size_t> &order) {
    const size_t length = blocks.size() / order.size();
    Floats result;
    for (size_t block : order)
        result.insert(result.end(), blocks.begin() + block * length,
                blocks.begin() + (block + 1) * length);
    return result;
}
