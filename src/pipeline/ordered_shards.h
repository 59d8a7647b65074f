// Shards done by many threads in any order, handed on by one in file order; never more than a few are held.
//
// Errors: the first exception of a worker stops the others and is thrown again in the caller's thread.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace haploom::pipeline {

// work(thread, shard) -> Result runs on `threads` threads; take(shard, Result&&) runs in the calling thread, shard 0 first.
// waiting_results: how many finished results may wait for an earlier one, besides those in work.
template <typename Result>
void in_order(int threads, size_t shards, const std::function<Result(int thread, size_t shard)>& work,
              const std::function<void(size_t shard, Result&&)>& take, size_t waiting_results) {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<size_t, Result> done;
  std::exception_ptr problem;
  size_t next_to_start = 0;
  size_t next_to_take = 0;
  const size_t ahead = static_cast<size_t>(threads) + waiting_results;

  const auto worker = [&](int thread) {
    while (true) {
      size_t shard = 0;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return problem || next_to_start >= shards || next_to_start < next_to_take + ahead; });
        if (problem || next_to_start >= shards) return;
        shard = next_to_start++;
      }
      try {
        Result result = work(thread, shard);
        const std::lock_guard lock(mutex);
        done.emplace(shard, std::move(result));
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!problem) problem = std::current_exception();
      }
      changed.notify_all();
    }
  };

  std::vector<std::jthread> pool;  // joins when this scope is left, whatever happens
  const auto stop = [&](std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    if (!problem) problem = std::move(why);
    changed.notify_all();
  };
  try {
    for (int thread = 0; thread < threads; ++thread) pool.emplace_back(worker, thread);
    while (next_to_take < shards) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return problem || done.contains(next_to_take); });
      if (problem) break;
      Result result = std::move(done.extract(next_to_take).mapped());
      lock.unlock();
      take(next_to_take, std::move(result));
      lock.lock();
      ++next_to_take;
      changed.notify_all();
    }
  } catch (...) {
    stop(std::current_exception());
  }
  pool.clear();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace haploom::pipeline
