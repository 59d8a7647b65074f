#include "genotype/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "genome/candidate.h"

namespace haploom::genotype {
namespace {

using Probabilities = std::vector<genome::GenotypeProbabilities>;
using Sets = std::vector<genome::AltSet>;

const Sets kTwoAlts{{0}, {1}, {0, 1}};

Probabilities random_answers(size_t n, std::mt19937& random) {
  std::exponential_distribution<double> weight(1.0);
  Probabilities out(n);
  for (auto& answer : out) {
    for (double& value : answer) value = weight(random);
    const double sum = answer[0] + answer[1] + answer[2];
    for (double& value : answer) value /= sum;
  }
  return out;
}

}  // namespace

TEST(KeptAlts, DropsAnAltThatIsSurelyAbsent) {
  EXPECT_EQ(kept_alts(kTwoAlts, {{0.01, 0.98, 0.01}, {0.99, 0.01, 0.0}, {0.01, 0.98, 0.01}}, 1.0), (std::vector<int>{0}));
  EXPECT_EQ(kept_alts(kTwoAlts, {{0.01, 0.98, 0.01}, {0.5, 0.5, 0.0}, {0.01, 0.98, 0.01}}, 1.0), (std::vector<int>{0, 1}));
}

TEST(KeptAlts, KeepsTheBestWhenAllWouldGoAndTheFirstOfEquals) {
  EXPECT_EQ(kept_alts(kTwoAlts, {{0.99, 0.01, 0.0}, {0.98, 0.02, 0.0}, {1, 0, 0}}, 1.0), (std::vector<int>{1}));
  EXPECT_EQ(kept_alts(kTwoAlts, {{0.99, 0.01, 0.0}, {0.99, 0.01, 0.0}, {1, 0, 0}}, 1.0), (std::vector<int>{0}));
}

TEST(MergedProbabilities, TakesTheLeastBoundOfEachGenotype) {
  // bounds: 0/0 .1 .2 .3; 0/1 .6 .3; 1/1 .3 .4; 0/2 .5 .3; 1/2 .4; 2/2 .3 .4
  const auto merged = merged_probabilities(kTwoAlts, {{0.1, 0.6, 0.3}, {0.2, 0.5, 0.3}, {0.3, 0.3, 0.4}}, {0, 1}, {0, 1});
  const std::vector<double> least{0.1, 0.3, 0.3, 0.3, 0.4, 0.3};
  const double sum = std::accumulate(least.begin(), least.end(), 0.0);
  ASSERT_EQ(merged.size(), 6u);
  for (size_t i = 0; i < least.size(); ++i) EXPECT_DOUBLE_EQ(merged[i], least[i] / sum) << i;
}

TEST(MergedProbabilities, IgnoresAnswersAboutARemovedAlt) {
  const auto merged = merged_probabilities(kTwoAlts, {{0.1, 0.6, 0.3}, {1.0, 0.0, 0.0}, {0.0, 0.0, 1.0}}, {0}, {0});
  ASSERT_EQ(merged.size(), 3u);
  EXPECT_DOUBLE_EQ(merged[1], 0.6);
}

TEST(MergedProbabilities, AreEqualWhenAllBoundsAreZero) {
  for (const double value : merged_probabilities(kTwoAlts, {{0, 0, 1}, {0, 1, 0}, {1, 0, 0}}, {0, 1}, {0, 1})) EXPECT_DOUBLE_EQ(value, 1.0 / 6);
}

TEST(MergedProbabilities, SumToOneAndDoNotDependOnTheOrderOfTheAnswers) {
  std::mt19937 random(20240611);
  for (int trial = 0; trial < 200; ++trial) {
    const int alts = 2 + trial % 3;
    Sets sets = genome::alt_sets(alts);
    Probabilities answers = random_answers(sets.size(), random);
    std::vector<int> kept(static_cast<size_t>(alts));
    std::iota(kept.begin(), kept.end(), 0);
    const auto merged = merged_probabilities(sets, answers, kept, kept);
    EXPECT_NEAR(std::accumulate(merged.begin(), merged.end(), 0.0), 1.0, 1e-12);

    std::vector<size_t> order(sets.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    Sets shuffled_sets;
    Probabilities shuffled;
    for (const size_t i : order) shuffled_sets.push_back(sets[i]), shuffled.push_back(answers[i]);
    EXPECT_EQ(merged_probabilities(shuffled_sets, shuffled, kept, kept), merged);
  }
}

TEST(MergedProbabilities, FollowTheAltsWhenTheseAreRenamed) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 50; ++trial) {
    const Probabilities answers = random_answers(3, random);
    const auto merged = merged_probabilities(kTwoAlts, answers, {0, 1}, {0, 1});
    const auto swapped = merged_probabilities(kTwoAlts, {answers[1], answers[0], answers[2]}, {0, 1}, {0, 1});
    const std::array<size_t, 6> twin{0, 3, 5, 1, 4, 2};  // 0/0 0/1 1/1 0/2 1/2 2/2 with 1 and 2 exchanged
    for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(merged[i], swapped[twin[i]], 1e-15);
  }
}

TEST(MakeHaploid, LeavesOnlyGenotypesOfOneAllele) {
  std::vector<double> values{0.1, 0.2, 0.3, 0.1, 0.2, 0.1};
  make_haploid(values);
  const std::vector<double> expected{0.2, 0, 0.6, 0, 0, 0.2};
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-15);
  std::vector<double> heterozygous{0, 1, 0};
  make_haploid(heterozygous);
  EXPECT_EQ(heterozygous, (std::vector<double>{0, 0, 0}));
}

TEST(GenotypeIndex, IsVcfOrder) {
  int expected = 0;
  for (int b = 0; b < 5; ++b)
    for (int a = 0; a <= b; ++a, ++expected) {
      EXPECT_EQ(genotype_index(a, b), expected);
      EXPECT_EQ(genotype_index(b, a), expected);
    }
  EXPECT_EQ(genotype_count(5), expected);
}

}  // namespace haploom::genotype
