// Waiting for another process: short pauses, a deadline, a line in the log every 10 s, and an end when a signal came.
//
//   Waiter waiter(options.wait_timeout, loading_or_removing(name));
//   while (!done()) waiter.pause([&] { return text_of(lock_holders(path)); });
//
// Kernel locks are polled rather than slept on, so that the deadline and the signal hold. Steady clock: jumps do nothing.
// Errors: kResource/kTimeout naming who is waited for; base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace haploom::shared_image {

class Waiter {
 public:
  // doing: what the one who is waited for does, as "reserves space in /dev/shm".
  Waiter(std::chrono::milliseconds limit, std::string doing);

  // who(): the processes that are waited for; asked for only when a line is due.
  void pause(const std::function<std::string()>& who);

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::milliseconds limit_;
  std::string doing_;
  Clock::time_point start_;
  Clock::time_point next_line_;
  std::chrono::milliseconds nap_{1};
};

// What the holder of a name does.
std::string loading_or_removing(const std::string& name);

}  // namespace haploom::shared_image
