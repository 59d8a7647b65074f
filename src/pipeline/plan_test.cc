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

TEST(Plan, LeavesOutContigsThatDeepVariantNeverCalls) {
  for (const char* name : {"chrUn_KI270742v1", "chr1_KI270706v1_random", "chr6_GL000250v2_alt", "HLA-A*01:01:01:01", "hs37d5",
                           "GL000207.1", "chrUn_KN707606v1_decoy", "chrEBV", "NC_007605"}) {
    EXPECT_TRUE(excluded_contig(name)) << name;
  }
  for (const char* name : {"chr1", "20", "X", "MT", "chrM", "chrY", "GLoria", "q"}) EXPECT_FALSE(excluded_contig(name)) << name;
}

TEST(Plan, CallsOnlyContigsThatReadsAndReferenceShare) {
  const ContigList reference({{"1", 5000}, {"2", 6000}, {"3", 7000}});
  const ContigList reads({{"3", 7000}, {"2", 5999}, {"1", 5000}});
  EXPECT_EQ(calling_regions(reference, reads, {}, {}), (std::vector<Region>{{0, 0, 5000}, {2, 0, 7000}}));
  EXPECT_EQ(calling_regions(reference, reads, {{2, 10, 20}, {1, 0, 9}}, {{2, 12, 13}}),
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

}  // namespace
}  // namespace haploom::pipeline
