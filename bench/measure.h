// What the programs of bench/ share: CPU seconds, and an end with the error's text and exit code.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <limits>

#include "base/error.h"

namespace haploom::bench {

inline double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// The least of several rounds: others' work on the machine only adds.
template <typename Act>
double least_cpu_seconds(int repeats, Act act) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    const double start = cpu_seconds();
    act();
    least = std::min(least, cpu_seconds() - start);
  }
  return least;
}

// act: returns the exit status.
template <typename Act>
int run_program(Act act) {
  try {
    return act();
  } catch (const Error& error) {
    fmt::print(stderr, "{}", error.text());
    return static_cast<int>(error.exit());
  }
}

}  // namespace haploom::bench
