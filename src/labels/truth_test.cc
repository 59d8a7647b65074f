#include "labels/truth.h"

#include <gtest/gtest.h>

#include <random>

namespace haploom::labels {

TEST(Labels, FindsAPositionInTheRegionThatHoldsIt) {
  const RegionSet set({{0, 10, 20}, {0, 20, 25}, {2, 5, 6}});
  EXPECT_FALSE(set.contains(0, 9));
  EXPECT_TRUE(set.contains(0, 10));
  EXPECT_TRUE(set.contains(0, 24));
  EXPECT_FALSE(set.contains(0, 25));
  EXPECT_FALSE(set.contains(1, 15));
  EXPECT_TRUE(set.contains(2, 5));
  EXPECT_FALSE(set.contains(2, 4));
  EXPECT_FALSE(RegionSet({}).contains(0, 0));
}

TEST(Labels, FindsEveryPositionOfRandomRegions) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    std::vector<genome::Region> regions;
    std::vector<bool> inside(80);
    for (unsigned n = random() % 8; n > 0; --n) {
      const int64_t start = random() % 30, end = start + 1 + random() % 10;
      const int contig = static_cast<int>(random() % 2);
      regions.push_back({contig, start, end});
      for (int64_t p = start; p < end; ++p) inside[static_cast<size_t>(40 * contig + p)] = true;
    }
    const RegionSet set(regions);
    for (int contig = 0; contig < 2; ++contig) {
      for (int64_t p = 0; p < 40; ++p) EXPECT_EQ(set.contains(contig, p), inside[static_cast<size_t>(40 * contig + p)]);
    }
  }
}

TEST(Labels, LeavesABaseOfTheShorterAlleleBesideTheCommonEnd) {
  EXPECT_EQ(common_suffix("CACA", "CA"), 1U);
  EXPECT_EQ(common_suffix("AC", "GC"), 1U);
  EXPECT_EQ(common_suffix("A", "A"), 0U);
  EXPECT_EQ(common_suffix("", "A"), 0U);
}

}  // namespace haploom::labels
