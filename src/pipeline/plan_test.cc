#include "pipeline/plan.h"

#include <gtest/gtest.h>

namespace haploom::pipeline {
namespace {

using genome::ContigList;
using genome::Region;

TEST(Plan, CutsPartitionsFromTheRegionsOwnStart) {
  const auto pieces = partitions({0, 9'999'999, 10'010'000});
  ASSERT_EQ(pieces.size(), 11u);
  EXPECT_EQ(pieces.front(), (Region{0, 9'999'999, 10'000'999}));
  EXPECT_EQ(pieces.back(), (Region{0, 10'009'999, 10'010'000}));
}

TEST(Plan, CallsTheWantedBasesOfCallableContigsLessTheUnwanted) {
  const ContigList reference({{"1", 5000}, {"2", 6000}, {"3", 7000}});
  EXPECT_EQ(calling_regions(reference, {0, 2}, {}, {}), (std::vector<Region>{{0, 0, 5000}, {2, 0, 7000}}));
  EXPECT_EQ(calling_regions(reference, {0, 2}, {{2, 10, 20}, {1, 0, 9}}, {{2, 12, 13}}),
            (std::vector<Region>{{2, 10, 12}, {2, 13, 20}}));
}

TEST(Plan, ShardsHoldEveryPartitionOnceAndStayOnOneContig) {
  const auto all = shards({{0, 0, 1'200'500}, {1, 100, 200}, {1, 700'000, 700'100}});
  size_t count = 0;
  for (const Shard& shard : all) {
    EXPECT_LE(shard.span().length(), kShardBases);
    for (const Region& partition : shard.partitions) EXPECT_EQ(partition.contig, shard.contig);
    count += shard.partitions.size();
  }
  EXPECT_EQ(count, 1201u + 1 + 1);
  EXPECT_EQ(all.size(), 3u + 1 + 1);
}

TEST(Plan, TasksShareThePartitionsInTurn) {
  const std::vector<Region> calling = {{0, 9'999'999, 10'010'000}, {1, 50, 2050}};
  std::vector<Region> all;
  for (const Region& region : calling) {
    for (const Region& partition : partitions(region)) all.push_back(partition);
  }
  for (const int tasks : {1, 2, 3, 50}) {
    std::vector<Region> united(all.size());
    for (int task = 0; task < tasks; ++task) {
      size_t next = static_cast<size_t>(task);
      for (const Shard& shard : shards(calling, kPartitionBases, task, tasks)) {
        for (const Region& partition : shard.partitions) {
          ASSERT_LT(next, all.size());
          united[next] = partition;
          next += static_cast<size_t>(tasks);
        }
      }
    }
    EXPECT_EQ(united, all) << tasks;
  }
}

TEST(Plan, PartitionsFarFromEachOtherAreReadBySeeking) {
  const auto near = shards({{0, 0, 1'000'000}}, 1000, 0, 10);
  EXPECT_EQ(near.size(), 2u);
  const auto far = shards({{0, 0, 1'000'000}}, 1000, 0, 100);
  EXPECT_EQ(far.size(), 10u);
}

}  // namespace
}  // namespace haploom::pipeline
