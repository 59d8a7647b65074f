// The CPU of threads that a library starts for itself: they answer to nobody's clock.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <set>

namespace haploom::model {

using ThreadIds = std::set<pid_t>;

ThreadIds threads_of_process();

// User + system seconds so far; threads that have ended count nothing.
double cpu_seconds(const ThreadIds& threads);

}  // namespace haploom::model
