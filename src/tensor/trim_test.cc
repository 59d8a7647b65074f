#include "tensor/trim.h"

#include <gtest/gtest.h>

#include <string>

namespace haploom::tensor {
namespace {

genome::Read read_at(int64_t start, const std::string& cigar) {
  genome::Read read;
  read.start = start;
  read.cigar = genome::parse_cigar(cigar);
  read.end = start + genome::reference_length(read.cigar);
  read.bases.assign(static_cast<size_t>(genome::read_length(read.cigar)), 'A');
  read.quality.assign(read.bases.size(), 30);
  return read;
}

// "position cigar read_start+read_length", the way a person would check it.
std::string kept(const genome::Read& read, int64_t start, int64_t end) {
  const TrimmedAlignment t = trimmed(read, start, end);
  std::string cigar;
  for (int32_t op = t.first_op; op < t.end_op; ++op) {
    cigar += std::to_string(t.length_of(read.cigar, op)) + read.cigar[static_cast<size_t>(op)].op;
  }
  return std::to_string(t.position) + " " + cigar + " " + std::to_string(t.read_start) + "+" +
         std::to_string(t.read_length);
}

}  // namespace

TEST(Trim, LeavesAReadInsideTheWindowWhole) { EXPECT_EQ(kept(read_at(12, "2S5M3I4M1S"), 10, 30), "12 2S5M3I4M1S 0+15"); }
TEST(Trim, CutsOneOperationAtBothEnds) { EXPECT_EQ(kept(read_at(0, "100M"), 10, 30), "10 20M 10+20"); }
TEST(Trim, KeepsAnInsertionRightAtABorder) {
  EXPECT_EQ(kept(read_at(0, "10M2I5M"), 10, 30), "10 2I5M 10+7");
  EXPECT_EQ(kept(read_at(0, "9M2I5M"), 10, 30), "10 4M 12+4");
  EXPECT_EQ(kept(read_at(10, "20M2I5M"), 10, 30), "10 20M2I0M 0+22");
}
TEST(Trim, KeepsADeletionThatBeginsAtTheRightBorderWithLengthZero) {
  EXPECT_EQ(kept(read_at(10, "20M4D5M"), 10, 30), "10 20M0D 0+20");
}
TEST(Trim, CutsADeletionAtEitherBorder) {
  EXPECT_EQ(kept(read_at(0, "8M4D20M"), 10, 30), "10 2D18M 8+18");
  EXPECT_EQ(kept(read_at(20, "8M4D20M"), 10, 30), "20 8M2D 0+8");
  EXPECT_EQ(trimmed(read_at(20, "8M4D20M"), 10, 30).reference_length, 10);
}
TEST(Trim, KeepsNothingOfAReadOutside) {
  EXPECT_EQ(trimmed(read_at(0, "10M"), 10, 30).read_length, 0);
  EXPECT_EQ(trimmed(read_at(30, "10M"), 10, 30).read_length, 0);
  EXPECT_EQ(trimmed(read_at(0, "10M20S"), 10, 30).reference_length, 0);
}
TEST(Trim, KeepsNothingOfAReadWithFewerBasesOrQualitiesThanItsCigar) {
  genome::Read read = read_at(10, "20M");
  read.quality.clear();
  EXPECT_EQ(trimmed(read, 10, 30).read_length, 0);
  read = read_at(10, "20M");
  read.bases.resize(19);
  EXPECT_EQ(trimmed(read, 10, 30).read_length, 0);
  EXPECT_EQ(trimmed(read, 10, 29).read_length, 19);
}

}  // namespace haploom::tensor
