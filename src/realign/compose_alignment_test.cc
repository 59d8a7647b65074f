#include "realign/compose_alignment.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace haploom::realign {
namespace {

std::string composed(const std::string& read, int32_t position, const std::string& haplotype) {
  const genome::Cigar cigar = genome::parse_cigar(read);
  return genome::text(compose(static_cast<int32_t>(genome::read_length(cigar)), cigar, position, genome::parse_cigar(haplotype)));
}

}  // namespace

TEST(Compose, IsPlainWhereAllMatches) {
  EXPECT_EQ(composed("100=", 20, "50=1X200="), "100M");
  EXPECT_EQ(composed("10=2X8=", 0, "20="), "20M");
}

TEST(Compose, TakesTheHaplotypesIndelsUnderTheRead) {
  EXPECT_EQ(composed("50=", 20, "40=5D100="), "20M5D30M");
  EXPECT_EQ(composed("50=", 20, "40=5I100="), "20M5I25M");
  EXPECT_EQ(composed("10=", 20, "40=5I100="), "10M");
}

TEST(Compose, CutsAnInsertionInWhichTheReadBeginsOrEnds) {
  EXPECT_EQ(composed("20=", 42, "40=5I100="), "3I17M");
  EXPECT_EQ(composed("10=", 32, "40=5I100="), "8M2I");
}

TEST(Compose, DropsADeletionBeforeTheRead) {
  EXPECT_EQ(composed("10=", 40, "40=5D100="), "10M");
  EXPECT_EQ(composed("10=", 39, "40=5D100="), "1M5D9M");
}

TEST(Compose, KeepsTheReadsOwnIndelsAndClips) {
  EXPECT_EQ(composed("5S10=2I10=3S", 20, "200="), "5S10M2I10M3S");
  EXPECT_EQ(composed("10=2D10=", 20, "200="), "10M2D10M");
  EXPECT_EQ(composed("10=2D10=", 20, "25=3D100="), "5M3D5M2D10M");
}

TEST(Compose, CancelsOppositeIndels) {
  EXPECT_EQ(composed("10=2D10=", 20, "30=2I100="), "20M");     // the read lacks what the haplotype has more
  EXPECT_EQ(composed("10=2I10=", 20, "30=2D100="), "22M");     // and the other way round
  EXPECT_EQ(composed("10=2D10=", 20, "30=5I100="), "10M3I7M"); // the rest stays
}

TEST(Compose, HasNoAnswerForAReadBeyondTheHaplotype) {
  EXPECT_EQ(composed("10=", 95, "100="), "*");
  EXPECT_EQ(composed("5=5S", 95, "100="), "5M5S");  // its clip may hang over
  EXPECT_EQ(composed("10=", 100, "100="), "*");
}

TEST(Compose, ShiftsPositionsByTheHaplotypesIndels) {
  const genome::Cigar cigar = genome::parse_cigar("10=3D10=4I10=");
  EXPECT_EQ(shift_at(cigar, 9), 0);
  EXPECT_EQ(shift_at(cigar, 10), 3);
  EXPECT_EQ(shift_at(cigar, 19), 3);
  EXPECT_EQ(shift_at(cigar, 20), 3);  // the inserted bases lie one upon another
  EXPECT_EQ(shift_at(cigar, 22), 1);
  EXPECT_EQ(shift_at(cigar, 24), -1);
  EXPECT_EQ(shift_at(genome::parse_cigar("5S10="), 7), -5);
}

TEST(Compose, FindsIndelsThatCouldMoveToTheLeft) {
  //                                 0123456789012
  constexpr std::string_view kReference = "GATCACACACTTT";
  const auto leftmost = [&](int64_t start, const char* cigar, std::string_view read) {
    return is_leftmost(genome::parse_cigar(cigar), start, kReference, read);
  };
  EXPECT_TRUE(leftmost(0, "3M2D8M", "GATCACACTTT"));
  EXPECT_FALSE(leftmost(0, "5M2D6M", "GATCACACTTT"));
  EXPECT_TRUE(leftmost(0, "3M2I10M", "GATCACACACACTTT"));
  EXPECT_FALSE(leftmost(0, "5M2I8M", "GATCACACACACTTT"));
  EXPECT_TRUE(leftmost(2, "2S3M", "GGTCA"));
  EXPECT_FALSE(leftmost(10, "2M5D1M", "TTT"));  // beyond the reference
  EXPECT_TRUE(leftmost(-1, "5M2D6M", "GATCACACTTT"));
}

TEST(Compose, TakesWhateverItIsGiven) {
  std::mt19937_64 random(11);
  const auto cigar = [&](int parts) {
    genome::Cigar out;
    for (int i = 0; i < parts; ++i) genome::append(out, "=XIDS"[random() % 5], static_cast<int32_t>(1 + random() % 12));
    return out;
  };
  for (int i = 0; i < 20'000; ++i) {
    const genome::Cigar read = cigar(static_cast<int>(random() % 6));
    const genome::Cigar haplotype = cigar(static_cast<int>(random() % 7));
    const auto length = static_cast<int32_t>(genome::read_length(read));
    const auto position = static_cast<int32_t>(random() % 40);
    const genome::Cigar out = compose(length, read, position, haplotype);
    EXPECT_LE(genome::read_length(out), length);
    shift_at(haplotype, position);
  }
}

}  // namespace haploom::realign
