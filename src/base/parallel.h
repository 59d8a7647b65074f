// Pieces of one job, done by several threads.
//
//   for_each_parallel(chunks, threads, [&](uint64_t chunk) { ... });
//
// In:     work(i) for each i < count once, in about rising order; the calling thread works too; threads: 0 counts as 1
// Errors: the first exception of any thread, and base::Interrupted, end the job and reach the caller when all have stopped
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "base/signals.h"

namespace haploom::base {

template <typename Work>
void for_each_parallel(uint64_t count, unsigned threads, Work work) {
  std::atomic<uint64_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto turns = [&] {
    try {
      for (uint64_t i; (i = next.fetch_add(1)) < count;) {
        throw_if_stopped();
        work(i);
      }
    } catch (...) {
      const std::lock_guard lock(failing);
      if (!failure) failure = std::current_exception();
      next.store(count);
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (uint64_t i = 1; i < std::min<uint64_t>(threads, count); ++i) others.emplace_back(turns);
    } catch (const std::system_error&) {  // no more threads are to be had: those that are will do
    }
    turns();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace haploom::base
