#include "candidates/summary.h"

#include <gtest/gtest.h>

namespace haploom::candidates {
namespace {

using Ints = std::vector<int>;

genome::Candidate candidate(const std::string& ref, const std::vector<std::string>& alts) {
  genome::Candidate out;
  out.start = 5000;
  out.ref = ref;
  out.alts = alts;
  return out;
}

std::vector<ReadSupport> reads(int count) { return std::vector<ReadSupport>(static_cast<size_t>(count)); }

// The numbers of make_small_model_examples_test.py: three reads of REF and three of ALT.
SummarySample het() {
  SummarySample out{"main", {}, {}};
  out.evidence.reference = {{0, false, 60, 30, false}, {1, false, 20, 35, true}, {2, false, 40, 25, true}};
  out.evidence.alts = {{{3, false, 60, 50, false}, {4, false, 30, 60, false}, {5, false, 60, 40, false}}};
  return out;
}

SummarySample three_insertions() {
  SummarySample out{"main", {}, {}};
  out.evidence.reference = reads(3);
  out.evidence.alts = {reads(3), reads(1), reads(2)};
  return out;
}

Ints slice(const Ints& all, size_t from, size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(from), all.begin() + static_cast<std::ptrdiff_t>(from + count)};
}

}  // namespace

TEST(SummaryFeatures, CountAndAverageWhoShowsRefAndAlt) {
  const auto all = summary_features(candidate("A", {"C"}), {0}, {het()}, {}, {.window = 0});
  EXPECT_EQ(all, (Ints{3, 3, 6, 6, 50, 50, 40, 50, 30, 50, 66, 0, 1, 0, 0, 0, 0, 0, 0}));
}

TEST(SummaryFeatures, TakeAPairOfAltsTogetherAndTheDepthOfAll) {
  const auto pair = summary_features(candidate("A", {"AC", "ACC", "ACCC"}), {0, 1}, {three_insertions()}, {}, {.window = 0});
  EXPECT_EQ(slice(pair, 0, 6), (Ints{3, 4, 7, 9, 44, 57}));
  EXPECT_EQ(slice(pair, 12, 7), (Ints{0, 1, 0, 2, 0, 1, 1}));
  SummarySample with_others = three_insertions();
  with_others.evidence.uncalled = 11;
  EXPECT_EQ(summary_features(candidate("A", {"AC", "ACC", "ACCC"}), {2}, {with_others}, {}, {})[3], 20);
}

TEST(SummaryFeatures, SayWhatTheAltsInQuestionAre) {
  const auto kind = [](const std::string& ref, const std::vector<std::string>& alts, const genome::AltSet& set) {
    SummarySample sample;
    sample.evidence.alts.resize(alts.size());
    return slice(summary_features(candidate(ref, alts), set, {sample}, {}, {.window = 0}), 12, 7);
  };
  EXPECT_EQ(kind("A", {"AAC"}, {0}), (Ints{0, 1, 0, 2, 0, 0, 0}));
  EXPECT_EQ(kind("AACC", {"C"}, {0}), (Ints{0, 0, 1, 0, 3, 0, 0}));
  EXPECT_EQ(kind("A", {"AC", "C"}, {1}), (Ints{1, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(kind("AC", {"A", "ACC"}, {0, 1}), (Ints{0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(kind("A", {"."}, {0})[0], 0);
}

TEST(SummaryFeatures, GiveEachOfSeveralSamplesItsOwn) {
  SummarySample one{"one", {}, {}};
  one.evidence.reference = reads(2);
  one.evidence.alts = {reads(1)};
  SummarySample two{"two", {}, {}};
  two.evidence.reference = reads(1);
  two.evidence.alts = {reads(1)};
  SummarySample three{"three", {}, {}};
  three.evidence.alts = {reads(1)};
  const auto all = summary_features(candidate("A", {"T"}), {0}, {one, two, three}, {}, {.window = 0});
  EXPECT_EQ(slice(all, 0, 6), (Ints{3, 3, 6, 6, 50, 50}));
  EXPECT_EQ(slice(all, 12, 6), (Ints{2, 1, 3, 6, 16, 33}));
  EXPECT_EQ(slice(all, 24, 6), (Ints{1, 1, 2, 6, 16, 50}));
}

TEST(SummaryFeatures, ShowHowReadsDifferAround) {
  const std::vector<PositionFrequency> around = {{4997, 9}, {4999, 50}, {5000, 87}, {5001, 30}, {5003, 7}};
  EXPECT_EQ(slice(summary_features(candidate("A", {"C"}), {0}, {het()}, around, {.window = 5}), 19, 5), (Ints{0, 50, 87, 30, 0}));
}

TEST(SummaryFeatures, SplitReadsByHaplotype) {
  SummarySample sample = het();
  sample.phases = {1, 2, 0, 1, 1};  // the sixth has none
  const auto all = summary_features(candidate("A", {"C"}), {0}, {sample}, {}, {.window = 0, .by_haplotype = true});
  ASSERT_EQ(all.size(), 19U + 36U);
  EXPECT_EQ(slice(all, 19, 6), (Ints{1, 1, 2, 6, 16, 50}));
  EXPECT_EQ(slice(all, 31, 8), (Ints{1, 2, 3, 6, 33, 66, 60, 45}));
  EXPECT_EQ(slice(all, 43, 6), (Ints{1, 0, 1, 6, 0, 0}));
}

TEST(SummaryFeatures, HaveANameEach) {
  for (const SummaryOptions& options : {SummaryOptions{}, SummaryOptions{.window = 0, .by_haplotype = true}, SummaryOptions{.window = 3}}) {
    SummarySample second = het();
    const auto names = summary_feature_names({"main", "panel"}, options);
    EXPECT_EQ(names.size(), summary_features(candidate("A", {"C"}), {0}, {het(), second}, {}, options).size());
  }
  const auto names = summary_feature_names({"main"}, {.window = 3});
  EXPECT_EQ(names[0], "num_reads_supports_ref");
  EXPECT_EQ(names[19], "variant_allele_frequency_at_minus_1");
  EXPECT_EQ(names[20], "variant_allele_frequency_at_plus_0");
}

TEST(SummaryEvidence, ComesFromTheCountsOfTheSample) {
  genome::Candidate site = candidate("A", {"C"});
  site.read_support = {{1}};
  site.ref_support = {0};
  site.read_uncalled = {2};
  site.haplotype_support = {{0}};
  std::vector<genome::Read> list(3);
  list[1].mapq = 33;
  const pileup::PositionCounts at{1, {{0, pileup::AlleleType::kReference, false, 20, "A"}, {1, pileup::AlleleType::kSubstitution, true, 8, "C"},
                                      {2, pileup::AlleleType::kSoftClip, false, 30, "AC"}}};
  const Evidence of_reads = reads_evidence(site, at, list);
  EXPECT_EQ(of_reads.alts, (std::vector<std::vector<ReadSupport>>{{{1, true, 33, 8, false}}}));
  EXPECT_EQ(of_reads.reference, (std::vector<ReadSupport>{{0, false, 0, 20, false}}));
  EXPECT_EQ(of_reads.uncalled, 1);
  EXPECT_EQ(haplotypes_evidence(site, at, list).alts, (std::vector<std::vector<ReadSupport>>{{{0, false, 0, 20, false}}}));
  EXPECT_TRUE(haplotypes_evidence(site, at, list).reference.empty());
  site.haplotype_ref_support = {2};
  EXPECT_EQ(haplotypes_evidence(site, at, list).reference, (std::vector<ReadSupport>{{2, false, 0, 30, false}}));
}

TEST(SummaryEvidence, OfASiteWithoutSupportersIsThatOfNobody) {
  const Evidence nobody = reads_evidence(candidate("A", {"."}), {}, {});
  EXPECT_EQ(nobody.alts, std::vector<std::vector<ReadSupport>>(1));
  EXPECT_EQ(summary_features(candidate("A", {"."}), {0}, {{"main", nobody, {}}}, {}, {.window = 0}), Ints(19));
}

}  // namespace haploom::candidates
