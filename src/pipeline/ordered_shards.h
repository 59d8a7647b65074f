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
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace haploom::pipeline {

// Jobs that come one by one: next() gives them, in one thread at a time, nothing after the last; work(thread, job) -> Result
// runs on `threads` threads; take(Result&&) runs in the calling thread, in the order of the jobs.
// waiting_results: how many finished results may wait for an earlier one, besides those in work.
template <typename Job, typename Result>
void stream_in_order(int threads, const std::function<std::optional<Job>()>& next, const std::function<Result(int thread, Job&& job)>& work,
                     const std::function<void(Result&&)>& take, size_t waiting_results) {
  std::mutex mutex;
  std::mutex giving;  // next() has one caller
  std::condition_variable changed;
  std::map<size_t, Result> done;
  std::exception_ptr problem;
  size_t started = 0;
  size_t taken = 0;
  bool all_started = false;
  const size_t ahead = static_cast<size_t>(threads) + waiting_results;

  // The next job and its number; nothing when there is none or the others have stopped.
  const auto start = [&]() -> std::optional<std::pair<size_t, Job>> {
    const std::lock_guard one(giving);
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return problem || all_started || started < taken + ahead; });
      if (problem || all_started) return std::nullopt;
    }
    std::optional<Job> job;
    std::exception_ptr no_more;
    try {
      job = next();
    } catch (...) {
      no_more = std::current_exception();
    }
    // Said before another thread may ask: a source that has thrown is not asked again.
    const std::lock_guard lock(mutex);
    if (no_more && !problem) problem = no_more;
    if (!job) {
      all_started = true;
      return std::nullopt;
    }
    return std::pair(started++, std::move(*job));
  };
  const auto worker = [&](int thread) {
    try {
      while (auto job = start()) {
        Result result = work(thread, std::move(job->second));
        const std::lock_guard lock(mutex);
        if (problem) return;
        done.emplace(job->first, std::move(result));
        changed.notify_all();
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!problem) problem = std::current_exception();
    }
    changed.notify_all();
  };

  std::vector<std::jthread> pool;  // joins when this scope is left, whatever happens
  try {
    for (int thread = 0; thread < threads; ++thread) pool.emplace_back(worker, thread);
    while (true) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return problem || done.contains(taken) || (all_started && taken == started); });
      if (problem || (all_started && taken == started)) break;
      Result result = std::move(done.extract(taken).mapped());
      lock.unlock();
      take(std::move(result));
      lock.lock();
      ++taken;
      changed.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex);
    if (!problem) problem = std::current_exception();
    changed.notify_all();
  }
  pool.clear();
  if (problem) std::rethrow_exception(problem);
}

// The same where the number of jobs is known: work(thread, shard) -> Result, shard 0 is started and taken first.
template <typename Result>
void in_order(int threads, size_t shards, const std::function<Result(int thread, size_t shard)>& work,
              const std::function<void(size_t shard, Result&&)>& take, size_t waiting_results) {
  size_t started = 0;
  size_t taken = 0;
  stream_in_order<size_t, Result>(
      threads, [&]() -> std::optional<size_t> { return started < shards ? std::optional(started++) : std::nullopt; },
      [&](int thread, size_t&& shard) { return work(thread, shard); }, [&](Result&& result) { take(taken++, std::move(result)); },
      waiting_results);
}

}  // namespace haploom::pipeline
