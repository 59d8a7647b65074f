#include "base/usage.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace haploom::base {

TEST(Usage, CountsCpuOfThisThreadAndOfTheProcess) {
  const double thread_before = thread_cpu_seconds();
  const double process_before = process_usage().cpu_seconds;
  volatile uint64_t sink = 0;
  while (thread_cpu_seconds() - thread_before < 0.02)
    for (int i = 0; i < 10000; ++i) sink = sink + static_cast<uint64_t>(i);
  EXPECT_GE(process_usage().cpu_seconds - process_before, 0.01);
  EXPECT_GT(process_usage().wall_seconds, 0.0);
}

TEST(Usage, PeakMemoryKeepsWhatWasGivenBack) {
  const int64_t before = process_usage().peak_memory_bytes;
  constexpr size_t kBytes = 256u << 20;
  EXPECT_GT(before, 0);
  {
    std::string block(kBytes, '\0');
    std::memset(block.data(), 1, block.size());
  }
  EXPECT_GE(process_usage().peak_memory_bytes, static_cast<int64_t>(kBytes));
  EXPECT_GE(process_usage().peak_memory_bytes, before);
}

}  // namespace haploom::base
