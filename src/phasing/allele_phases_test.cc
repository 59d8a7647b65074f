#include <gtest/gtest.h>

#include "phasing/phasing.h"

namespace haploom::phasing {
namespace {

genome::Candidate candidate(int64_t start, const std::vector<std::string>& alts, const std::vector<genome::Support>& support,
                            const genome::Support& ref_support) {
  genome::Candidate out;
  out.start = start;
  out.ref = "C";
  out.alts = alts;
  out.read_support = support;
  out.ref_support = ref_support;
  return out;
}

using Ints = std::vector<int>;
//                     0  1  2  3  4  5  6
const Ints kPhases = {1, 1, 1, 2, 2, 2, 0};

}  // namespace

TEST(Phasing, GivesAPhasedSiteItsOwnPhases) {
  const Phasing phasing{kPhases, {{10, {"A", "REF"}}, {20, {"T", "A"}}}};
  const auto phases = allele_phases({candidate(10, {"A"}, {{0}}, {3}), candidate(20, {"A", "G", "T"}, {{}, {}, {}}, {})}, phasing);
  EXPECT_EQ(*phases[0], (Ints{2, 1}));
  EXPECT_EQ(*phases[1], (Ints{0, 2, 0, 1}));
}

TEST(Phasing, GivesOtherSitesThePhaseOfTwoMoreReads) {
  const auto phases = allele_phases({candidate(15, {"A", "CA"}, {{0, 1, 3}, {3, 4, 6}}, {0, 1})}, {kPhases, {{10, {"A", "REF"}}}});
  EXPECT_EQ(*phases[0], (Ints{1, 0, 2}));
}

TEST(Phasing, SaysNothingOfASitePhasedByAnAlleleThatTheCandidateLacks) {
  EXPECT_FALSE(allele_phases({candidate(10, {"A"}, {{0}}, {3})}, {kPhases, {{10, {"REF", "UNCALLED_ALLELE"}}}})[0]);
}

}  // namespace haploom::phasing
