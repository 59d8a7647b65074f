#include "tensor/measures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haploom::tensor {
namespace {

class Measured : public testing::Test {
 protected:
  // The piece of a read of A's with this CIGAR that lies on [start, end).
  Piece piece(const std::string& cigar, int64_t start = 0, int64_t end = 1000) {
    read_.cigar = genome::parse_cigar(cigar);
    read_.end = genome::reference_length(read_.cigar);
    read_.bases.assign(static_cast<size_t>(genome::read_length(read_.cigar)), 'A');
    read_.quality.assign(read_.bases.size(), 30);
    return {&read_, &read_.cigar, trimmed(read_, start, end)};
  }
  genome::Read read_;
};

}  // namespace

TEST_F(Measured, MatchesCountAgainstAllBasesOfThePiece) {
  EXPECT_EQ(matched_percent(piece("20M")), 100);
  EXPECT_EQ(matched_percent(piece("10=5X5S")), 50);
  EXPECT_EQ(matched_percent(piece("10M10I9M1X")), 63);
  EXPECT_EQ(matched_percent(piece("10S20M", 10)), 100);  // what was cut away counts nothing
}

TEST_F(Measured, AGapIsOneEventHoweverLong) {
  EXPECT_EQ(gap_compressed_percent(piece("10M30D9M")), 95);
  EXPECT_EQ(gap_compressed_percent(piece("10M4I9M")), 95);
  EXPECT_EQ(gap_compressed_percent(piece("5X5=")), 50);
  EXPECT_EQ(gap_compressed_percent(piece("20M4D5M", 0, 20)), 95);  // a deletion at the right border is an event of length 0
}

TEST(Measures, AreTruncated) {
  EXPECT_EQ(average_quality(std::vector<uint8_t>{1, 2, 2}), 1);
  EXPECT_EQ(gc_percent("GCA"), 66);
  EXPECT_EQ(gc_percent("NNNg"), 0);
}

TEST(Measures, RunLengthsStandAtEachBaseOfTheRun) {
  std::vector<int32_t> lengths;
  run_lengths("ATCGGGAA", lengths);
  EXPECT_THAT(lengths, testing::ElementsAre(1, 1, 1, 3, 3, 3, 2, 2));
  run_lengths("", lengths);
  EXPECT_TRUE(lengths.empty());
  run_lengths(std::string(300, 'A'), lengths);
  EXPECT_THAT(lengths, testing::Each(300));
}

}  // namespace haploom::tensor
