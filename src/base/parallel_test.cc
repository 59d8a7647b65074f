#include "base/parallel.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace haploom::base {
namespace {

TEST(Parallel, DoesEachPieceOnceWithAnyNumberOfThreads) {
  for (const unsigned threads : {0U, 1U, 2U, 7U})
    for (const uint64_t count : {uint64_t{0}, uint64_t{1}, uint64_t{5}, uint64_t{1000}}) {
      std::vector<std::atomic<int>> times(count);
      for_each_parallel(count, threads, [&](uint64_t i) { ++times[i]; });
      for (const auto& once : times) EXPECT_EQ(once, 1);
    }
}

TEST(Parallel, HandsTheExceptionOfAPieceToTheCaller) {
  for (const unsigned threads : {1U, 4U})
    EXPECT_THROW(for_each_parallel(100, threads,
                                   [](uint64_t i) {
                                     if (i == 17) throw std::runtime_error("17");
                                   }),
                 std::runtime_error);
}

}  // namespace
}  // namespace haploom::base
