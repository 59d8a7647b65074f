#include "genome/region.h"

#include <gtest/gtest.h>

#include <random>

#include "base/error.h"

namespace haploom::genome {
namespace {

const ContigList kContigs({{"chr20", 64'444'167}, {"chr2", 1000}, {"HLA:A", 500}});

std::vector<bool> mask(const std::vector<Region>& regions, int contig, int64_t length) {
  std::vector<bool> out(static_cast<size_t>(length));
  for (const Region& region : regions) {
    if (region.contig != contig) continue;
    for (int64_t i = region.start; i < region.end; ++i) out[static_cast<size_t>(i)] = true;
  }
  return out;
}

TEST(Region, ReadsOneBasedClosedTextWithCommas) {
  EXPECT_EQ(parse_region("chr20:10,000,001-10,100,000", kContigs), (Region{0, 10'000'000, 10'100'000}));
  EXPECT_EQ(parse_region("chr2", kContigs), (Region{1, 0, 1000}));
  EXPECT_EQ(parse_region("chr2:7", kContigs), (Region{1, 6, 7}));
}

TEST(Region, TakesAContigNameWithAColonWhole) {
  EXPECT_EQ(parse_region("HLA:A", kContigs), (Region{2, 0, 500}));
  EXPECT_EQ(parse_region("HLA:A:2-3", kContigs), (Region{2, 1, 3}));
}

TEST(Region, RefusesWhatLiesOutsideTheContig) {
  for (const char* literal : {"chr3", "chr2:0-5", "chr2:5-4", "chr2:1-1001", "chr2:x-5", "chr2:", "", "chr2:1-2-3",
                              "chr2:99999999999999999999"}) {
    EXPECT_THROW(parse_region(literal, kContigs), Error) << literal;
  }
}

TEST(Region, WritesWhatItReads) {
  const Region region{0, 9'999'999, 10'100'000};
  EXPECT_EQ(text(region, kContigs), "chr20:10,000,000-10,100,000");
  EXPECT_EQ(parse_region(text(region, kContigs), kContigs), region);
}

TEST(Region, SetOperationsAgreeWithABitMask) {
  std::mt19937 random(20'26);
  for (int round = 0; round < 300; ++round) {
    auto draw = [&random] {
      std::vector<Region> out;
      for (int i = static_cast<int>(random() % 6); i > 0; --i) {
        const auto start = static_cast<int64_t>(random() % 60);
        out.push_back({static_cast<int>(random() % 2), start, start + static_cast<int64_t>(random() % 15)});
      }
      return out;
    };
    const auto a = draw();
    const auto b = draw();
    for (int contig = 0; contig < 2; ++contig) {
      const auto in_a = mask(a, contig, 80);
      const auto in_b = mask(b, contig, 80);
      const auto minus = mask(without(a, b), contig, 80);
      const auto both = mask(intersection(a, b), contig, 80);
      for (size_t i = 0; i < 80; ++i) {
        ASSERT_EQ(minus[i], in_a[i] && !in_b[i]) << round;
        ASSERT_EQ(both[i], in_a[i] && in_b[i]) << round;
      }
    }
    const auto once = merged(a);
    for (size_t i = 1; i < once.size(); ++i) {
      ASSERT_TRUE(once[i - 1].contig < once[i].contig || once[i - 1].end < once[i].start) << round;
    }
  }
}

}  // namespace
}  // namespace haploom::genome
