#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "genotype/fixtures.h"
#include "genotype/quality.h"

namespace haploom::genotype {
namespace {

Call call_biallelic(genome::GenotypeProbabilities answer, const CallOptions& options = {}) {
  return call_site(snp_candidate(1), {answer}, options);
}

}  // namespace

TEST(CallSite, TakesTheLikeliestGenotype) {
  const Call call = call_biallelic({0.001, 0.99, 0.009});
  EXPECT_EQ(call.genotype, (std::array{0, 1}));
  EXPECT_EQ(call.genotype_quality, 20);
  EXPECT_EQ(call.quality, 30.0);
  EXPECT_EQ(call.filter, Filter::kPass);
  EXPECT_EQ(call.vaf, (std::vector<double>{0.5}));
  EXPECT_NEAR(call.likelihoods[0], -3.0, 1e-12);
}

TEST(CallSite, TakesTheFirstOfEquallyLikelyGenotypes) {
  EXPECT_EQ(call_biallelic({0.2, 0.4, 0.4}).genotype, (std::array{0, 1}));
}

TEST(CallSite, SaysUnknownForAnUnsureReferenceCall) {
  const Call unsure = call_biallelic({0.9, 0.05, 0.05});
  EXPECT_EQ(unsure.genotype, (std::array{-1, -1}));
  EXPECT_EQ(unsure.filter, Filter::kRefCall);
  EXPECT_EQ(unsure.genotype_quality, 10);
  const Call sure = call_biallelic({0.999, 0.0005, 0.0005});
  EXPECT_EQ(sure.genotype, (std::array{0, 0}));
  EXPECT_EQ(sure.filter, Filter::kRefCall);
}

TEST(CallSite, FiltersAVariantUnderTheQualityLimit) {
  CallOptions strict;
  strict.qual_filter = 10;
  EXPECT_EQ(call_biallelic({0.2, 0.7, 0.1}, strict).filter, Filter::kLowQual);
  EXPECT_EQ(call_biallelic({0.2, 0.7, 0.1}).filter, Filter::kPass);
}

TEST(CallSite, CallsNothingWithoutReads) {
  genome::Candidate site = snp_candidate(1, 0);
  const Call call = call_site(site, {{0.0, 1.0, 0.0}}, {});
  EXPECT_EQ(call.genotype, (std::array{-1, -1}));
  EXPECT_EQ(call.filter, Filter::kNoCall);
  EXPECT_EQ(call.genotype_quality, 0);
  EXPECT_EQ(call.likelihoods, (std::vector<double>{0, 0}));
  EXPECT_EQ(call.vaf, (std::vector<double>{0}));
}

TEST(CallSite, RemovesAnAltThatIsSurelyAbsentWithItsDepths) {
  genome::Candidate site = snp_candidate(2);
  site.allele_depth = {3, 5, 12};
  site.depth = 20;
  const Call call = call_site(site, {{1, 0, 0}, {0.001, 0.998, 0.001}, {0.001, 0.998, 0.001}}, {});
  EXPECT_EQ(call.alts, (std::vector<std::string>{"G"}));
  EXPECT_EQ(call.allele_depth, (std::vector<int>{3, 12}));
  EXPECT_EQ(call.vaf, (std::vector<double>{0.6}));
  EXPECT_EQ(call.depth, 20);
  EXPECT_EQ(call.genotype, (std::array{0, 1}));
}

TEST(CallSite, CallsOneCopyOfEachOfTwoAlts) {
  const Call call = call_site(snp_candidate(2), {{0, 1, 0}, {0, 1, 0}, {0, 0, 1}}, {});
  EXPECT_EQ(call.genotype, (std::array{1, 2}));
  EXPECT_EQ(call.likelihoods.size(), 6u);
}

TEST(CallSite, CutsTheCommonEndOfAllAllelesButNoStart) {
  genome::Candidate site = snp_candidate(1);
  site.ref = "CAAAT";
  site.alts = {"CAAT"};
  Call call = call_site(site, {{0, 1, 0}}, {});
  EXPECT_EQ(call.ref, "CA");
  EXPECT_EQ(call.alts, (std::vector<std::string>{"C"}));
  EXPECT_EQ(call.end(), site.start + 2);

  site = snp_candidate(2);
  site.ref = "CAT";
  site.alts = {"CGT", "T"};  // T ends there already
  call = call_site(site, {{0, 1, 0}, {0, 1, 0}, {0, 0, 1}}, {});
  EXPECT_EQ(call.ref, "CAT");
}

TEST(CallSite, ShortensAfterTheRemovalOfAnAlt) {
  genome::Candidate site = snp_candidate(2);
  site.ref = "CAT";
  site.alts = {"CGT", "T"};
  const Call call = call_site(site, {{0, 1, 0}, {1, 0, 0}, {0, 1, 0}}, {});
  EXPECT_EQ(call.ref, "CA");
  EXPECT_EQ(call.alts, (std::vector<std::string>{"CG"}));
}

TEST(CallSite, HasNoHeterozygoteOnAHaploidContig) {
  const Call call = call_site(snp_candidate(1), {{0.1, 0.6, 0.3}}, {}, Ploidy::kHaploid);
  EXPECT_EQ(call.genotype, (std::array{1, 1}));
  EXPECT_EQ(call.quality, 6.0205999);
}

TEST(CallSite, RefusesAnswersThatDoNotFitTheSite) {
  EXPECT_THROW(call_site(snp_candidate(2), {{0, 1, 0}}, {}), Error);
  EXPECT_THROW(call_site(snp_candidate(1), {{0, std::nan(""), 0}}, {}), Error);
  genome::Candidate site = snp_candidate(1);
  site.allele_depth.pop_back();
  EXPECT_THROW(call_site(site, {{0, 1, 0}}, {}), Error);
}

TEST(CallSite, ListsARemovedAltWithoutGivingItAnything) {
  CallOptions options;
  options.removed_alts = RemovedAlts::kInAlt;
  genome::Candidate site = snp_candidate(2);
  site.allele_depth = {3, 5, 12};
  site.depth = 20;
  const Call call = call_site(site, {{1, 0, 0}, {0.001, 0.998, 0.001}, {0.001, 0.998, 0.001}}, options);
  EXPECT_EQ(call.alts, (std::vector<std::string>{"C", "G"}));
  EXPECT_EQ(call.allele_depth, (std::vector<int>{3, 5, 12}));
  EXPECT_EQ(call.genotype, (std::array{0, 2}));
  ASSERT_EQ(call.likelihoods.size(), 6u);
  for (const size_t with_removed : {1u, 2u, 4u}) EXPECT_DOUBLE_EQ(call.likelihoods[with_removed], log10_likelihood(0));
}

TEST(CallSite, NamesAllAltsOfASiteWithSeveral) {
  CallOptions options;
  options.removed_alts = RemovedAlts::kInInfo;
  const Call call = call_site(snp_candidate(2), {{1, 0, 0}, {0.001, 0.998, 0.001}, {0.001, 0.998, 0.001}}, options);
  EXPECT_EQ(call.alts, (std::vector<std::string>{"G"}));
  EXPECT_EQ(call.candidates, "C|G");
  EXPECT_EQ(call_biallelic({0, 1, 0}, options).candidates, "");
}

TEST(CallSite, OrdersAGenotypeByHaplotypeWhereBothAllelesHaveOne) {
  const auto called = [](std::vector<int> haplotypes) {
    Site site = site_of(snp_candidate(1));
    site.phase = Phase{std::move(haplotypes), 100081};
    return call_site(site, {{0.001, 0.998, 0.001}}, {});
  };
  EXPECT_EQ(called({1, 2}).genotype, (std::array{0, 1}));
  EXPECT_EQ(called({2, 1}).genotype, (std::array{1, 0}));
  EXPECT_EQ(called({2, 1}).phase_set, 100081);
  EXPECT_TRUE(called({2, 1}).phased);
  for (const auto& unknown : {std::vector{0, 1}, std::vector{1, 1}, std::vector{1}}) {
    EXPECT_FALSE(called(unknown).phased);
    EXPECT_EQ(called(unknown).genotype, (std::array{0, 1}));
    EXPECT_EQ(called(unknown).phase_set, std::nullopt);
  }
}

TEST(CallSite, CarriesMethylationOfTheAllelesThatStay) {
  Site site = site_of(snp_candidate(2));
  site.notes.methylated_fraction = {0.1, 0.5, 0.9};
  site.notes.methylation_depth = {4, 5, 6};
  const Call call = call_site(site, {{1, 0, 0}, {0.001, 0.998, 0.001}, {0.001, 0.998, 0.001}}, {});
  EXPECT_EQ(call.notes.methylated_fraction, (std::vector<double>{0.1, 0.9}));
  EXPECT_EQ(call.notes.methylation_depth, (std::vector<int>{4, 6}));
  EXPECT_EQ(call.methylation_type, "0/1");
  site.notes.methylated_fraction = {0, 0, 0};
  EXPECT_EQ(call_site(site, {{0, 1, 0}, {0, 1, 0}, {0, 0, 1}}, {}).methylation_type, "");
}

}  // namespace haploom::genotype
