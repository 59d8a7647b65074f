#include "base/signals.h"

#include <atomic>
#include <csignal>

namespace haploom::base {
namespace {

std::atomic<int> first_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

extern "C" void remember(int signal) {
  int none = 0;
  first_signal.compare_exchange_strong(none, signal, std::memory_order_relaxed);
}

}  // namespace

void install_signal_handlers() {
  // USR1, USR2 and XCPU: with these batch systems announce the end of the time, and unheeded they kill.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    struct sigaction before = {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_IGN);
}

int stop_signal() { return first_signal.load(std::memory_order_relaxed); }

void throw_if_stopped() {
  if (const int signal = stop_signal(); signal != 0) throw Interrupted(signal);
}

}  // namespace haploom::base
