#include <gtest/gtest.h>

#include "phasing/phasing.h"

namespace haploom::phasing {
namespace {

constexpr genome::Region kRegion{0, 100, 200};

genome::Candidate candidate(int64_t start, const std::string& ref, const std::vector<std::string>& alts,
                            const std::vector<genome::Support>& support, const genome::Support& ref_support) {
  genome::Candidate out;
  out.start = start;
  out.ref = ref;
  out.alts = alts;
  out.read_support = support;
  out.ref_support = ref_support;
  return out;
}

std::vector<pileup::PositionCounts> nothing_low() { return std::vector<pileup::PositionCounts>(100); }

// "110 REF:0,1,2 A:3,4"
std::vector<std::string> text(const std::vector<genome::Candidate>& candidates, const std::vector<pileup::PositionCounts>& counts = nothing_low()) {
  std::vector<std::string> out;
  for (const Site& site : sites(candidates, kRegion, counts)) {
    out.push_back(std::to_string(site.position));
    for (const Allele& allele : site.alleles) {
      out.back() += " " + allele.bases + ":";
      for (const int32_t read : allele.reads) out.back() += std::to_string(read);
    }
  }
  return out;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST(Phasing, TakesReferenceFirstThenAltsByTheirBases) {
  EXPECT_EQ(text({candidate(110, "C", {"A", "T"}, {{3, 4}, {5}}, {0, 1, 2})}), Strings{"110 REF:012 A:34 T:5"});
}

TEST(Phasing, AsksForThreeReadsOfTheReference) {
  EXPECT_EQ(text({candidate(110, "C", {"A"}, {{3, 4}}, {0, 1})}), Strings{});
  EXPECT_EQ(text({candidate(110, "C", {"A", "T"}, {{3, 4}, {5, 6}}, {0, 1})}), Strings{"110 A:34 T:56"});
}

TEST(Phasing, CountsReferenceReadsOfLowQualityButDoesNotFollowThem) {
  auto counts = nothing_low();
  counts[10].alleles = {{.read = 2, .low_quality = true, .bases = "C"}, {.read = 4, .low_quality = true, .bases = "A"},
                        {.read = 3, .low_quality = false, .bases = "A"}};
  EXPECT_EQ(text({candidate(110, "C", {"A"}, {{3, 4}}, {0, 1, 2})}, counts), Strings{"110 REF:01 A:3"});
}

TEST(Phasing, LeavesIndelsOutAndWhatTheyCover) {
  const auto indel = candidate(110, "CAA", {"C"}, {{3, 4}}, {0, 1, 2});
  EXPECT_EQ(text({indel, candidate(112, "A", {"G"}, {{3, 4}}, {0, 1, 2}), candidate(113, "A", {"G"}, {{3, 4}}, {0, 1, 2})}),
            Strings{"113 REF:012 G:34"});
  EXPECT_EQ(text({candidate(110, "C", {"CA"}, {{3, 4}}, {0, 1, 2}), candidate(111, "A", {"G"}, {{3, 4}}, {0, 1, 2})}),
            Strings{"111 REF:012 G:34"});
}

TEST(Phasing, LetsNoSiteUnderAnIndelThatItselfHasOneAllele) {
  // Without three reference reads the deletion tells nothing apart, and sets nothing aside.
  EXPECT_EQ(text({candidate(110, "CAA", {"C"}, {{3, 4}}, {0}), candidate(112, "A", {"G"}, {{3, 4}}, {0, 1, 2})}),
            Strings{"112 REF:012 G:34"});
}

TEST(Phasing, TakesAReadOfNoAcceptedAlleleForAnotherLength) {
  auto odd = candidate(110, "C", {"A"}, {{3, 4}}, {0, 1, 2});
  odd.read_uncalled = {5};
  EXPECT_EQ(text({odd}), Strings{});
}

TEST(Phasing, PassesOverAltsThatNoReadShows) {
  EXPECT_EQ(text({candidate(110, "C", {"A", "CAAA"}, {{3, 4}, {}}, {0, 1, 2})}), Strings{"110 REF:012 A:34"});
  EXPECT_EQ(text({candidate(110, "C", {"A", "T"}, {{3, 4}, {}}, {0, 1})}), Strings{});
}

}  // namespace haploom::phasing
