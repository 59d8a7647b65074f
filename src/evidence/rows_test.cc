#include "evidence/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "evidence/fixtures.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

// The row of one set, of reads, reference and panel alone.
std::vector<float> row_of(const Scene& scene, const genome::Candidate& candidate, const genome::AltSet& set) {
  const Partition partition = scene.partition();
  PartitionReads measured(partition);
  const auto reads = measured.at(candidate);
  Rows out;
  append_rows(partition, candidate, {set}, reads, log_likelihoods(reads, candidate.alts.size() + 1), measured, out);
  EXPECT_EQ(out.size(), kNumbers);
  return out;
}

TEST(Names, StandInTheOrderOfTheEnum) {
  const std::map<size_t, std::string_view> some = {
      {kKind, "kind"}, {kSetSize, "set_size"}, {kDepth, "depth"}, {kSetFraction, "set_fraction"}, {kLikelihood01, "likelihood_01"}, {kLikelihood12, "likelihood_12"},
      {kStrandBias, "strand_bias"}, {kMapqBelow20, "mapq_below_20"}, {kSetQualityBest, "set_quality_best"}, {kRefFromEnd, "ref_from_end"},
      {kRefMismatches, "ref_mismatches"}, {kSetGaps, "set_gaps"}, {kRefClipped, "ref_clipped"}, {kSetUnpaired, "set_unpaired"}, {kSetStarts, "set_starts"},
      {kSetNovel, "set_novel"}, {kSetKnown, "set_known"}, {kRunAfter, "run_after"}, {kTract, "tract"}, {kGc, "gc"}, {kHaplotypes, "haplotypes"},
      {kOtherHaplotypes, "other_haplotypes"}, {kDepthShare, "depth_share"}, {kMismatchNoise, "mismatch_noise"}, {kSlipNoise, "slip_noise"}, {kWithin20, "within_20"},
      {kNearestNovel, "nearest_novel"}, {kNovelWithin2000, "novel_within_2000"}, {kPanelFit, "panel_fit"}, {kLocalFit, "local_fit"}, {kPrior0, "prior_0"},
      {kPrior2, "prior_2"}, {kPosterior0, "posterior_0"}, {kPosterior2, "posterior_2"}, {kNetwork0, "network_0"}, {kNetwork2, "network_2"}};
  ASSERT_EQ(names().size(), kNumbers);
  for (const auto& [number, name] : some) EXPECT_EQ(names()[number], name);
  EXPECT_EQ(names().back(), "network_2") << "the network's stand last";
}

TEST(Names, AreOneWordEachAndNoneTwice) {
  std::vector<std::string_view> all(names().begin(), names().end());
  for (const std::string_view name : all) {
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string_view::npos) << name;
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(Rows, TellTheKindOfTheSet) {
  const Scene scene(turns(99));
  const genome::Candidate candidate = scene.site(47, "ATT", {"A", "ATTGG", "CTT", "AT"});
  const auto kind = [&](const genome::AltSet& set) { return row_of(scene, candidate, set)[kKind]; };
  const auto length = [&](const genome::AltSet& set) { return row_of(scene, candidate, set)[kLength]; };
  EXPECT_EQ(kind({2}), 0);
  EXPECT_EQ(kind({1}), 1);
  EXPECT_EQ(kind({0}), 2);
  EXPECT_EQ(kind({0, 3}), 2);
  EXPECT_EQ(kind({0, 1}), 3);
  EXPECT_EQ(length({2}), 0);
  EXPECT_EQ(length({0}), -2);
  EXPECT_EQ(length({1, 3}), 2);
  EXPECT_EQ(length({0, 3}), -2);
  EXPECT_EQ(row_of(scene, candidate, {0, 3})[kAlts], 4);
  EXPECT_EQ(row_of(scene, candidate, {0, 3})[kSetSize], 2);
}

// Six reads of 40 bases over position 47 and more: three show the reference, two the alt, one something else.
class RowsOfReads : public testing::Test {
 protected:
  RowsOfReads() : scene_(turns(154)) {
    scene_.read(30, "40M", {}, {60, 40, false, 300});
    scene_.read(20, "40M", {{22, 'T'}, {23, 'A'}, {24, 'C'}}, {60, 30, false, 0});
    scene_.read(25, "20M1I9M2D10M5S", {}, {0, 20, true, 300});
    scene_.read(30, "40M", {{47, 'T'}, {50, 'T'}}, {60, 30, false, 300});
    scene_.read(44, "30M3D10M4H", {{47, 'T'}}, {20, 20, true, 0});
    scene_.read(30, "40M", {{47, 'C'}}, {10, 30, true, 300});
    candidate_ = scene_.site(47, "A", {"T"});
    candidate_.read_support = {{3, 4}};
    candidate_.read_uncalled = {5};
    candidate_.depth = 9;
    scene_.candidates = {candidate_};
  }
  float number(Number which) const { return row_of(scene_, candidate_, {0})[which]; }

  Scene scene_;
  genome::Candidate candidate_;
};

TEST_F(RowsOfReads, CountThem) {
  EXPECT_EQ(number(kDepth), 9) << "the candidate's own";
  EXPECT_EQ(number(kSetReads), 2);
  EXPECT_EQ(number(kRefReads), 3);
  EXPECT_EQ(number(kOtherReads), 1);
  EXPECT_FLOAT_EQ(number(kSetFraction), 2.0F / 6);
  EXPECT_EQ(number(kSetStarts), 2);
  candidate_.read_support = {{3, 0}};
  EXPECT_EQ(number(kSetStarts), 1) << "they begin at one place";
}

TEST_F(RowsOfReads, BeginAtTheirEndWhereTheyAreReversed) {
  for (const char* cigar : {"40M", "41M", "39M"}) scene_.read(30, cigar, {}, {60, 30, true, 300});
  scene_.read(31, "39M", {}, {60, 30, true, 300});
  candidate_.read_support = {{6, 7, 8}};
  EXPECT_EQ(number(kSetStarts), 3);
  candidate_.read_support = {{6, 9}};
  EXPECT_EQ(number(kSetStarts), 1);
  candidate_.read_support = {{3, 6}};
  EXPECT_EQ(number(kSetStarts), 2) << "both strands";
}

TEST_F(RowsOfReads, TellTheirStrands) {
  EXPECT_FLOAT_EQ(number(kSetForward), 0.5F);
  EXPECT_FLOAT_EQ(number(kRefForward), 2.0F / 3);
  EXPECT_NEAR(number(kStrandBias), std::log(2.5 / 1.5), 1e-6);
}

TEST_F(RowsOfReads, TellHowTheyAreMapped) {
  EXPECT_FLOAT_EQ(number(kSetMapq), 40);
  EXPECT_FLOAT_EQ(number(kRefMapq), 40);
  EXPECT_FLOAT_EQ(number(kSetMapqZero), 0);
  EXPECT_FLOAT_EQ(number(kMapqBelow20), 2.0F / 6) << "0 and 10; 20 is not below";
  EXPECT_FLOAT_EQ(number(kSetUnpaired), 0.5F);
  EXPECT_FLOAT_EQ(number(kRefUnpaired), 1.0F / 3);
}

TEST_F(RowsOfReads, TellTheQualityOfTheBase) {
  EXPECT_FLOAT_EQ(number(kSetQuality), 25);
  EXPECT_FLOAT_EQ(number(kRefQuality), 30);
  EXPECT_FLOAT_EQ(number(kSetQualityBest), 30);
}

TEST_F(RowsOfReads, TellWhereInTheReadItStands) {
  EXPECT_FLOAT_EQ(number(kSetFromEnd), (17.0F + 3) / 2);
  EXPECT_FLOAT_EQ(number(kRefFromEnd), (17.0F + 12 + 21) / 3) << "a clipped base is one of the read";
  EXPECT_FLOAT_EQ(number(kSetNearEnd), 0.5F);
}

TEST_F(RowsOfReads, TellWhatElseDiffersOnThem) {
  EXPECT_FLOAT_EQ(number(kSetMismatches), 0.5F) << "the substitution itself is left out";
  EXPECT_FLOAT_EQ(number(kRefMismatches), 1);
  EXPECT_FLOAT_EQ(number(kSetGaps), 0.5F);
  EXPECT_FLOAT_EQ(number(kRefGaps), 2.0F / 3);
  EXPECT_FLOAT_EQ(number(kSetClipped), 0.5F);
  EXPECT_FLOAT_EQ(number(kRefClipped), 1.0F / 3);
}

TEST_F(RowsOfReads, LeaveTheIndelItselfOutOfTheGaps) {
  candidate_ = scene_.site(73, "CCT", {"C"});
  scene_.read(44, "30M2D10M", {{50, 'T'}});
  scene_.read(44, "30M2D5M1I5M");
  candidate_.read_support = {{6, 7}};
  EXPECT_FLOAT_EQ(number(kSetGaps), 0.5F);
  EXPECT_FLOAT_EQ(number(kSetMismatches), 0.5F);
}

TEST_F(RowsOfReads, TellOfOtherAllelesOnTheSetsReads) {
  EXPECT_FLOAT_EQ(number(kSetNovel), 0) << "the allele itself is left out";
  genome::Candidate novel = scene_.site(50, "G", {"T"}), known = scene_.site(55, "A", {"C"});
  novel.read_support = {{0, 3}};
  known.read_support = {{3, 4}};
  known.haplotype_support = {{0}};
  scene_.candidates = {candidate_, novel, known};
  EXPECT_FLOAT_EQ(number(kSetNovel), 0.5F);
  EXPECT_FLOAT_EQ(number(kSetKnown), 1);
  candidate_.haplotype_support = {{0}};
  scene_.candidates[0] = candidate_;
  EXPECT_FLOAT_EQ(number(kSetNovel), 0.5F);
  EXPECT_FLOAT_EQ(number(kSetKnown), 1);
}

TEST_F(RowsOfReads, TellTheStepsOfTheLikelihoods) {
  const Partition partition = scene_.partition();
  const auto logs = log_likelihoods(PartitionReads(partition).at(candidate_), 2);
  EXPECT_NEAR(number(kLikelihood01), logs[1] - logs[0], 1e-4);
  EXPECT_NEAR(number(kLikelihood12), logs[2] - logs[1], 1e-4);
  EXPECT_GT(number(kLikelihood01), 0);
  EXPECT_LT(number(kLikelihood12), 0);
}

TEST_F(RowsOfReads, HaveNoMeanWithoutReads) {
  candidate_ = scene_.site(120, "A", {"C"});
  for (const Number which : {kSetForward, kRefForward, kSetMapq, kRefMapq, kSetMapqZero, kMapqBelow20, kSetQuality, kRefQuality, kSetFromEnd, kRefFromEnd, kSetNearEnd,
                             kSetMismatches, kRefMismatches, kSetGaps, kRefGaps, kSetClipped, kRefClipped, kSetUnpaired, kRefUnpaired, kSetNovel, kSetKnown})
    EXPECT_TRUE(std::isnan(number(which))) << names()[which];
  for (const Number which : {kDepth, kSetReads, kRefReads, kOtherReads, kSetFraction, kStrandBias, kSetQualityBest, kSetStarts, kLikelihood01, kLikelihood12})
    EXPECT_EQ(number(which), 0) << names()[which];
}

TEST_F(RowsOfReads, LeaveTheRestToShardAndNetwork) {
  const auto row = row_of(scene_, candidate_, {0});
  for (size_t which = kDepthShare; which < kNumbers; ++which) EXPECT_TRUE(std::isnan(row[which])) << names()[which];
}

TEST(Rows, ReadsOfTheSetsAllelesAreItsOwnAndTheOthersAreOthers) {
  Scene scene(turns(99));
  for (int i = 0; i < 7; ++i) scene.read(30, "40M");
  genome::Candidate candidate = scene.site(47, "A", {"C", "G", "T"});
  candidate.read_support = {{0}, {1, 2}, {3, 4, 5}};
  const auto counts = [&](const genome::AltSet& set) {
    const auto row = row_of(scene, candidate, set);
    return std::vector<float>{row[kSetReads], row[kRefReads], row[kOtherReads]};
  };
  EXPECT_THAT(counts({0}), ElementsAre(1, 1, 5));
  EXPECT_THAT(counts({1, 2}), ElementsAre(5, 1, 1));
}

TEST(Rows, TellOfTheReferenceAround) {
  //                 0         1         2         3
  //                 012345678901234567890123456789012
  const Scene scene("GCTGATTTTGACACACAGTCGGGTCATCAGTCC");
  const auto number = [&](Number which, int64_t position, const std::string& ref, const std::string& alt) {
    return row_of(scene, scene.site(position, ref, {alt}), {0})[which];
  };
  EXPECT_EQ(number(kRunAfter, 4, "A", "C"), 4);
  EXPECT_EQ(number(kRunAfter, 3, "G", "C"), 1);
  EXPECT_EQ(number(kRunJoined, 4, "A", "T"), 4) << "T prolongs the run to the right";
  EXPECT_EQ(number(kRunJoined, 9, "G", "T"), 4) << "and to the left";
  EXPECT_EQ(number(kRunJoined, 9, "G", "A"), 1);
  EXPECT_EQ(number(kRunJoined, 9, "G", "C"), 0);
  EXPECT_EQ(number(kRunJoined, 4, "A", "AT"), 0) << "no substitution";
  EXPECT_EQ(number(kUnit, 9, "GAC", "G"), 2);
  EXPECT_EQ(number(kTract, 9, "GAC", "G"), 7);
  EXPECT_EQ(number(kUnitFits, 9, "GAC", "G"), 1);
  EXPECT_EQ(number(kUnitFits, 9, "G", "GACAC"), 1);
  EXPECT_EQ(number(kUnitFits, 9, "GACA", "G"), 0);
  EXPECT_EQ(number(kUnitFits, 9, "G", "C"), 0);
  EXPECT_EQ(number(kUnit, 18, "T", "C"), 0);
  EXPECT_EQ(number(kTract, 18, "T", "C"), 0);
  EXPECT_EQ(number(kUnitFits, 18, "TCG", "T"), 0) << "without a repeat nothing fits";
  EXPECT_FLOAT_EQ(number(kGc, 18, "T", "C"), 17.0F / 33) << "what is no base does not count";
}

TEST(Rows, CountStrongBasesFiftyToEachSide) {
  const Scene scene("G" + std::string(50, 'A') + "T" + std::string(50, 'A') + "G");
  EXPECT_FLOAT_EQ(row_of(scene, scene.site(51, "T", {"C"}), {0})[kGc], 0);
  EXPECT_FLOAT_EQ(row_of(scene, scene.site(50, "A", {"C"}), {0})[kGc], 1.0F / 101);
  EXPECT_TRUE(std::isnan(row_of(Scene(std::string(120, 'N')), Scene(std::string(120, 'N')).site(60, "N", {"C"}), {0})[kGc]));
}

TEST(Rows, CountHaplotypesThatReachOverAllOfRef) {
  Scene scene(turns(99));
  scene.haplotype(0, "99M", 0);
  scene.haplotype(0, "50M", 1);
  scene.haplotype(0, "49M", 2);   // ends within REF
  scene.haplotype(48, "20M", 3);  // begins within REF
  scene.haplotype(47, "20M", 4);
  genome::Candidate candidate = scene.site(47, "ATT", {"A", "C"});
  candidate.haplotype_support = {{0}, {4}};
  candidate.haplotype_uncalled = {1};
  const auto row = row_of(scene, candidate, {0});
  EXPECT_EQ(row[kHaplotypes], 3);
  EXPECT_EQ(row[kSetHaplotypes], 1);
  EXPECT_FLOAT_EQ(row[kSetFrequency], 1.0F / 3);
  EXPECT_EQ(row[kOtherHaplotypes], 2);
  EXPECT_EQ(row_of(scene, candidate, {0, 1})[kSetHaplotypes], 2);
  EXPECT_EQ(row_of(scene, candidate, {0, 1})[kOtherHaplotypes], 1);
}

TEST(Rows, HaveNoFrequencyWithoutAPanel) {
  const Scene scene(turns(99));
  const auto row = row_of(scene, scene.site(47, "A", {"C"}), {0});
  EXPECT_EQ(row[kHaplotypes], 0);
  EXPECT_EQ(row[kSetHaplotypes], 0);
  EXPECT_EQ(row[kOtherHaplotypes], 0);
  EXPECT_TRUE(std::isnan(row[kSetFrequency]));
}

TEST(Rows, OfMoreSetsFollowEachOther) {
  const Scene scene(turns(99));
  const genome::Candidate candidate = scene.site(47, "A", {"C", "AT"});
  const Partition partition = scene.partition();
  PartitionReads measured(partition);
  Rows out(3, 7.0F);
  append_rows(partition, candidate, genome::alt_sets(2), {}, std::vector<double>(6, 0), measured, out);
  ASSERT_EQ(out.size(), 3 + 3 * kNumbers) << "what stood there stays";
  EXPECT_EQ(out[3 + kKind], 0);
  EXPECT_EQ(out[3 + kNumbers + kKind], 1);
  EXPECT_EQ(out[3 + 2 * kNumbers + kKind], 3);
}

TEST(Copies, SumOverTheGenotypes) {
  //                                     0/0  0/1  1/1  0/2  1/2  2/2
  const std::vector<double> genotypes = {0.1, 0.2, 0.05, 0.3, 0.25, 0.1};
  const auto near = [](double value) { return DoubleNear(value, 1e-12); };
  EXPECT_THAT(copies(genotypes, 2, {0}), ElementsAre(near(0.5), near(0.45), near(0.05)));
  EXPECT_THAT(copies(genotypes, 2, {1}), ElementsAre(near(0.35), near(0.55), near(0.1)));
  EXPECT_THAT(copies(genotypes, 2, {0, 1}), ElementsAre(near(0.1), near(0.5), near(0.4)));
}

// Each of two copies drawn by itself, so that both orders of a genotype share its weight.
std::array<double, 3> drawn_one_by_one(const std::vector<double>& weights, size_t alts, const genome::AltSet& set) {
  std::array<double, 3> out{};
  for (size_t a = 0; a <= alts; ++a) {
    for (size_t b = 0; b <= alts; ++b) {
      const auto in_set = [&set](size_t allele) { return std::count(set.begin(), set.end(), static_cast<int>(allele) - 1); };
      out[static_cast<size_t>(in_set(a) + in_set(b))] += weights[genome::genotype_index(a, b)] * (a == b ? 1 : 0.5);
    }
  }
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& one : out) one /= sum;
  return out;
}

TEST(Copies, AreThoseOfDrawingCopiesOneByOne) {
  std::mt19937 draw(2);
  for (int round = 0; round < 100; ++round) {
    const size_t alts = 1 + draw() % 4;
    std::vector<double> weights;
    for (size_t g = 0; g < genome::genotype_count(alts + 1); ++g) weights.push_back(0.001 * (draw() % 1000) + 1e-6);
    for (const genome::AltSet& set : genome::alt_sets(static_cast<int>(alts))) {
      const auto got = copies(weights, alts, set), expected = drawn_one_by_one(weights, alts, set);
      for (size_t n = 0; n < 3; ++n) ASSERT_NEAR(got[n], expected[n], 1e-12);
      ASSERT_NEAR(got[0] + got[1] + got[2], 1, 1e-12);
    }
  }
}

TEST(Scaled, IsRelativeToTheLargest) {
  const auto near = [](double value) { return DoubleNear(value, 1e-12); };
  EXPECT_THAT(scaled(std::vector<double>{-400, -398, -401}), ElementsAre(near(0.01), near(1), near(0.001)));
}

}  // namespace
}  // namespace haploom::evidence
