#include "haplotypes/walk_cigar.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "haplotypes/oracle.h"

namespace haploom::haplotypes {
namespace {

using Walk = std::vector<gbz::NodeCode>;
using Lengths = std::vector<uint32_t>;

std::string cigar_of(const Walk& walk, const Lengths& lengths, const Walk& reference, const Lengths& reference_lengths) {
  return genome::text(WalkAligner(reference, reference_lengths).cigar(walk, lengths));
}

TEST(WalkAligner, AWalkOfTheReferenceIsOneMatch) { EXPECT_EQ(cigar_of({2, 4, 6}, {10, 1, 7}, {2, 4, 6}, {10, 1, 7}), "18M"); }

TEST(WalkAligner, GapsOfOneLengthUpToFourAreMatches) {
  EXPECT_EQ(cigar_of({2, 8, 6}, {10, 4, 7}, {2, 4, 6}, {10, 4, 7}), "21M");
  EXPECT_EQ(cigar_of({2, 8, 6}, {10, 5, 7}, {2, 4, 6}, {10, 5, 7}), "10M5I5D7M");
  EXPECT_EQ(cigar_of({2, 8, 6}, {10, 1, 7}, {2, 4, 6}, {10, 2, 7}), "10M1I2D7M");
}

TEST(WalkAligner, TheOtherStrandIsAnotherNode) { EXPECT_EQ(cigar_of({2, 5, 6}, {10, 9, 7}, {2, 4, 6}, {10, 9, 7}), "10M9I9D7M"); }

TEST(WalkAligner, AWalkOfTheRightPartStartsWithADeletion) { EXPECT_EQ(cigar_of({6}, {7}, {2, 4, 6}, {10, 9, 7}), "19D7M"); }

TEST(WalkAligner, NothingInCommonIsInsertionThenDeletion) {
  EXPECT_EQ(cigar_of({8}, {7}, {2, 4}, {10, 9}), "7I19D");
  EXPECT_EQ(cigar_of({8}, {3}, {2}, {3}), "3M");
}

TEST(WalkAligner, TiesLeaveReferenceNodesFirst) {
  // Both {2} and {4} are longest; from the end, 4 of the walk meets 2 of the reference: the reference node is left first.
  EXPECT_EQ(cigar_of({2, 4}, {10, 20}, {4, 2}, {20, 10}), "10I20M10D");
}

TEST(WalkAligner, EqualsTheWholeTableOnRandomWalks) {
  for (uint32_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const uint32_t codes = 1 + random() % (seed % 3 == 0 ? 200 : 8);
    Lengths length_of(codes);
    for (auto& length : length_of) length = 1 + random() % 7;
    const auto draw = [&] {
      Walk walk(random() % (seed % 5 == 0 ? 200 : 12));
      for (auto& code : walk) code = random() % codes;
      return walk;
    };
    const auto lengths = [&](const Walk& walk) {
      Lengths out;
      for (const auto code : walk) out.push_back(length_of[code]);
      return out;
    };
    const Walk reference = draw();
    const Lengths reference_lengths = lengths(reference);
    WalkAligner aligner(reference, reference_lengths);
    for (int repeat = 0; repeat < 3; ++repeat) {  // one aligner for several walks
      Walk walk = repeat == 0 ? draw() : reference;
      for (int change = 0; repeat > 0 && change < 3 && !walk.empty(); ++change) {
        const auto at = static_cast<std::ptrdiff_t>(random() % walk.size());
        if (random() % 2 == 0)
          walk.erase(walk.begin() + at);
        else
          walk.insert(walk.begin() + at, random() % codes);
      }
      ASSERT_EQ(genome::text(aligner.cigar(walk, lengths(walk))), genome::text(table_cigar(walk, lengths(walk), reference, reference_lengths)));
    }
  }
}

}  // namespace
}  // namespace haploom::haplotypes
