#include "labels/grouping.h"

#include <gtest/gtest.h>

#include <random>

namespace haploom::labels {
namespace {

// "2+1 1+0": candidates and truths of each group.
std::string groups(const std::vector<Span>& candidates, const std::vector<Span>& truths, const GroupLimits& limits = {}) {
  std::string out;
  for (const Group& g : group(candidates, truths, limits)) {
    out += std::to_string(g.last_candidate - g.first_candidate) + "+" + std::to_string(g.last_truth - g.first_truth) + " ";
  }
  if (!out.empty()) out.pop_back();
  return out;
}

Span snp(int64_t at) { return {at, at + 1, 1}; }

}  // namespace

TEST(Labels, GroupsNothing) { EXPECT_EQ(groups({}, {}), ""); }

TEST(Labels, GroupsVariantsUpToThirtyBasesApart) {
  EXPECT_EQ(groups({snp(10), snp(40)}, {}), "2+0");  // 40 - 11 + 1 = 30
  EXPECT_EQ(groups({snp(10), snp(41)}, {}), "1+0 1+0");
  EXPECT_EQ(groups({snp(10)}, {snp(40)}), "1+1");
  EXPECT_EQ(groups({snp(41)}, {snp(10)}), "0+1 1+0");
}

TEST(Labels, MeasuresTheDistanceToTheNearestEndNotToTheLastStart) {
  EXPECT_EQ(groups({{10, 100, 1}, snp(120)}, {}), "2+0");
}

TEST(Labels, TakesEightOfAKindIntoAGroup) {
  std::vector<Span> nine;
  for (int64_t i = 0; i < 9; ++i) nine.push_back(snp(10 + 5 * i));
  EXPECT_EQ(groups(nine, {}), "8+0 1+0");
  EXPECT_EQ(groups(nine, {snp(11), snp(47)}), "8+2 1+0");
}

TEST(Labels, StopsAGroupBeforeAHundredThousandGenotypes) {
  std::vector<Span> candidates;
  for (int64_t i = 0; i < 6; ++i) candidates.push_back({10 + 5 * i, 11 + 5 * i, 3});  // 10 each
  EXPECT_EQ(groups(candidates, {}), "4+0 2+0");
}

TEST(Labels, KeepsVariantsOfOneEndTogetherWhateverTheLimits) {
  EXPECT_EQ(groups({snp(10), snp(11)}, {snp(11)}, {.variants = 1}), "1+0 1+1");
  EXPECT_EQ(groups({snp(10), {11, 13, 1}}, {{12, 13, 1}}, {.variants = 1, .separation = 0}), "1+0 1+1");
}

TEST(Labels, KeepsAVariantWithTheOneBeforeThatReachesFurther) {
  EXPECT_EQ(groups({{10, 90, 1}, {12, 50, 1}, {14, 30, 1}}, {}, {.variants = 1}), "3+0");
}

TEST(Labels, PutsACandidateBeforeATruthOfTheSameStart) {
  EXPECT_EQ(groups({{10, 12, 1}}, {{10, 11, 1}}, {.separation = 0}), "1+1");  // the truth ends before: forced
  EXPECT_EQ(groups({{10, 11, 1}}, {{10, 15, 1}}, {.separation = 0}), "1+1");  // 10 - 11 + 1 = 0
}

TEST(Labels, GroupsEveryVariantOnceAndInOrder) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::vector<Span> lists[2];
    for (auto& list : lists) {
      int64_t at = 0;
      for (unsigned n = random() % 20; n > 0; --n) {
        at += 1 + static_cast<int64_t>(random() % 25);
        const auto deleted = static_cast<int64_t>(random() % 4 == 0 ? random() % 30 : 0);
        list.push_back({at, at + 1 + deleted, 1 + random() % 3});
      }
    }
    const auto found = group(lists[0], lists[1]);
    size_t candidates = 0, truths = 0;
    for (const Group& g : found) {
      EXPECT_EQ(g.first_candidate, candidates);
      EXPECT_EQ(g.first_truth, truths);
      EXPECT_LT(candidates + truths, g.last_candidate + g.last_truth);
      candidates = g.last_candidate;
      truths = g.last_truth;
    }
    EXPECT_EQ(candidates, lists[0].size());
    EXPECT_EQ(truths, lists[1].size());
  }
}

}  // namespace haploom::labels
