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

// A stream of 0, 1, 2 ... of so many jobs.
std::function<std::optional<int>()> jobs(int count) {
  return [next = 0, count]() mutable { return next < count ? std::optional(next++) : std::nullopt; };
}

TEST(StreamInOrder, HandsOnResultsInTheOrderOfTheJobs) {
  for (const int threads : {1, 4}) {
    std::vector<int> seen;
    stream_in_order<int, int>(threads, jobs(300), [](int, int&& job) { return 2 * job; }, [&](int&& result) { seen.push_back(result); }, 2);
    ASSERT_EQ(seen.size(), 300u);
    for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], 2 * static_cast<int>(i));
  }
}

TEST(StreamInOrder, AsksForJobsInOneThreadAtATime) {
  std::atomic<int> asking = 0;
  const auto next = [&, give = jobs(500)]() mutable {
    EXPECT_EQ(++asking, 1);
    const auto job = give();
    --asking;
    return job;
  };
  stream_in_order<int, int>(5, next, [](int, int&& job) { return job; }, [](int&&) {}, 8);
}

TEST(StreamInOrder, AsksForNoMoreOnceTheSourceHasThrown) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> asked = 0;
    const auto next = [&]() -> std::optional<int> {
      if (++asked >= 3) throw std::runtime_error("cut off");
      return 0;
    };
    EXPECT_THROW((stream_in_order<int, int>(4, next, [](int, int&& job) { return job; }, [](int&&) {}, 8)), std::runtime_error);
    EXPECT_EQ(asked, 3);
  }
}

TEST(StreamInOrder, ThrowsWhatTheSourceOfJobsThrows) {
  const auto next = [give = jobs(50)]() mutable {
    const auto job = give();
    if (!job) throw std::runtime_error("cut off");
    return job;
  };
  EXPECT_THROW((stream_in_order<int, int>(3, next, [](int, int&& job) { return job; }, [](int&&) {}, 8)), std::runtime_error);
}

}  // namespace
}  // namespace haploom::pipeline
