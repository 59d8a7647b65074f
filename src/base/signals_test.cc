#include "base/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace haploom::base {
namespace {

// Runs `body` in a child, since a stop flag once set stays; the child's exit status comes back.
template <typename Body>
int in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST(Signals, ThrowNothingBeforeOneCame) {
  EXPECT_FALSE(stop_requested());
  EXPECT_NO_THROW(throw_if_stopped());
}

TEST(Signals, EachStopSignalSetsTheFlagAndThrowsItsNumber) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU}) {
    EXPECT_EQ(in_child([signal] {
                ::signal(signal, SIG_DFL);
                install_signal_handlers();
                ::raise(signal);
                try {
                  throw_if_stopped();
                } catch (const Interrupted& stop) {
                  return stop.signal();
                }
                return 99;
              }),
              signal);
  }
}

TEST(Signals, TheFirstOneCounts) {
  EXPECT_EQ(in_child([] {
              install_signal_handlers();
              ::raise(SIGTERM);
              ::raise(SIGINT);
              return stop_signal();
            }),
            SIGTERM);
}

TEST(Signals, OneThatWasIgnoredAtTheStartStaysIgnored) {
  EXPECT_EQ(in_child([] {
              ::signal(SIGHUP, SIG_IGN);
              install_signal_handlers();
              ::raise(SIGHUP);
              return stop_signal();
            }),
            0);
}

TEST(Signals, ABrokenPipeIsAWriteErrorNotAnEnd) {
  EXPECT_EQ(in_child([] {
              install_signal_handlers();
              int ends[2];
              if (::pipe(ends) != 0) return 1;
              ::close(ends[0]);
              return ::write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2;
            }),
            0);
}

}  // namespace haploom::base
