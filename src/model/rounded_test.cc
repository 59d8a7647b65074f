#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "model/model.h"

namespace haploom::model {

using Three = genome::GenotypeProbabilities;

// Expected values: round_gls() of call_variants.py with NumPy 1.24.3 on these float32.
TEST(Rounded, LetsTheSmallestTakeUpTheRest) {
  EXPECT_EQ(rounded({1.0F, 1e-11F, 0.0F}), (Three{1.0, 0.0, 0.0}));
  EXPECT_EQ(rounded({1.0F / 3, 1.0F / 3, 1.0F / 3}), (Three{0.3333333135, 0.3333333432674408, 0.3333333432674408}));
  EXPECT_EQ(rounded({0.00017409620F, 0.99977297F, 5.2928899e-05F}), (Three{0.00017409620340913534, 0.9997729659080505, 5.29379e-05}));
  EXPECT_EQ(rounded({2.6325400e-05F, 2.3126600e-05F, 0.99995053F}), (Three{2.6325400540372357e-05, 2.31465e-05, 0.9999505281448364}));
}

TEST(Rounded, NeverGoesBelowZero) {
  EXPECT_EQ(rounded({1.0F, 6e-8F, 1e-9F}), (Three{1.0, 5.99999978589949e-08, 0.0}));
}

TEST(Rounded, RefusesWhatIsNoDistribution) {
  EXPECT_THROW(rounded({0.5F, 0.5F, 0.5F}), Error);
  EXPECT_THROW(rounded({std::nanf(""), 0.5F, 0.5F}), Error);
}

TEST(Rounded, SumsToOneAndStaysNear) {
  std::mt19937_64 random(20240612);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int i = 0; i < 20000; ++i) {
    const std::array<double, 3> p = {uniform(random), std::pow(uniform(random), 20), std::pow(uniform(random), 5)};
    const double sum = p[0] + p[1] + p[2];
    std::array<float, 3> softmax{};
    for (size_t k = 0; k < 3; ++k) softmax[k] = static_cast<float>(p[k] / sum);
    const Three out = rounded(softmax);
    // A sum above 1 is a float32 softmax's own, left when the smallest can give no more.
    const double least = *std::min_element(out.begin(), out.end());
    EXPECT_NEAR(out[0] + out[1] + out[2], 1, least > 0 ? 1e-10 : 3e-7);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(out[k], softmax[k], 3e-7);
  }
}

// They come from a later NumPy, which computes the smallest in float32 as well: multiples of 2^-24 remain of it.
TEST(Rounded, LeavesTheTwoLargerOfDeepVariantsRecordsAsTheyAre) {
  const auto folder = base::shared_data() / "dv_goldens/postprocess";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no shared data";
  int records = 0;
  for (const char* name : {"single_site_input.cvo.jsonl", "vcf_candidate_importer_input.cvo.jsonl"}) {
    std::ifstream file(folder / name);
    for (std::string line; std::getline(file, line); ++records) {
      const auto golden = nlohmann::json::parse(line).at("genotype_probabilities").get<Three>();
      std::array<float, 3> softmax{};
      for (size_t i = 0; i < 3; ++i) softmax[i] = static_cast<float>(golden[i]);
      const Three out = rounded(softmax);
      const auto smallest = static_cast<size_t>(std::min_element(golden.begin(), golden.end()) - golden.begin());
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(out[i], golden[i], i == smallest ? 6e-8 : 0.0) << line;
      }
    }
  }
  EXPECT_EQ(records, 106);
}

}  // namespace haploom::model
