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
    for (; count > 0; --count) counts_.alleles.push_back({next_++, type, low_quality, 30, bases});
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
constexpr auto kRef = AlleleType::kReference;
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

TEST(Candidates, ListsWhoShowsWhatWasNotAcceptedAndTheReferenceWhereItIsTracked) {
  std::vector<PositionCounts> panel(10);
  panel[2] = Site(1).with(1, kSub, "T").with(1, kSub, "C").with(1, kRef, "G").counts();
  std::vector<PositionCounts> counts(10);
  counts[2] = Site(2).with(2, kRef, "G").with(3, kSub, "T").with(1, kSub, "A").with(1, kClip, "GCC").with(1, kRef, "G", true).counts();
  const auto found = find(kAll, counts, panel, kReference, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].depth, 7);  // tracked reads of the reference are counted once
  EXPECT_EQ(found[0].allele_depth, (Ints{2, 3}));
  EXPECT_EQ(found[0].read_support, std::vector<genome::Support>({{2, 3, 4}}));
  EXPECT_EQ(found[0].read_uncalled, (genome::Support{5, 6}));
  EXPECT_EQ(found[0].ref_support, (genome::Support{0, 1, 7}));
  EXPECT_EQ(found[0].haplotype_support, std::vector<genome::Support>({{0}}));
  EXPECT_EQ(found[0].haplotype_uncalled, (genome::Support{1}));
  EXPECT_EQ(found[0].haplotype_ref_support, (genome::Support{2}));
}

TEST(Candidates, GivesSeldomAllelesASecondChanceWithTheHaplotypes) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(29).with(1, kSub, "T").counts();
  panel[2] = Site(28).with(2, kSub, "T").with(9, kSub, "T", true).counts();  // together 3/60 = 0.05
  const auto with = [&](float multiplier) { return find(kAll, reads, panel, kReference, {.min_fraction_multiplier = multiplier}); };
  EXPECT_TRUE(find(kAll, reads, panel, kReference, {}).empty());
  EXPECT_TRUE(with(1.0F).empty());
  EXPECT_TRUE(with(0.42F).empty());
  ASSERT_EQ(with(0.41F).size(), 1U);
  EXPECT_EQ(with(0.41F)[0].allele_depth, (Ints{29, 1}));
  reads[2] = Site(29).counts();  // what no read shows has no chance
  EXPECT_TRUE(with(0.1F).empty());
}

TEST(Candidates, TakeOneReadsWordForAnAlleleOfTheHaplotypesWhereTheThresholdIsSet) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(29).with(1, kSub, "T").with(1, kSub, "A").counts();
  reads[5] = Site(29).with(1, kDel, "TG").counts();
  reads[6] = Site(29).with(1, kIns, "GA").counts();
  reads[8] = Site(29).counts();
  panel[2] = Site(9).with(1, kSub, "T").with(3, kSub, "A", true).counts();  // a low-quality allele is none of the panel
  panel[5] = Site(9).with(1, kDel, "TG").counts();
  panel[6] = Site(9).with(1, kIns, "GC").with(4, kSub, "A").counts();       // other alleles than the read's
  panel[8] = Site(9).with(9, kSub, "G").counts();                           // no read shows it
  const auto with = [&](int least) { return find(kAll, reads, panel, kReference, {.min_count_of_panel_alleles = least}); };
  EXPECT_TRUE(find(kAll, reads, panel, kReference, {}).empty());
  EXPECT_TRUE(with(2).empty());
  const auto found = with(1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].start, 2);
  EXPECT_EQ(found[0].alts, Strings{"T"});
  EXPECT_EQ(found[0].allele_depth, (Ints{29, 1}));
  EXPECT_EQ(found[0].depth, 31);
  EXPECT_EQ(found[0].haplotype_support, std::vector<genome::Support>({{0}}));
  EXPECT_EQ(found[1].start, 5);
  EXPECT_EQ(found[1].alts, Strings{"T"});
  EXPECT_TRUE(find(kAll, reads, {}, kReference, {.min_count_of_panel_alleles = 1}).empty()) << "without a panel nobody helps";
  EXPECT_EQ(positions(kAll, reads, panel, kReference, {.min_count_of_panel_alleles = 1}), (std::vector<int64_t>{2, 5}));
}

TEST(Candidates, LowQualityReadsHaveNoWordForAnAlleleOfTheHaplotypes) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(29).with(5, kSub, "T", true).counts();
  panel[2] = Site(9).with(1, kSub, "T").counts();
  EXPECT_TRUE(find(kAll, reads, panel, kReference, {.min_count_of_panel_alleles = 1}).empty());
}

namespace {

std::vector<Candidate> of_panel(const std::vector<PositionCounts>& reads, const std::vector<PositionCounts>& panel, const std::vector<Candidate>& found = {}) {
  return of_haplotypes(kAll, reads, panel, kReference, found);
}

}  // namespace

TEST(CandidatesOfHaplotypes, AreWhatHaplotypesAloneShow) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(20).counts();
  reads[4] = Site(19).with(1, kSub, "A").with(1, kSub, "C").counts();
  panel[2] = Site(9).with(1, kSub, "T").counts();
  panel[4] = Site(8).with(2, kSub, "A").counts();
  const auto found = of_panel(reads, panel);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].start, 2);
  EXPECT_EQ(found[0].ref, "G");
  EXPECT_EQ(found[0].alts, Strings{"T"});
  EXPECT_EQ(found[0].depth, 20);
  EXPECT_EQ(found[0].allele_depth, (Ints{20, 0})) << "depths are the reads'";
  EXPECT_EQ(found[0].read_support, std::vector<genome::Support>(1));
  EXPECT_EQ(found[0].haplotype_support, std::vector<genome::Support>({{0}}));
  EXPECT_EQ(found[1].start, 4);
  EXPECT_EQ(found[1].alts, Strings{"A"});
  EXPECT_EQ(found[1].allele_depth, (Ints{19, 1})) << "who shows it too seldom is counted";
  EXPECT_EQ(found[1].read_support, std::vector<genome::Support>({{0}}));
  EXPECT_EQ(found[1].read_uncalled, genome::Support{1});
  EXPECT_EQ(found[1].haplotype_support, std::vector<genome::Support>({{0, 1}}));
}

TEST(CandidatesOfHaplotypes, StandNowhereBesideACandidate) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(5).with(5, kSub, "T").counts();
  for (const size_t position : {size_t{1}, size_t{2}, size_t{3}}) panel[position] = Site(9).with(1, kSub, "A").counts();
  const auto found = find(kAll, reads, panel, kReference, {});
  ASSERT_EQ(found.size(), 1U);
  const auto silent = of_panel(reads, panel, found);
  ASSERT_EQ(silent.size(), 2U);
  EXPECT_EQ(silent[0].start, 1);
  EXPECT_EQ(silent[1].start, 3);
  EXPECT_EQ(of_panel(reads, panel).size(), 3U);
}

TEST(CandidatesOfHaplotypes, AreSpelledAsThoseOfReads) {
  const Site site = Site(5).with(3, kSub, "A").with(3, kIns, "GC").with(3, kDel, "GTT").with(3, kDel, "GT");
  std::vector<PositionCounts> shown(10);
  shown[2] = site.counts();
  const auto of_reads = find(kAll, shown, {}, kReference, {});
  const auto of_others = of_panel(std::vector<PositionCounts>(10), shown);
  ASSERT_EQ(of_others.size(), 1U);
  EXPECT_EQ(of_others[0].ref, "GTT");
  EXPECT_EQ(of_others[0].ref, of_reads[0].ref);
  EXPECT_EQ(of_others[0].alts, of_reads[0].alts);
  EXPECT_EQ(of_others[0].haplotype_support, of_reads[0].read_support);
  EXPECT_EQ(of_others[0].allele_depth, (Ints{0, 0, 0, 0, 0}));
}

TEST(CandidatesOfHaplotypes, LeaveOutWhatNoCandidateIsMadeOf) {
  std::vector<PositionCounts> panel(10);
  panel[2] = Site(3).with(2, kClip, "GCC").with(2, kSub, "T", true).with(1, kRef, "G").counts();
  panel[9] = Site(0).with(3, kSub, "A").counts();  // the reference has no base there
  EXPECT_TRUE(of_panel(std::vector<PositionCounts>(10), panel).empty());
  EXPECT_TRUE(of_panel(std::vector<PositionCounts>(10), {}).empty()) << "without a panel there are none";
}

TEST(Candidates, RefusesAllelesThatTooManyHaplotypesShow) {
  std::vector<PositionCounts> reads(10);
  std::vector<PositionCounts> panel(10);
  reads[2] = Site(5).with(5, kSub, "T").with(5, kIns, "GA").counts();
  panel[2] = Site(5).with(5, kSub, "T").with(10, kIns, "GA").counts();
  const auto alts = [&](float snps, float indels) {
    const auto found = find(kAll, reads, panel, kReference, {.max_fraction_snps_other = snps, .max_fraction_indels_other = indels});
    return found.empty() ? Strings{} : found[0].alts;
  };
  EXPECT_EQ(alts(0, 0), (Strings{"GA", "T"}));
  EXPECT_EQ(alts(0.25F, 0), (Strings{"GA", "T"}));  // 5/20 is not more
  EXPECT_EQ(alts(0.24F, 0), (Strings{"GA"}));
  EXPECT_EQ(alts(0, 0.49F), (Strings{"T"}));
  EXPECT_EQ(alts(0.1F, 0.1F), Strings{});
}

TEST(Candidates, EmitsReferenceSitesAsTheSamplerSays) {
  std::vector<PositionCounts> counts(10);
  counts[2] = Site(4).with(1, kSub, "T").counts();
  counts[4] = Site(1).with(4, kSub, "A").counts();
  pileup::FractionSampler all(1.0F, 1);
  const auto found = find(kAll, counts, {}, kReference, {}, {.reference_sites = &all});
  ASSERT_EQ(found.size(), 9U);  // not the N
  EXPECT_EQ(found[2].ref, "G");
  EXPECT_EQ(found[2].alts, Strings{"."});
  EXPECT_EQ(found[2].depth, 5);
  EXPECT_TRUE(found[2].allele_depth.empty());
  EXPECT_EQ(found[2].read_uncalled, genome::Support{0});
  EXPECT_EQ(found[4].alts, Strings{"A"});
  pileup::FractionSampler none(0.0F, 1);
  EXPECT_EQ(find(kAll, counts, {}, kReference, {}, {.reference_sites = &none}).size(), 1U);
}

TEST(Candidates, HasThePositionsAlone) {
  std::vector<PositionCounts> counts(10);
  counts[2] = Site(1).with(4, kSub, "A").counts();
  counts[3] = Site(9).with(1, kSub, "A").counts();
  counts[8] = Site(1).with(4, kDel, "AN").counts();
  EXPECT_EQ(positions({0, 0, 10}, counts, {}, kReference, {}), (std::vector<int64_t>{2, 8}));
}

namespace {

// A deletion of TTT behind G (REF GTTT at 2) in reads 0..3; reads 10.. differ inside it.
std::vector<PositionCounts> deletion_with(const std::vector<std::pair<size_t, pileup::AlleleObservation>>& inside) {
  std::vector<PositionCounts> counts(10);
  counts[2].reference = 6;
  for (int32_t read = 0; read < 4; ++read) counts[2].alleles.push_back({read, kDel, false, 30, "GTTT"});
  for (const auto& [position, seen] : inside) counts[position].alleles.push_back(seen);
  return counts;
}
std::vector<Candidate> find_complex(const std::vector<PositionCounts>& counts) {
  return find(kAll, counts, {}, kReference, {}, {.complex_alleles = true});
}

}  // namespace

TEST(ComplexAlleles, JoinWhatOneReadShowsInsideADeletion) {
  const auto counts = deletion_with({{2, {10, kSub, false, 30, "A"}}, {2, {11, kSub, false, 30, "A"}}, {4, {10, kSub, false, 30, "C"}}, {4, {11, kSub, false, 30, "C"}}});
  const auto found = find_complex(counts);
  ASSERT_EQ(found.size(), 1U);  // the substitution at 4 is part of it
  EXPECT_EQ(found[0].ref, "GTTT");
  EXPECT_EQ(found[0].alts, (Strings{"ATCT", "G"}));
  EXPECT_EQ(found[0].allele_depth, (Ints{6, 2, 4}));
  EXPECT_EQ(found[0].depth, 12);
  EXPECT_EQ(found[0].read_support, std::vector<genome::Support>({{10, 11}, {0, 1, 2, 3}}));
  EXPECT_EQ(find(kAll, counts, {}, kReference, {}).size(), 2U);
}

TEST(ComplexAlleles, TakeInsertionsAndReadsOfTheReference) {
  const auto found = find_complex(deletion_with({{2, {10, kIns, false, 30, "GCC"}}, {2, {11, kIns, false, 30, "GCC"}}, {2, {12, kRef, false, 30, "G"}}, {3, {12, kRef, false, 30, "T"}}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].alts, (Strings{"G", "GCCTTT"}));
  EXPECT_EQ(found[0].ref_support, genome::Support{12});
}

TEST(ComplexAlleles, AreNotMadeBesideAnotherDeletion) {
  const auto counts = deletion_with({{2, {10, kSub, false, 30, "A"}}, {2, {11, kSub, false, 30, "A"}}, {3, {12, kDel, false, 30, "TT"}}});
  const auto found = find_complex(counts);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].alts, (Strings{"ATTT", "G"}));
  EXPECT_EQ(found[0].allele_depth, (Ints{6, 2, 4}));
}

TEST(ComplexAlleles, LeaveAllAsItWasWhenOneReachesBeyondTheDeletion) {
  const auto found = find_complex(deletion_with({{2, {10, kSub, false, 30, "A"}}, {2, {11, kSub, false, 30, "A"}}, {5, {12, kClip, false, 30, "TAAA"}}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].alts, (Strings{"ATTT", "G"}));
}

TEST(SupportDetails, NameQualitiesAndStrand) {
  std::vector<genome::Read> reads(3);
  reads[2].mapq = 17;
  reads[2].reverse = true;
  const PositionCounts at{0, {{0, kSub, false, 30, "A"}, {2, kSub, true, 8, "A"}}};
  EXPECT_EQ(support_details({2, 0}, at, reads), (std::vector<ReadSupport>{{2, true, 17, 8, true}, {0, false, 0, 30, false}}));
  EXPECT_THROW(support_details({1}, at, reads), Error);
}

TEST(FrequenciesAround, AreWholePercentsWithinTheRegion) {
  std::vector<PositionCounts> counts(10);
  counts[8] = Site(2).with(1, kSub, "A").counts();
  counts[9] = Site(1).with(1, kClip, "AC").with(1, kSub, "A", true).counts();
  EXPECT_EQ(frequencies_around(kAll, counts, 8, 5), (std::vector<PositionFrequency>{{6, 0}, {7, 0}, {8, 33}, {9, 66}}));
  EXPECT_EQ(frequencies_around(kAll, counts, 8, 1), (std::vector<PositionFrequency>{{8, 33}}));
}

TEST(VariantTypes, SelectAsUpstreamsSelectorsDo) {
  const auto selected = [](std::string_view words, const std::string& ref, const Strings& alts) {
    Candidate candidate;
    candidate.ref = ref;
    candidate.alts = alts;
    return VariantTypes(words).selects(candidate);
  };
  EXPECT_TRUE(selected("", "A", {"C"}));
  EXPECT_TRUE(selected("snps", "A", {"C"}));
  EXPECT_FALSE(selected("indels", "A", {"C"}));
  EXPECT_FALSE(selected("snps indels", "A", {"C", "G"}));  // only one alt
  EXPECT_TRUE(selected(" deletions  multi-allelics", "A", {"C", "G"}));
  EXPECT_TRUE(selected("insertions", "A", {"AC"}));
  EXPECT_FALSE(selected("deletions", "A", {"AC"}));
  EXPECT_TRUE(selected("deletions", "AC", {"A"}));
  EXPECT_TRUE(selected("indels", "AC", {"GT"}));
  EXPECT_FALSE(selected("insertions deletions", "AC", {"GT"}));
  EXPECT_FALSE(selected("snps indels", "A", {"."}));
  EXPECT_TRUE(selected("all", "A", {"."}));
  EXPECT_THROW(VariantTypes("snp"), Error);
}

}  // namespace haploom::candidates
