#include "pipeline/plan.h"

#include <gtest/gtest.h>

#include "base/error.h"

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
      for (const Shard& shard : shards_of(all_partitions(calling), task, tasks)) {
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
  const std::vector<Region> all = partitions(Region{0, 0, 1'000'000});
  EXPECT_EQ(shards_of(all, 0, 10).size(), 2u);
  EXPECT_EQ(shards_of(all, 0, 100).size(), 10u);
}

TEST(Plan, CandidatesCutPartitionsWhereTwoHundredAreFull) {
  std::vector<int64_t> positions;
  for (int64_t i = 0; i < 450; ++i) positions.push_back(1000 + 10 * i);
  // The 201st is in the second partition without being counted, and so on: as upstream has it.
  const std::vector<Region> expected = {{0, 500, 2991}, {0, 2991, 5001}, {0, 5001, 9000}, {2, 0, 70}};
  EXPECT_EQ(partitions_by_candidates({{0, 500, 9000}, {2, 0, 70}}, {positions, {}}), expected);
}

TEST(Plan, PartitionsOfCandidatesAreNoLongerThanAMillionBases) {
  const std::vector<Region> expected = {{0, 0, 1'000'000}, {0, 1'000'000, 2'000'000}, {0, 2'000'000, 2'500'001}, {0, 2'500'001, 2'600'000}};
  EXPECT_EQ(partitions_by_candidates({{0, 0, 2'600'000}}, {{5, 2'500'000, 2'500'100, 2'500'200}}), expected);
}

TEST(Plan, PositionsOfOtherRegionsAreRefused) {
  EXPECT_THROW(partitions_by_candidates({{0, 0, 100}, {1, 0, 100}}, {{5}}), Error);
  EXPECT_THROW(partitions_by_candidates({{0, 0, 100}}, {{100}}), Error);
}

}  // namespace
}  // namespace haploom::pipeline
