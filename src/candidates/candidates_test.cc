#include "candidates/candidates.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::candidates {
namespace {

using genome::Candidate;
using pileup::AlleleType;
using pileup::PositionCounts;

//                         0123456789
constexpr char kBases[] = "ACGTTTGCAN";
constexpr genome::Region kAll{0, 0, 10};
constexpr pileup::ReferenceWindow kReference{0, std::string_view(kBases, 10)};

class Site {
 public:
  explicit Site(int reference) { counts_.reference = reference; }
  Site& with(int count, AlleleType type, const std::string& bases, bool low_quality = false) {
    for (; count > 0; --count) counts_.alleles.push_back({next_++, type, low_quality, bases});
    return *this;
  }
  const PositionCounts& counts() const { return counts_; }

 private:
  PositionCounts counts_;
  int32_t next_ = 0;
};

std::vector<Candidate> find_at(size_t position, const Site& site, const Thresholds& thresholds = {}) {
  std::vector<PositionCounts> counts(10);
  counts[position] = site.counts();
  return find(kAll, counts, {}, kReference, thresholds);
}

constexpr auto kSub = AlleleType::kSubstitution;
constexpr auto kIns = AlleleType::kInsertion;
constexpr auto kDel = AlleleType::kDeletion;
constexpr auto kClip = AlleleType::kSoftClip;
using Strings = std::vector<std::string>;
using Ints = std::vector<int>;

}  // namespace

TEST(Candidates, HoldsDepthsAndSupportOfASubstitution) {
  const auto found = find_at(2, Site(5).with(3, kSub, "T"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].start, 2);
  EXPECT_EQ(found[0].ref, "G");
  EXPECT_EQ(found[0].alts, Strings{"T"});
  EXPECT_EQ(found[0].depth, 8);
  EXPECT_EQ(found[0].allele_depth, (Ints{5, 3}));
  EXPECT_EQ(found[0].read_support, std::vector<genome::Support>({{0, 1, 2}}));
  EXPECT_EQ(found[0].haplotype_support, std::vector<genome::Support>(1));
}

TEST(Candidates, AsksForTwoReadsAndTwelvePercentOfSubstitutions) {
  EXPECT_TRUE(find_at(2, Site(3).with(1, kSub, "T")).empty());
  EXPECT_EQ(find_at(2, Site(14).with(2, kSub, "T")).size(), 1U);   // 2/16 = 0.125
  EXPECT_TRUE(find_at(2, Site(15).with(2, kSub, "T")).empty());    // 2/17 = 0.118
  EXPECT_EQ(find_at(2, Site(22).with(3, kSub, "T")).size(), 1U);   // 3/25 = 0.12 >= float 0.12 = 0.1199999973
}

TEST(Candidates, AsksForTwoReadsAndSixPercentOfIndels) {
  EXPECT_TRUE(find_at(2, Site(3).with(1, kDel, "GT")).empty());
  EXPECT_EQ(find_at(2, Site(31).with(2, kIns, "GA")).size(), 1U);  // 2/33 = 0.0606
  EXPECT_TRUE(find_at(2, Site(32).with(2, kDel, "GT")).empty());   // 2/34 = 0.0588
  EXPECT_EQ(find_at(2, Site(47).with(3, kDel, "GT")).size(), 1U);  // 3/50 = 0.06 >= float 0.06 = 0.0599999987
}

TEST(Candidates, CountsSoftClipsAndRejectedAllelesInTheDepthOnly) {
  const auto found = find_at(2, Site(10).with(4, kSub, "T").with(1, kSub, "A").with(3, kClip, "GCC"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].depth, 18);
  EXPECT_EQ(found[0].alts, Strings{"T"});
  EXPECT_TRUE(find_at(2, Site(10).with(9, kClip, "GCC")).empty());
}

TEST(Candidates, ListsLowQualityReadsAsSupportWithoutCountingThem) {
  const auto found = find_at(2, Site(5).with(2, kSub, "T").with(2, kSub, "T", true));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].depth, 7);
  EXPECT_EQ(found[0].allele_depth, (Ints{5, 2}));
  EXPECT_EQ(found[0].read_support[0], (genome::Support{0, 1, 2, 3}));
  EXPECT_TRUE(find_at(2, Site(5).with(1, kSub, "T").with(9, kSub, "T", true)).empty());
}

TEST(Candidates, SpellsInsertionsFromTheReadsAnchor) {
  EXPECT_EQ(find_at(2, Site(5).with(2, kIns, "GAA"))[0].alts, Strings{"GAA"});
  EXPECT_EQ(find_at(2, Site(5).with(2, kIns, "CAA"))[0].alts, Strings{"CAA"});
}

TEST(Candidates, SpellsAllAllelesOverTheLongestDeletion) {
  const auto found = find_at(2, Site(5).with(3, kSub, "A").with(3, kIns, "GC").with(3, kDel, "GTT").with(3, kDel, "GT").with(3, kDel, "ATT"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].ref, "GTT");
  EXPECT_EQ(found[0].end(), 5);
  EXPECT_EQ(found[0].alts, (Strings{"A", "ATT", "G", "GCTT", "GT"}));
  EXPECT_EQ(found[0].allele_depth, (Ints{5, 3, 3, 3, 3, 3}));
  EXPECT_EQ(found[0].read_support[1], (genome::Support{0, 1, 2}));
  EXPECT_EQ(found[0].read_support[0], (genome::Support{12, 13, 14}));
}

TEST(Candidates, KeepsNeighbouringSubstitutionsApart) {
  std::vector<PositionCounts> counts(10);
  counts[2] = Site(1).with(4, kSub, "A").counts();
  counts[3] = Site(1).with(4, kSub, "A").counts();
  EXPECT_EQ(find(kAll, counts, {}, kReference, {}).size(), 2U);
}

TEST(Candidates, PassesOverReferenceBasesThatAreNotACGT) { EXPECT_TRUE(find_at(9, Site(0).with(9, kSub, "A")).empty()); }

TEST(Candidates, TakesHaplotypesAsSupportAndNothingElse) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(5).with(3, kSub, "T").counts();
  panel[2] = Site(40).with(2, kSub, "A").with(3, kSub, "T").counts();
  panel[5] = Site(0).with(40, kSub, "A").counts();
  const auto found = find(kAll, reads, panel, kReference, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].depth, 8);
  EXPECT_EQ(found[0].alts, Strings{"T"});
  EXPECT_EQ(found[0].haplotype_support, std::vector<genome::Support>({{2, 3, 4}}));
}

TEST(Candidates, RefusesCountsOfAnotherRegion) {
  EXPECT_THROW(find(kAll, std::vector<PositionCounts>(9), {}, kReference, {}), Error);
  EXPECT_THROW(find(kAll, std::vector<PositionCounts>(10), std::vector<PositionCounts>(3), kReference, {}), Error);
}

}  // namespace haploom::candidates
