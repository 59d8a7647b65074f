// How far a run is: `windows 1200/66000 (1.8%), 412 windows/s, done in about 2m37s`.
//
// In a log file a new line every 30 s; on a terminal one line, redrawn in place every second. Nothing is written before the
// first interval is over, so that short runs are silent.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>

namespace haploom::report {

// done of total after so long. An unknown rate (nothing done yet) has no expected end.
std::string progress_text(int64_t done, int64_t total, const std::string& unit, std::chrono::duration<double> elapsed);

// "2m37s", "1h05m", "12s"
std::string duration_text(double seconds);

class Progress {
 public:
  struct Options {
    std::chrono::milliseconds log_interval{30'000};
    std::chrono::milliseconds terminal_interval{1'000};
    std::FILE* terminal = stderr;  // asked whether it is a terminal, and drawn on if so
    bool quiet = false;            // counts only
  };

  Progress(int64_t total, std::string unit, Options options);
  Progress(int64_t total, std::string unit) : Progress(total, std::move(unit), Options()) {}
  ~Progress();  // ends the line on a terminal
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(int64_t done = 1) { done_.fetch_add(done, std::memory_order_relaxed); }
  int64_t done() const { return done_.load(std::memory_order_relaxed); }
  int shown() const { return shown_.load(); }  // how often it was written or redrawn

 private:
  void watch(std::stop_token stop);
  void show();

  const int64_t total_;
  const std::string unit_;
  const Options options_;
  const bool on_terminal_;
  const std::chrono::steady_clock::time_point start_;
  std::atomic<int64_t> done_{0};
  std::atomic<int> shown_{0};
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread watcher_;  // last: it uses all of the above
};

}  // namespace haploom::report
