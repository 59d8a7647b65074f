#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>

#include "evidence/fixtures.h"
#include "evidence/rows.h"

namespace haploom::evidence {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Shard finished(const std::deque<Scene>& partitions, const prior::Options& options = {}) {
  Shard shard;
  for (const Scene& one : partitions) shard.add(one.partition());
  shard.finish(options);
  return shard;
}

size_t index_of(const Shard& shard, int64_t position) {
  const auto& sites = shard.sites();
  const auto found = std::find_if(sites.begin(), sites.end(), [position](const Site& site) { return site.position == position; });
  EXPECT_NE(found, sites.end()) << position;
  return static_cast<size_t>(found - sites.begin());
}
float number(const Shard& shard, int64_t position, Number which) { return shard.row(index_of(shard, position), 0)[which]; }
bool has(const Shard& shard, int64_t position) {
  return std::any_of(shard.sites().begin(), shard.sites().end(), [position](const Site& site) { return site.position == position; });
}

TEST(Shard, HoldsARowForEachSetOfEachCandidateInOrder) {
  std::deque<Scene> partitions;
  partitions.emplace_back(turns(1000));
  partitions.emplace_back(turns(1000), 1000);
  partitions[0].candidates = {partitions[0].site(47, "A", {"C", "AT"}), partitions[0].site(91, "A", {"C"})};
  partitions[1].candidates = {partitions[1].substitution(1500, 3, 3)};
  const Shard shard = finished(partitions);
  ASSERT_EQ(shard.sites().size(), 3U);
  EXPECT_EQ(shard.sites()[0].position, 47);
  EXPECT_EQ(shard.sites()[0].alts, 2U);
  EXPECT_EQ(shard.sites()[0].sets, genome::alt_sets(2));
  EXPECT_EQ(shard.sites()[0].rows.size(), 3 * kNumbers);
  EXPECT_EQ(shard.row(0, 1)[kKind], 1);
  EXPECT_EQ(shard.row(0, 2)[kKind], 3);
  EXPECT_EQ(shard.sites()[1].index, 1U);
  EXPECT_EQ(shard.sites()[2].position, 1500);
  EXPECT_EQ(shard.sites()[2].index, 0U);
  EXPECT_EQ(shard.row(2, 0)[kSetReads], 3);
  for (const Site& site : shard.sites()) EXPECT_TRUE(site.called && !site.silent);
}

TEST(Shard, TakesTheNetworksAnswersAsLogarithms) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(200));
  scene.candidates = {scene.site(47, "A", {"C", "AT"})};
  Shard shard;
  shard.add(scene.partition());
  shard.set_network(0, 1, {0.001, 0.999, 0});
  for (const size_t set : {0U, 2U}) {
    for (const size_t which : {kNetwork0, kNetwork1, kNetwork2}) EXPECT_TRUE(std::isnan(shard.row(0, set)[which])) << "that set was not asked about";
  }
  EXPECT_NEAR(shard.row(0, 1)[kNetwork0], -3, 1e-6);
  EXPECT_NEAR(shard.row(0, 1)[kNetwork1], std::log10(0.999), 1e-6);
  EXPECT_EQ(shard.row(0, 1)[kNetwork2], -10) << "no less than that";
}

// ---- neighbours

TEST(Neighbours, AreThoseThatReadsBearOut) {
  std::deque<Scene> partitions;
  Scene& first = partitions.emplace_back(turns(1000));
  first.candidates = {first.substitution(100, 3, 6, {0}), first.substitution(115, 3, 6), first.substitution(121, 1, 2), first.substitution(130, 2, 20),
                      first.substitution(560, 2, 2, {0})};
  Scene& second = partitions.emplace_back(turns(1000), 1000);
  second.candidates = {second.substitution(1090, 4, 4)};
  const Shard shard = finished(partitions);
  // borne out: 100 and 560, which the panel has, 115 and 1090, which it lacks; not those of one read, or of a tenth of the reads
  EXPECT_EQ(number(shard, 100, kWithin20), 1);
  EXPECT_EQ(number(shard, 121, kWithin20), 1);
  EXPECT_EQ(number(shard, 130, kWithin20), 1) << "15 bases away";
  EXPECT_EQ(number(shard, 121, kWithin100), 2);
  EXPECT_EQ(number(shard, 100, kWithin500), 2);
  EXPECT_EQ(number(shard, 560, kWithin100), 0);
  EXPECT_EQ(number(shard, 560, kWithin500), 2);
  EXPECT_EQ(number(shard, 560, kNovelWithin500), 1);
  EXPECT_EQ(number(shard, 100, kNovelWithin500), 1);
  EXPECT_EQ(number(shard, 115, kNovelWithin500), 0) << "others, not itself";
  EXPECT_EQ(number(shard, 100, kNearest), 15);
  EXPECT_EQ(number(shard, 121, kNearest), 6);
  EXPECT_EQ(number(shard, 560, kNearest), 445);
  EXPECT_EQ(number(shard, 560, kNearestNovel), 445);
  EXPECT_EQ(number(shard, 115, kNearestNovel), 975) << "across partitions";
  EXPECT_EQ(number(shard, 1090, kNearestNovel), 975);
  EXPECT_EQ(number(shard, 100, kKnownWithin2000), 1);
  EXPECT_EQ(number(shard, 121, kKnownWithin2000), 2);
  EXPECT_EQ(number(shard, 1090, kKnownWithin2000), 2);
  EXPECT_EQ(number(shard, 100, kNovelWithin2000), 2);
  EXPECT_EQ(number(shard, 1090, kNovelWithin2000), 1);
}

TEST(Neighbours, FarAwayAreAsIfTenThousandBasesAway) {
  std::deque<Scene> partitions;
  partitions.emplace_back(turns(1000));
  partitions[0].candidates = {partitions[0].substitution(100, 4, 4)};
  partitions.emplace_back(turns(1000), 50'000);
  partitions[1].candidates = {partitions[1].substitution(50'100, 4, 4)};
  const Shard shard = finished(partitions);
  EXPECT_EQ(number(shard, 100, kNearest), 10'000);
  EXPECT_EQ(number(shard, 50'100, kNearestNovel), 10'000);
  EXPECT_EQ(number(shard, 100, kNovelWithin2000), 0);
}

TEST(Neighbours, OfSeveralAltsAreKnownIfTheForemostIs) {
  for (const bool known : {false, true}) {
    std::deque<Scene> partitions;
    Scene& scene = partitions.emplace_back(turns(1000));
    genome::Candidate two = scene.substitution(100, 6, 3);
    two.alts.emplace_back("T");
    two.read_support.push_back({two.read_support[0].back()});
    two.read_support[0].pop_back();
    two.haplotype_support = {{}, {}};
    two.haplotype_support[known ? 0 : 1] = {0};
    scene.candidates = {two, scene.substitution(120, 4, 4)};
    EXPECT_EQ(number(finished(partitions), 120, kKnownWithin2000), known ? 1 : 0);
  }
}

// ---- depth and noise

TEST(Depths, AreComparedWithTheShardsMedianAndThePartitionsAround) {
  std::deque<Scene> partitions;
  for (const int depth : {10, 10, 20, 20, 0, 40}) {
    Scene& scene = partitions.emplace_back(turns(100), 100 * static_cast<int64_t>(partitions.size()));
    scene.depth_everywhere(depth);
    scene.candidates = {scene.site(scene.reference().start + 50, "A", {"C"})};
    scene.candidates[0].depth = 30;
  }
  const Shard shard = finished(partitions);
  // what is covered: 10 10 20 20 40
  EXPECT_FLOAT_EQ(number(shard, 250, kMedianDepth), 20);
  EXPECT_FLOAT_EQ(number(shard, 250, kDepthShare), 1.5);
  EXPECT_FLOAT_EQ(number(shard, 250, kLocalDepthShare), 12.0F / 20) << "five partitions";
  EXPECT_FLOAT_EQ(number(shard, 50, kLocalDepthShare), 40.0F / 3 / 20) << "three at the shard's begin";
  EXPECT_FLOAT_EQ(number(shard, 550, kLocalDepthShare), 1);
}

TEST(Depths, AreUnknownWhereNothingIsCovered) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(100));
  scene.candidates = {scene.site(50, "A", {"C"})};
  const Shard shard = finished(partitions);
  for (const Number which : {kMedianDepth, kDepthShare, kLocalDepthShare}) EXPECT_TRUE(std::isnan(number(shard, 50, which)));
}

TEST(Noise, OfMismatchesIsTheMeanOverSitesWithReadsOfTheReference) {
  std::deque<Scene> partitions;
  Scene& first = partitions.emplace_back(turns(1000));
  genome::Candidate at = first.substitution(100, 2, 1);
  first.read(98, "5M", {{99, 'N'}, {101, 'N'}});
  first.candidates = {at, first.substitution(300, 3, 0)};
  Scene& second = partitions.emplace_back(turns(1000), 1000);
  second.candidates = {second.substitution(1100, 2, 2)};
  const Shard shard = finished(partitions);
  EXPECT_FLOAT_EQ(number(shard, 100, kRefMismatches), 1);
  EXPECT_TRUE(std::isnan(number(shard, 300, kRefMismatches)));
  for (const int64_t position : {100, 300, 1100}) EXPECT_FLOAT_EQ(number(shard, position, kMismatchNoise), 0.5F) << "(1 + 0) / 2";
}

// A deletion in a run of so many A: two reads show the reference, three the deletion, one another length.
genome::Candidate slip(Scene& scene, int64_t position, int run) {
  const std::string ref = std::string(scene.reference().between(position, position + 2));
  genome::Candidate out = scene.site(position, ref, {ref.substr(0, 1)});
  const std::string length = std::to_string(run + 20);
  for (int i = 0; i < 6; ++i) scene.read(position - 5, length + "M");
  const auto first = static_cast<int32_t>(scene.reads.size()) - 6;
  out.read_support = {{first, first + 1, first + 2}};
  out.read_uncalled = {first + 3};
  return out;
}

TEST(Noise, OfSlipsIsTheShareOfThirdAllelesInLongRepeats) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(100) + std::string(8, 'A') + "C" + turns(99) + std::string(7, 'G') + turns(100));
  scene.candidates = {slip(scene, 99, 8), slip(scene, 207, 7)};
  ASSERT_EQ(scene.candidates[0].ref.substr(1), "A");
  ASSERT_EQ(scene.candidates[1].ref.substr(1), "G");
  scene.candidates[1].read_support[0] = {6, 7};
  scene.candidates[1].read_uncalled = {8, 9};  // another share, which must not count: its repeat is too short
  const Shard shard = finished(partitions);
  EXPECT_EQ(number(shard, 99, kTract), 8);
  EXPECT_EQ(number(shard, 207, kTract), 7);
  for (const int64_t position : {99, 207}) EXPECT_FLOAT_EQ(number(shard, position, kSlipNoise), 1.0F / 6);
}

TEST(Noise, OfSlipsIsUnknownWithoutRepeats) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(200));
  scene.candidates = {scene.substitution(100, 3, 3)};
  EXPECT_TRUE(std::isnan(number(finished(partitions), 100, kSlipNoise)));
}

// ---- the panel's prior

TEST(PanelFit, IsTheShareOfSureAllelesThatThePanelHas) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(1000));
  scene.haplotype(0, "600M", 0);
  scene.owners.clear();  // nobody knows whose it is: there is no prior, but the panel is there
  scene.candidates = {scene.substitution(100, 6, 6, {0}), scene.substitution(200, 6, 6), scene.substitution(300, 6, 6, {0}),
                      scene.substitution(400, 3, 3),       // too few reads to be sure
                      scene.substitution(500, 6, 30),      // too few of them
                      scene.substitution(700, 6, 0)};      // beyond the haplotype, and sure
  const Shard shard = finished(partitions);
  for (const int64_t position : {100, 200, 400}) EXPECT_FLOAT_EQ(number(shard, position, kPanelFit), 0.5F);
  for (const int64_t position : {100, 400, 700}) EXPECT_FLOAT_EQ(number(shard, position, kSureAlleles), 4);
  EXPECT_TRUE(std::isnan(number(shard, 700, kPanelFit))) << "there is no panel there";
  for (const Number which : {kPrior0, kPrior1, kPrior2, kPosterior0, kPosterior1, kPosterior2, kLocalFit}) EXPECT_TRUE(std::isnan(number(shard, 100, which))) << names()[which];
}

// Two haplotypes that differ at every site of two partitions; `order` of their rows in the second. The sample has two copies of
// the one that holds the alts.
class TwoHaplotypes {
 public:
  explicit TwoHaplotypes(bool exchanged_rows, bool owners_known_by_row = false) {
    Scene& first = partitions_.emplace_back(turns(1000));
    Scene& second = partitions_.emplace_back(turns(1000), 1000);
    for (const uint32_t owner : {7U, 3U}) first.haplotype(0, "1000M", owner);
    for (const uint32_t owner : {7U, 3U}) second.haplotype(1000, "1000M", exchanged_rows != owners_known_by_row ? 10 - owner : owner);
    for (const int64_t position : {200, 400, 600, 800}) first.candidates.push_back(first.substitution(position, 10, 0, {0}));
    silent_row_ = exchanged_rows ? 1 : 0;
    for (Scene& scene : partitions_) scene.depth_everywhere(10);
    second.candidates.push_back(second.substitution(1100, 0, 0, {silent_row_}));
  }
  std::deque<Scene>& partitions() { return partitions_; }
  Scene& second() { return partitions_[1]; }
  int32_t alt_row() const { return silent_row_; }  // in the second partition

 private:
  std::deque<Scene> partitions_;
  int32_t silent_row_ = 0;
};

TEST(Priors, OfASiteWithoutReadsComeFromItsNeighboursThroughTheOwners) {
  for (const bool exchanged : {false, true}) {
    TwoHaplotypes panel(exchanged);
    const Shard shard = finished(panel.partitions());
    EXPECT_GT(number(shard, 1100, kPrior2), -0.1) << "both copies have the alt";
    EXPECT_LT(number(shard, 1100, kPrior0), -1.5);
    for (const auto& [prior, posterior] : {std::pair(kPrior0, kPosterior0), std::pair(kPrior1, kPosterior1), std::pair(kPrior2, kPosterior2)})
      EXPECT_NEAR(number(shard, 1100, prior), number(shard, 1100, posterior), 1e-4) << "no read changes it";
  }
  TwoHaplotypes mistaken(true, true);
  EXPECT_GT(number(finished(mistaken.partitions()), 1100, kPrior0), -0.1) << "the other owner lacks it";
}

TEST(Priors, MeetTheReadsInThePosterior) {
  TwoHaplotypes panel(false);
  panel.second().candidates = {panel.second().substitution(1100, 4, 4, {0})};
  const Shard shard = finished(panel.partitions());
  std::array<double, 3> expected{};
  const std::vector<double> reads = scaled(shard.sites()[index_of(shard, 1100)].log_likelihoods);
  double sum = 0;
  for (size_t n = 0; n < 3; ++n) sum += expected[n] = reads[n] * std::pow(10, number(shard, 1100, static_cast<Number>(kPrior0 + n)));
  for (size_t n = 0; n < 3; ++n) EXPECT_NEAR(number(shard, 1100, static_cast<Number>(kPosterior0 + n)), std::max(-10.0, std::log10(expected[n] / sum)), 2e-3) << n;
  EXPECT_GT(number(shard, 1100, kPosterior1), -0.2) << "reads outweigh the panel";
}

TEST(Priors, HaveAWorstValue) {
  TwoHaplotypes panel(false);
  prior::Options options;
  options.copying_error = 1e-9;
  options.jumps_per_base = 1e-9;
  const Shard shard = finished(panel.partitions(), options);
  EXPECT_EQ(number(shard, 1100, kPrior0), -6);
}

TEST(Priors, AreUnknownWhereThePanelHasOneAllele) {
  TwoHaplotypes panel(false);
  panel.second().candidates.push_back(panel.second().substitution(1300, 6, 6));
  const Shard shard = finished(panel.partitions());
  for (const Number which : {kPrior0, kPrior1, kPrior2, kPosterior0, kPosterior1, kPosterior2}) EXPECT_TRUE(std::isnan(number(shard, 1300, which))) << names()[which];
}

TEST(LocalFit, IsTheMeanOfThePriorsOfOtherSureSites) {
  TwoHaplotypes panel(false);
  panel.second().candidates = {panel.second().substitution(1300, 6, 6)};  // sure, and without the panel
  const Shard shard = finished(panel.partitions());
  double known = 0;
  for (const int64_t position : {200, 400, 600, 800}) known += number(shard, position, kPrior2);
  EXPECT_NEAR(number(shard, 1300, kLocalFit), known / 4, 1e-4);
  EXPECT_NEAR(number(shard, 400, kLocalFit), (known - number(shard, 400, kPrior2) - 4) / 4, 1e-4) << "what the panel lacks counts -4";
}

TEST(LocalFit, LooksTwentyThousandBasesFar) {
  TwoHaplotypes panel(false);
  for (const int64_t start : {20'000, 21'000}) {
    Scene& scene = panel.partitions().emplace_back(turns(1000), start);
    scene.candidates = {scene.substitution(start + 300, 6, 6)};
  }
  const Shard shard = finished(panel.partitions());
  EXPECT_NEAR(number(shard, 20'300, kLocalFit), (number(shard, 400, kPrior2) + number(shard, 600, kPrior2) + number(shard, 800, kPrior2) - 4) / 4, 1e-4);
  EXPECT_NEAR(number(shard, 21'300, kLocalFit), -4, 1e-4);
}

// ---- silent candidates

class SilentCandidates : public testing::Test {
 protected:
  // A silent one at 1500 of the haplotype that the sample has, or of the other one, with so many reads.
  Shard shard(bool of_the_samples, int with, int without) {
    panel_.second().silent = {panel_.second().substitution(1500, with, without, {of_the_samples ? panel_.alt_row() : 1 - panel_.alt_row()})};
    return finished(panel_.partitions());
  }
  TwoHaplotypes panel_{true};
};

TEST_F(SilentCandidates, AreCalledWhereThePanelLeavesLittleDoubt) {
  const Shard yes = shard(true, 0, 0);
  ASSERT_TRUE(has(yes, 1500));
  const Site& site = yes.sites()[index_of(yes, 1500)];
  EXPECT_TRUE(site.silent);
  EXPECT_TRUE(site.called);
  EXPECT_GT(number(yes, 1500, kPosterior2), -0.2);
  const Shard no = shard(false, 0, 0);
  ASSERT_TRUE(has(no, 1500));
  EXPECT_FALSE(no.sites()[index_of(no, 1500)].called) << "the sample's haplotype lacks it";
}

TEST_F(SilentCandidates, AreNotCalledWhereTheReadsAreGone) {
  panel_.partitions()[0].depth_everywhere(1);  // five partitions are looked at, here two
  panel_.second().depth_everywhere(0);
  panel_.partitions().emplace_back(turns(1000), 2000).depth_everywhere(0);
  for (int64_t start = 3000; start < 12'000; start += 1000) panel_.partitions().emplace_back(turns(1000), start).depth_everywhere(start < 4000 ? 0 : 10);
  const Shard gone = shard(true, 0, 0);
  EXPECT_FALSE(gone.sites()[index_of(gone, 1500)].called) << "both copies may be deleted";
}

TEST_F(SilentCandidates, AreNotCalledWhereNothingNearIsSure) {
  panel_.partitions()[0].candidates.resize(2);
  const Shard few = shard(true, 0, 0);
  ASSERT_TRUE(has(few, 1500));
  EXPECT_FALSE(few.sites()[index_of(few, 1500)].called) << "a stretch without reads is not filled with the panel's common alleles";
}

TEST_F(SilentCandidates, AreNotCalledBeforeTheWholeShardIsKnown) {
  panel_.second().silent = {panel_.second().substitution(1500, 0, 0, {panel_.alt_row()})};
  panel_.second().owners.clear();
  const Shard without_owners = finished(panel_.partitions());
  EXPECT_FALSE(has(without_owners, 1500)) << "without owners there is no prior to call it by";
}

TEST_F(SilentCandidates, AreNoSitesWhereReadsSpeakAgainst) {
  EXPECT_TRUE(has(shard(true, 0, 3), 1500));
  EXPECT_FALSE(has(shard(true, 0, 30), 1500));
}

TEST_F(SilentCandidates, OfWhichReadsSpeakAgainstTellTheOthersStill) {
  panel_.partitions()[0].candidates.clear();
  const auto prior_of_the_neighbour = [this](int without) { return number(shard(true, 0, without), 1100, kPrior0); };
  EXPECT_GT(prior_of_the_neighbour(30), prior_of_the_neighbour(0) + 0.2);
}

TEST_F(SilentCandidates, StandBehindThePartitionsOthersAndNameTheirPlace) {
  Scene& second = panel_.second();
  const int32_t row = panel_.alt_row();
  second.silent = {second.substitution(1050, 0, 30, {1 - row}), second.substitution(1060, 0, 0, {row}), second.substitution(1200, 0, 0, {row})};
  const Shard shard = finished(panel_.partitions());
  ASSERT_EQ(shard.sites().size(), 7U);
  std::vector<int64_t> positions;
  for (const Site& site : shard.sites()) positions.push_back(site.position);
  EXPECT_THAT(positions, ElementsAre(200, 400, 600, 800, 1100, 1060, 1200));
  EXPECT_EQ(shard.sites()[4].index, 0U);
  EXPECT_EQ(shard.sites()[5].index, 1U) << "in the list that was given";
  EXPECT_EQ(shard.sites()[6].index, 2U);
  for (size_t i = 0; i < 7; ++i) EXPECT_EQ(shard.sites()[i].silent, i > 4) << i;
  EXPECT_GT(number(shard, 1060, kPrior2), -0.1) << "sites of the panel rise whatever the order of the rows";
}

TEST_F(SilentCandidates, AreNobodysNeighboursAndMakeNoNoise) {
  panel_.second().silent = {panel_.second().substitution(1095, 5, 5, {panel_.alt_row()})};
  const Shard shard = finished(panel_.partitions());
  ASSERT_TRUE(has(shard, 1095));
  EXPECT_EQ(number(shard, 1100, kWithin20), 0);
  EXPECT_EQ(number(shard, 1100, kSureAlleles), 4);
  EXPECT_EQ(number(shard, 1095, kNearest), 295) << "but they have neighbours";
}

TEST_F(SilentCandidates, OfReadsThatShowThemLeaveThemselvesOutOfTheOtherAlleles) {
  panel_.second().silent = {panel_.second().substitution(1500, 3, 3, {panel_.alt_row()})};  // reads of low quality make no candidate
  EXPECT_EQ(number(finished(panel_.partitions()), 1500, kSetKnown), 0);
  genome::Candidate beside = panel_.second().site(1501, "G", {"T"});
  beside.read_support = panel_.second().silent[0].read_support;
  panel_.second().candidates.push_back(beside);
  const Shard shard = finished(panel_.partitions());
  EXPECT_EQ(number(shard, 1500, kSetNovel), 1);
  EXPECT_EQ(number(shard, 1501, kSetKnown), 1);
}

// ---- the whole row

// A candidate with everything that can be known of one: reads of all kinds, panel, neighbours, a long repeat, the network.
TEST(Shard, KnowsEveryNumberWhereThereIsReasonTo) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(100) + std::string(8, 'A') + "C" + turns(900));
  scene.depth_everywhere(12);
  for (const uint32_t owner : {0U, 1U}) scene.haplotype(0, "1009M", owner);
  scene.candidates = {slip(scene, 99, 8), scene.substitution(300, 6, 6, {0}), scene.substitution(400, 6, 6, {0})};
  scene.candidates[0].haplotype_support[0] = {1};
  Shard shard;
  shard.add(scene.partition());
  for (size_t site = 0; site < 3; ++site) shard.set_network(site, 0, {0.1, 0.8, 0.1});
  shard.finish({});
  for (size_t which = 0; which < kNumbers; ++which) EXPECT_FALSE(std::isnan(shard.row(0, 0)[which])) << names()[which];
}

TEST(Shard, WithoutAPanelKnowsAllButWhatThePanelSays) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(100) + std::string(8, 'A') + "C" + turns(900));
  scene.depth_everywhere(12);
  scene.candidates = {slip(scene, 99, 8), scene.substitution(300, 6, 6)};
  Shard shard;
  shard.add(scene.partition());
  for (size_t site = 0; site < 2; ++site) shard.set_network(site, 0, {0.1, 0.8, 0.1});
  shard.finish({});
  std::vector<std::string_view> unknown;
  for (size_t which = 0; which < kNumbers; ++which) {
    if (std::isnan(shard.row(0, 0)[which])) unknown.push_back(names()[which]);
  }
  EXPECT_THAT(unknown, testing::UnorderedElementsAre("set_frequency", "panel_fit", "local_fit", "prior_0", "prior_1", "prior_2", "posterior_0", "posterior_1", "posterior_2"));
}

// ---- a panel of strangers

// Sure sites; the panel has the first `known` of them.
std::deque<Scene> sure_sites(int sites, int known, int64_t apart = 500, bool under_haplotypes = true) {
  std::deque<Scene> partitions;
  Scene& scene = partitions.emplace_back(turns(24'000));
  for (const uint32_t owner : {1U, 2U}) scene.haplotype(under_haplotypes ? 0 : 23'000, under_haplotypes ? "24000M" : "1000M", owner);
  for (int i = 0; i < sites; ++i) {
    const std::vector<int32_t> haplotypes = i < known ? std::vector<int32_t>{0} : std::vector<int32_t>{};
    scene.candidates.push_back(scene.substitution(100 + apart * i, 6, 6, haplotypes));
  }
  return partitions;
}

TEST(MisleadingPanel, HasNoneOfThirtySureAllelesOrHardlyAnyOfForty) {
  const auto misleads = [](int sites, int known, int64_t apart = 500, bool under_haplotypes = true) {
    Shard shard;
    shard.add(sure_sites(sites, known, apart, under_haplotypes).front().partition());
    return shard.panel_misleads();
  };
  EXPECT_TRUE(misleads(40, 0));
  EXPECT_TRUE(misleads(40, 1));
  EXPECT_FALSE(misleads(40, 2));
  EXPECT_TRUE(misleads(30, 0));
  EXPECT_FALSE(misleads(29, 0)) << "too few to say";
  EXPECT_FALSE(misleads(39, 1)) << "too few to say";
  EXPECT_FALSE(misleads(40, 0, 100)) << "a collapsed copy's alleles are one voice";
  EXPECT_FALSE(misleads(40, 0, 500, false)) << "a gap of the panel says nothing of it";
}

TEST(Shard, WithoutCandidatesIsEmpty) {
  std::deque<Scene> partitions;
  partitions.emplace_back(turns(100)).depth_everywhere(10);
  EXPECT_THAT(finished(partitions).sites(), IsEmpty());
  EXPECT_THAT(finished({}).sites(), IsEmpty());
}

}  // namespace
}  // namespace haploom::evidence
