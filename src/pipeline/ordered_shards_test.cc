#include "pipeline/ordered_shards.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace haploom::pipeline {
namespace {

TEST(OrderedShards, HandsOnEveryShardOnceInOrderWhateverTheThreads) {
  for (const int threads : {1, 2, 7}) {
    std::vector<size_t> seen;
    in_order<size_t>(
        threads, 100, [](int, size_t shard) { return shard * shard; },
        [&](size_t shard, size_t&& square) {
          EXPECT_EQ(square, shard * shard);
          seen.push_back(shard);
        },
        3);
    ASSERT_EQ(seen.size(), 100u);
    for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
  }
}

TEST(OrderedShards, HoldsOnlyAFewShardsAhead) {
  std::atomic<size_t> started = 0;
  in_order<int>(
      2, 200,
      [&](int, size_t) {
        ++started;
        return 0;
      },
      [&](size_t shard, int&&) { EXPECT_LE(started.load(), shard + 2 + 4); }, 4);
}

TEST(OrderedShards, ThrowsAWorkersErrorInTheCaller) {
  const auto failing = [](int, size_t shard) -> int {
    if (shard == 17) throw std::runtime_error("shard 17");
    return 0;
  };
  EXPECT_THROW(in_order<int>(3, 1000, failing, [](size_t, int&&) {}, 4), std::runtime_error);
}

TEST(OrderedShards, StopsTheWorkersWhenTheTakerFails) {
  std::atomic<size_t> started = 0;
  const auto work = [&](int, size_t) -> int {
    ++started;
    return 0;
  };
  EXPECT_THROW(in_order<int>(3, 100'000, work, [](size_t, int&&) { throw std::runtime_error("disk full"); }, 8), std::runtime_error);
  EXPECT_LT(started.load(), 100u);
}

TEST(OrderedShards, NothingToDoIsDone) {
  in_order<int>(2, 0, [](int, size_t) { return 0; }, [](size_t, int&&) { FAIL(); }, 1);
}

}  // namespace
}  // namespace haploom::pipeline
