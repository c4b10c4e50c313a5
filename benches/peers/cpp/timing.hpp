// The timer, the same in all languages (see benches/workloads/timing.rs), and the JSON line.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "problem.hpp"

struct Effort {
    double warm_up_us, total_us, least;
};
constexpr Effort full {2e5, 1e6, 20}, quick {2e4, 1e5, 3};

struct Sample {
    double median_us, min_us;
    size_t reps;
};

inline double now_us() {
    using namespace std::chrono;
    return duration<double, std::micro>(steady_clock::now().time_since_epoch()).count();
}

// Times `run`; the figures are those of one of its `parts`.
inline Sample measure(const Effort &effort, double parts, const std::function<void()> &run) {
    const double group_us = 200, slow_us = 2e6;
    const double start = now_us();
    size_t runs = 0;
    while (runs < 3 || now_us() - start < effort.warm_up_us) run(), runs++;
    const double each = (now_us() - start) / runs;
    const size_t group = std::max(1.0, std::ceil(group_us / each));
    const double least = each > slow_us ? std::min(5.0, effort.least) : effort.least;
    const size_t reps = std::clamp(effort.total_us / (each * group), least, 400.0);
    std::vector<double> times;
    for (size_t rep = 0; rep < reps; rep++) {
        const double begin = now_us();
        for (size_t k = 0; k < group; k++) run();
        times.push_back((now_us() - begin) / group / parts);
    }
    std::sort(times.begin(), times.end());
    return {(times[(reps - 1) / 2] + times[reps / 2]) / 2, times[0], reps};
}

// Largest resident memory of this process so far, in KiB.
inline long peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        long kib = 0;
        if (word == "VmHWM:" && status >> kib) return kib;
    }
    return 0;
}

// `more` is appended to the object as it is.
inline void print_line(const std::string &peer, const std::string &version,
        const std::string &variant, const Problem &problem, const Sample &sample,
        const Check &check, const std::string &more = "") {
    std::printf("{\"peer\":\"%s\",\"version\":\"%s\",\"variant\":\"%s\",\"workload\":\"%s\","
                "\"threads\":1,\"median_us\":%.4f,\"min_us\":%.4f,\"reps\":%zu,\"peak_kib\":%ld,"
                "\"check\":{",
            peer.c_str(), version.c_str(), variant.c_str(), problem.name.c_str(),
            sample.median_us, sample.min_us, sample.reps, peak_kib());
    const char *comma = "";
    for (const auto &[name, sums] : check) {
        std::printf("%s\"%s\":[%.9g,%.9g]", comma, name.c_str(), sums.first, sums.second);
        comma = ",";
    }
    std::printf("}%s}\n", more.c_str());
    std::fflush(stdout);
}
