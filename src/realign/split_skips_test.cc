#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "realign/reads_fixture.h"
#include "realign/realign.h"

namespace haploom::realign {
namespace {

using genome::Read;

std::string place(const Read& read) {
  return read.name + " " + std::to_string(read.start) + "-" + std::to_string(read.end) + " " + genome::text(read.cigar) + " " + read.bases;
}

TEST(SplitAtSkips, NothingIsMadeWhereNoReadSkips) {
  EXPECT_FALSE(split_at_skips({read_at(10, "20M", std::string(20, 'A'))}, 500).has_value());
  EXPECT_FALSE(split_at_skips({}, 500).has_value());
}

TEST(SplitAtSkips, EachPieceStandsWhereItsBasesStood) {
  Read read = read_at(100, "5S15M2I3D10M1000N16M2D4M", std::string(32, 'A') + std::string(20, 'C'));
  read.name = "r";
  read.number = 1;
  read.reverse = true;
  read.haplotype_tag = 2;
  const std::vector<Read> plain = {read_at(50, "4M", "ACGT")};
  const auto pieces = split_at_skips({plain[0], read}, 0);
  ASSERT_EQ(pieces->size(), 3u);
  EXPECT_EQ(place((*pieces)[0]), place(plain[0]));
  EXPECT_EQ(place((*pieces)[1]), "r_p0 100-128 5S15M2I3D10M " + std::string(32, 'A'));
  EXPECT_EQ(place((*pieces)[2]), "r_p1 1128-1150 16M2D4M " + std::string(20, 'C'));
  for (size_t i : {1u, 2u}) {
    const Read& piece = (*pieces)[i];
    EXPECT_TRUE(piece.number == 1 && piece.reverse && piece.haplotype_tag == 2 && piece.mapq == read.mapq);
    EXPECT_EQ(piece.quality.size(), piece.bases.size());
  }
}

TEST(SplitAtSkips, ShortPiecesAreLeftOutAndCountInTheNames) {
  Read read = read_at(100, "15M10N14M10N15M", std::string(44, 'A'));
  read.name = "r";
  const auto pieces = split_at_skips({read}, 0);
  ASSERT_EQ(pieces->size(), 2u);
  EXPECT_EQ((*pieces)[0].name, "r_p0");
  EXPECT_EQ((*pieces)[1].name, "r_p2");
  EXPECT_EQ((*pieces)[1].start, 149);
}

TEST(SplitAtSkips, ReadsThatAreNotRealignedStayWhole) {
  const Read read = read_at(100, "20M10N20M", std::string(40, 'A'));
  EXPECT_EQ(split_at_skips({read}, 39)->size(), 1u);
  EXPECT_EQ(split_at_skips({read}, 40)->size(), 2u);
}

}  // namespace
}  // namespace haploom::realign
