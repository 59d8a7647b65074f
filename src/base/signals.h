// Ending in order when the system asks: SIGTERM, SIGINT, SIGHUP and what batch systems send first set a flag, long loops
// ask for it, and the way out goes through every destructor, so that leases are given back and temporary files are gone.
//
//   install_signal_handlers();                 once, at the start of the program
//   while (...) { throw_if_stopped(); ... }    in every loop that may last longer than a second
//   for (i ...) { throw_if_stopped(i); ... }   the same where a turn takes nanoseconds: asks at every 65536th
//
// commands/main.cc catches Interrupted and exits with 128 + signal. A worker thread hands it over like any exception (see
// pipeline/ordered_shards.h): it must not escape from a thread itself.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <exception>

namespace haploom::base {

// Also ignores SIGPIPE and SIGXFSZ: a broken pipe and a file over its size limit become write errors with a name.
// A signal that was ignored when the program started (nohup) stays ignored. Interrupted system calls are restarted.
void install_signal_handlers();

// The first signal that came, or 0.
int stop_signal();
inline bool stop_requested() { return stop_signal() != 0; }

class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const { return signal_; }
  const char* what() const noexcept override { return "interrupted"; }

 private:
  int signal_;
};

// Throws Interrupted once a signal has come.
void throw_if_stopped();
inline void throw_if_stopped(uint64_t turn) {
  if (turn % 65536 == 0) throw_if_stopped();
}

}  // namespace haploom::base
