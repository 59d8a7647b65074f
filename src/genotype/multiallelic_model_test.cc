#include <gtest/gtest.h>

#include <cmath>

#include "genotype/fixtures.h"
#include "genotype/merge.h"

namespace haploom::genotype {
namespace {

const std::vector<genome::AltSet> kTwoAlts = genome::alt_sets(2);

std::vector<double> modelled(const std::vector<genome::GenotypeProbabilities>& answers) { return modelled_probabilities(kTwoAlts, answers, {0, 1}); }

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
}

}  // namespace

// Inputs and outputs of postprocess_variants_test.py (DeepVariant 1.9), which allows 1e-5.
TEST(MultiallelicModel, AnswersAsUpstreamsDoes) {
  expect_near(modelled({{0.19, 0.75, 0.06}, {0.03, 0.93, 0.04}, {0.03, 0.92, 0.05}}),
              {0.033062, 0.10498016, 0.00496365, 0.5842303, 0.2543793, 0.01838462});
  expect_near(modelled({{0.99997, 2e-05, 1e-05}, {0.978, 0.03, 0.002}, {0.992, 0.007, 0.001}}),
              {0.93330729, 0.015126608, 0.00061836297, 0.049650513, 2.9180625e-05, 0.0012679433});
  expect_near(modelled({{0, 1, 0}, {0, 1, 0}, {1, 0, 0}}),
              {0.0013300395, 0.0095756045, 1.9776919e-05, 0.00076043198, 0.93802148, 0.050292656});
}

TEST(MultiallelicModel, IsAskedWhereTwoAltsRemain) {
  CallOptions options;
  options.use_multiallelic_model = true;
  const std::vector<genome::GenotypeProbabilities> answers = {{0.19, 0.75, 0.06}, {0.03, 0.93, 0.04}, {0.03, 0.92, 0.05}};
  EXPECT_NEAR(call_site(snp_candidate(2), answers, options).likelihoods[3], std::log10(0.5842303), 1e-6);
  // Of three alts one is removed; the sets are [0] [0,1] ... in genome::alt_sets order.
  std::vector<genome::GenotypeProbabilities> three;
  for (const genome::AltSet& set : genome::alt_sets(3)) {
    if (set == genome::AltSet{0}) three.push_back(answers[0]);
    else if (set == genome::AltSet{1}) three.push_back({1, 0, 0});
    else if (set == genome::AltSet{2}) three.push_back(answers[1]);
    else if (set == genome::AltSet{0, 2}) three.push_back(answers[2]);
    else three.push_back({0.3, 0.3, 0.4});
  }
  const Call call = call_site(snp_candidate(3), three, options);
  EXPECT_EQ(call.alts, (std::vector<std::string>{"C", "T"}));
  EXPECT_NEAR(call.likelihoods[3], std::log10(0.5842303), 1e-6);
}

TEST(MultiallelicModel, LeavesSitesWithOneOrThreeAltsToTheRule) {
  CallOptions options;
  options.use_multiallelic_model = true;
  std::vector<genome::GenotypeProbabilities> three(genome::alt_sets(3).size(), {0.2, 0.5, 0.3});
  EXPECT_EQ(call_site(snp_candidate(3), three, options).likelihoods, call_site(snp_candidate(3), three, {}).likelihoods);
  const std::vector<genome::GenotypeProbabilities> one_left = {{1, 0, 0}, {0.2, 0.5, 0.3}, {0.2, 0.5, 0.3}};
  EXPECT_EQ(call_site(snp_candidate(2), one_left, options).likelihoods, call_site(snp_candidate(2), one_left, {}).likelihoods);
}

}  // namespace haploom::genotype
