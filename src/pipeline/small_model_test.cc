#include "pipeline/small_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haploom::pipeline {
namespace {

using Sets = std::vector<genome::AltSet>;

genome::Candidate candidate(const std::string& ref, const std::vector<std::string>& alts) {
  genome::Candidate out;
  out.start = 1000;
  out.ref = ref;
  out.alts = alts;
  return out;
}

SmallModelOptions thresholds(int snp, int indel, bool multiallelics = true) {
  SmallModelOptions out;
  out.snp_gq = snp;
  out.indel_gq = indel;
  out.multiallelics = multiallelics;
  return out;
}

bool sure(const genome::Candidate& of, const genome::AltSet& alts, float best, const SmallModelOptions& options) {
  return is_sure(of, alts, {best, 1 - best, 0}, options);
}

genome::Candidate marked(int64_t start, bool answered, const Sets& left) {
  genome::Candidate out = candidate("A", {"C"});
  out.start = start;
  out.small_model = answered;
  out.unanswered = left;
  return out;
}

}  // namespace

TEST(SmallModelCandidates, AreThoseOfAKindThatIsAskedAbout) {
  EXPECT_TRUE(is_for_small_model(candidate("A", {"C"}), thresholds(0, -1)));
  EXPECT_FALSE(is_for_small_model(candidate("A", {"C"}), thresholds(-1, 0)));
  EXPECT_TRUE(is_for_small_model(candidate("A", {"AC"}), thresholds(-1, 0)));
  EXPECT_FALSE(is_for_small_model(candidate("AC", {"A"}), thresholds(0, -1)));
  EXPECT_FALSE(is_for_small_model(candidate("AC", {"TG"}), thresholds(0, -1)));
}

TEST(SmallModelCandidates, OfSeveralAltsHaveASwitchOfTheirOwn) {
  EXPECT_TRUE(is_for_small_model(candidate("A", {"C", "G"}), thresholds(-1, -1)));
  EXPECT_FALSE(is_for_small_model(candidate("A", {"C", "G"}), thresholds(0, 0, false)));
  EXPECT_TRUE(is_for_small_model(candidate("A", {"C", "<*>"}), thresholds(0, 0, false)));
  EXPECT_FALSE(is_for_small_model(candidate("A", {"."}), thresholds(0, 0, false)));
}

// 1 - 10^-2 = 0.99.
TEST(SmallModelAnswer, StandsFromTheThresholdOfItsKindOn) {
  EXPECT_TRUE(sure(candidate("A", {"C"}), {0}, 0.9901F, thresholds(20, 99)));
  EXPECT_FALSE(sure(candidate("A", {"C"}), {0}, 0.9899F, thresholds(20, 0)));
  EXPECT_TRUE(sure(candidate("A", {"AC"}), {0}, 0.9901F, thresholds(99, 20)));
  EXPECT_FALSE(sure(candidate("A", {"AC"}), {0}, 0.9899F, thresholds(0, 20)));
  EXPECT_TRUE(sure(candidate("A", {"C"}), {0}, 0.34F, thresholds(0, 0)));
}

TEST(SmallModelAnswer, IsOfTheKindOfItsOwnAlleles) {
  const genome::Candidate both = candidate("A", {"AC", "C"});
  EXPECT_FALSE(sure(both, {0}, 0.9F, thresholds(0, 20)));
  EXPECT_TRUE(sure(both, {1}, 0.9F, thresholds(0, 20)));
  EXPECT_FALSE(sure(both, {0, 1}, 0.9F, thresholds(0, 20)));
  EXPECT_FALSE(sure(candidate("AC", {"A", "TC"}), {1}, 0.9F, thresholds(0, 20)));
}

TEST(SmallModelAnswer, HasAQualityOf70AtMost) {
  EXPECT_TRUE(sure(candidate("A", {"C"}), {0}, 1.0F, thresholds(69, 0)));
  EXPECT_FALSE(sure(candidate("A", {"C"}), {0}, 1.0F, thresholds(71, 0)));
}

TEST(SmallModelAnswer, BelowAThresholdOfMinusOneNeverStands) { EXPECT_FALSE(sure(candidate("A", {"C", "G"}), {0}, 1.0F, thresholds(-1, 0))); }

TEST(SmallModelLeaves, WhatItWasNotAskedAboutFirstAndNothingThatItAnswered) {
  std::vector<genome::Candidate> all = {marked(1, true, {}), marked(2, true, {{1}, {0, 1}}), marked(3, false, {}), marked(4, false, {{0}}),
                                        marked(5, false, {})};
  keep_unanswered(all);
  std::vector<int64_t> starts;
  for (const genome::Candidate& each : all) starts.push_back(each.start);
  EXPECT_THAT(starts, testing::ElementsAre(3, 5, 2, 4));
  EXPECT_EQ(image_sets(all[2], true), (Sets{{1}, {0, 1}}));
  EXPECT_EQ(image_sets(all[2], false), Sets{{1}});
}

TEST(VariantRecord, TellsThatASmallModelAnswered) {
  const genome::ContigList contigs({{"chr1", 5000}});
  EXPECT_FALSE(variant_record(marked(1, false, {{0}}), contigs, "s").calls.front().info.contains("MID"));
  EXPECT_EQ(variant_record(marked(1, true, {}), contigs, "s").calls.front().info.at("MID"), (std::vector<formats::InfoValue>{std::string("small_model")}));
}

}  // namespace haploom::pipeline
