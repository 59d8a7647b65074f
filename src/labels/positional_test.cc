#include "labels/positional.h"

#include <gtest/gtest.h>

namespace haploom::labels {
namespace {

genome::Candidate candidate(int64_t start, std::string ref, std::vector<std::string> alts) {
  genome::Candidate out;
  out.start = start;
  out.ref = std::move(ref);
  out.alts = std::move(alts);
  return out;
}

Truth truth(int64_t start, std::string ref, std::vector<std::string> alts, std::vector<int> genotype) {
  Truth out{start, start + static_cast<int64_t>(ref.size()), {}, std::move(alts), std::move(genotype), {}};
  out.ref = std::move(ref);
  return out;
}

using Ints = std::vector<int>;

}  // namespace

TEST(Labels, SimplifiesAllelesFromTheRightKeepingABase) {
  EXPECT_EQ(simplified("AC", {"GC"}), (Alleles{"A", {"G"}}));
  EXPECT_EQ(simplified("AC", {"GT"}), (Alleles{"AC", {"GT"}}));
  EXPECT_EQ(simplified("CACA", {"CA"}), (Alleles{"CAC", {"C"}}));
  EXPECT_EQ(simplified("AGT", {"A", "AGTGT"}), (Alleles{"AGT", {"A", "AGTGT"}}));
  EXPECT_EQ(simplified("GAAA", {"GAA", "GA"}), (Alleles{"GAA", {"GA", "G"}}));
}

TEST(Labels, MatchesTheRecordOfTheSameAllelesBeforeAnotherOne) {
  const std::vector<Truth> truths{truth(9, "A", {"C"}, {0, 1}), truth(10, "A", {"C"}, {0, 1}), truth(10, "A", {"G"}, {1, 1})};
  EXPECT_EQ(matching(candidate(10, "A", {"G"}), truths), &truths[2]);
  EXPECT_EQ(matching(candidate(10, "A", {"T"}), truths), &truths[1]);
  EXPECT_EQ(matching(candidate(11, "A", {"T"}), truths), nullptr);
  EXPECT_EQ(matching(candidate(10, "AT", {"GT"}), truths), &truths[2]);
}

TEST(Labels, CountsTheTruthsCopiesInTheCandidatesNumbers) {
  const auto two = candidate(10, "A", {"C", "G"});
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"G", "C"}, {0, 1})), (Ints{0, 2}));
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"G", "C"}, {1, 2})), (Ints{2, 1}));
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"G", "C"}, {2, 0})), (Ints{0, 1}));
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"T"}, {0, 1})), (Ints{0, 0}));
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"G"}, {1})), (Ints{2}));      // a haploid truth
  EXPECT_EQ(genotype_in(two, truth(10, "A", {"G"}, {-1, 1})), (Ints{0, 2}));  // missing
}

TEST(Labels, SeesAnAlleleThroughTheBasesOfALongerOne) {
  EXPECT_EQ(genotype_in(candidate(10, "AGT", {"A", "AGTGT"}), truth(10, "A", {"AGT"}, {1, 1})), (Ints{2, 2}));
}

TEST(Labels, ClassesTheAltThatIsTheRecordsFirst) {
  const auto two = candidate(10, "A", {"C", "G"});
  EXPECT_EQ(classed_alt(two, truth(10, "A", {"G", "C"}, {0, 1})), 1);
  EXPECT_EQ(classed_alt(two, truth(10, "A", {"T"}, {0, 1})), -1);
  EXPECT_EQ(classed_alt(two, truth(10, "A", {"G"}, {0, 0})), -1);
  EXPECT_EQ(classed_alt(two, truth(10, "AC", {"G"}, {0, 1})), -1);
}

}  // namespace haploom::labels
