#include "evidence/panel_crossings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "evidence/fixtures.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<std::pair<int, int>> owners(const Scene& scene, const genome::Candidate& candidate) {
  const Partition partition = scene.partition();
  const std::vector<double> nothing(genome::genotype_count(candidate.alts.size() + 1), 0);
  std::vector<std::pair<int, int>> out;
  for (const auto& [owner, allele] : PanelCrossings(partition).at(candidate, nothing).owners) out.emplace_back(owner, allele);
  return out;
}

TEST(PanelCrossings, AreWhereAHaplotypeHasAnotherAllele) {
  genome::Candidate candidate = Scene(turns(99)).site(40, "C", {"A", "G"});
  EXPECT_FALSE(PanelCrossings::is_one(candidate));
  candidate.haplotype_ref_support = {0};
  EXPECT_FALSE(PanelCrossings::is_one(candidate));
  candidate.haplotype_support[1] = {3};
  EXPECT_TRUE(PanelCrossings::is_one(candidate));
  candidate.haplotype_support[1].clear();
  candidate.haplotype_uncalled = {3};
  EXPECT_TRUE(PanelCrossings::is_one(candidate)) << "an allele that the candidate lacks is another, too";
}

TEST(PanelCrossings, HaveTwelveAllelesAtMost) {
  genome::Candidate candidate = Scene(turns(99)).site(40, "C", std::vector<std::string>(10, "A"));
  candidate.haplotype_support[0] = {1};
  EXPECT_TRUE(PanelCrossings::is_one(candidate)) << "REF, 10 alts, and all others";
  candidate.alts.emplace_back("G");
  EXPECT_FALSE(PanelCrossings::is_one(candidate));
}

TEST(PanelCrossings, TellWhichAlleleEachOwnerHas) {
  Scene scene(turns(99));
  for (const uint32_t owner : {9U, 4U, 4U, 7U}) scene.haplotype(0, "99M", owner);
  genome::Candidate candidate = scene.site(40, "C", {"A", "G"});
  candidate.haplotype_support = {{3}, {0, 2}};
  EXPECT_THAT(owners(scene, candidate), ElementsAre(Pair(9, 2), Pair(4, 0), Pair(4, 2), Pair(7, 1)));
}

TEST(PanelCrossings, LeaveOutHaplotypesThatDoNotReachOverThePosition) {
  Scene scene(turns(99));
  scene.haplotype(0, "40M", 0);
  scene.haplotype(0, "41M", 1);
  scene.haplotype(41, "20M", 2);
  scene.haplotype(40, "20M", 3);
  genome::Candidate candidate = scene.site(40, "C", {"A"});
  candidate.haplotype_uncalled = {1};
  EXPECT_THAT(owners(scene, candidate), ElementsAre(Pair(1, 2), Pair(3, 0)));
}

TEST(PanelCrossings, DeletedPositionsAreUnknown) {
  Scene scene(turns(99));
  scene.haplotype(0, "38M5D40M", 0);  // 38 to 43 are gone
  scene.haplotype(0, "41M5D40M", 1);  // what is gone begins behind the position
  scene.haplotype(0, "35M5D40M", 2);  // and ends before it
  scene.haplotype(0, "38M5N40M", 3);
  genome::Candidate candidate = scene.site(40, "C", {"A"});
  candidate.haplotype_uncalled = {1};
  EXPECT_THAT(owners(scene, candidate), ElementsAre(Pair(1, 2), Pair(2, 0)));
  candidate.haplotype_support[0] = {0};
  EXPECT_THAT(owners(scene, candidate), ElementsAre(Pair(0, 1), Pair(1, 2), Pair(2, 0))) << "what is shown is known";
}

TEST(PanelCrossings, HoldReadsWithinEight) {
  Scene scene(turns(99));
  scene.haplotype(0, "99M", 0);
  genome::Candidate candidate = scene.site(40, "C", {"A"});
  candidate.haplotype_support[0] = {0};
  const Partition partition = scene.partition();
  const PanelCrossing crossing = PanelCrossings(partition).at(candidate, {-30, -23, -20});
  EXPECT_EQ(crossing.position, 40);
  EXPECT_EQ(crossing.alleles, 2);
  EXPECT_THAT(crossing.log_likelihoods, ElementsAre(-8, -3, 0)) << "the best is 0";
}

TEST(PanelCrossings, OtherAllelesAreOneClass) {
  Scene scene(turns(99));
  scene.haplotype(0, "99M", 0);
  scene.haplotype(0, "99M", 1);
  genome::Candidate candidate = scene.site(40, "C", {"A"});
  candidate.haplotype_support[0] = {0};
  candidate.haplotype_uncalled = {1};
  const Partition partition = scene.partition();
  const PanelCrossings crossings(partition);
  const PanelCrossing unseen = crossings.at(candidate, {-1, 0, -6});
  EXPECT_EQ(unseen.alleles, 3);
  EXPECT_THAT(unseen.owners, ElementsAre(Pair(0, 1), Pair(1, 2)));
  //                                                0/0 0/1 1/1 0/x 1/x x/x: beside x the other copy's reads are all there are
  EXPECT_THAT(unseen.log_likelihoods, ElementsAre(-1, 0, -6, -4, -6, -4)) << "no read shows another";
  candidate.read_uncalled = {0};
  EXPECT_THAT(crossings.at(candidate, {-1, 0, -6}).log_likelihoods, ElementsAre(-1, 0, -6, -1, -6, -4));
  candidate.haplotype_uncalled.clear();
  EXPECT_EQ(crossings.at(candidate, {-1, 0, -6}).alleles, 2) << "no haplotype has another";
}

TEST(PanelCrossings, NeedAnOwnerOfEachHaplotype) {
  Scene scene(turns(99));
  scene.haplotype(0, "99M", 0);
  scene.owners.push_back(1);
  const Partition partition = scene.partition();
  EXPECT_THROW(PanelCrossings{partition}, Error);
}

}  // namespace
}  // namespace haploom::evidence
