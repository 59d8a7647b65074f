// What this process has cost so far.
//
// Source: getrusage(2) for CPU; /proc/self/status for memory, since ru_maxrss survives exec and so may be a parent's
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace haploom::base {

struct Usage {
  double wall_seconds = 0;         // since the program started
  double cpu_seconds = 0;          // user + system, all threads
  int64_t peak_memory_bytes = 0;   // most that was resident, shared mappings that were touched included
  int64_t shared_memory_bytes = 0; // of named memory resident now: the shared image, counted apart
};

Usage process_usage();

// User + system seconds of the calling thread.
double thread_cpu_seconds();

}  // namespace haploom::base
