#include "model/other_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/usage.h"

namespace haploom::model {

TEST(OtherThreads, AreThoseThatCameBetween) {
  const ThreadIds before = threads_of_process();
  ASSERT_FALSE(before.empty());
  std::atomic<bool> done = false;
  std::jthread one([&] { done.wait(false); });
  const ThreadIds after = threads_of_process();
  EXPECT_EQ(after.size(), before.size() + 1);
  done = true;
  done.notify_all();
}

TEST(OtherThreads, HaveTheCpuThatTheyUsed) {
  std::atomic<double> own = 0;
  std::atomic<bool> done = false;
  const ThreadIds before = threads_of_process();
  std::jthread busy([&] {
    volatile uint64_t sum = 0;
    while (base::thread_cpu_seconds() < 0.05) sum = sum + 1;
    own = base::thread_cpu_seconds();
    own.notify_all();
    done.wait(false);
  });
  own.wait(0);
  ThreadIds its = threads_of_process();
  for (const pid_t other : before) its.erase(other);
  EXPECT_GE(cpu_seconds(its), own);
  EXPECT_EQ(cpu_seconds({}), 0);
  done = true;
  done.notify_all();
}

}  // namespace haploom::model
