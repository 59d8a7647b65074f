#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/error.h"
#include "model/model.h"

namespace haploom::model {

using Three = genome::GenotypeProbabilities;

TEST(Rounded, LetsTheSmallestTakeUpTheRest) {
  EXPECT_EQ(rounded({0.99999999999, 0.00000000001, 0.0}), (Three{1.0, 0.0, 0.0}));
  EXPECT_EQ(rounded({0.3333333333333333, 0.3333333333333333, 0.3333333333333333}), (Three{0.3333333334, 0.3333333333, 0.3333333333}));
  EXPECT_EQ(rounded({0.0009876, 0.1234567890123, 0.8755556109877}), (Three{0.000987600, 0.1234567890, 0.8755556110}));
}

TEST(Rounded, NeverGoesBelowZero) {
  EXPECT_EQ(rounded({0.99999999996, 0.00000000006, 0.0}), (Three{1.0, 1e-10, 0.0}));
}

TEST(Rounded, RefusesWhatIsNoDistribution) {
  EXPECT_THROW(rounded({0.5, 0.5, 0.5}), Error);
  EXPECT_THROW(rounded({std::nan(""), 0.5, 0.5}), Error);
}

TEST(Rounded, SumsToOneAndStaysNear) {
  std::mt19937_64 random(20240612);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int i = 0; i < 20000; ++i) {
    std::array<double, 3> p = {uniform(random), std::pow(uniform(random), 20), std::pow(uniform(random), 5)};
    const double sum = p[0] + p[1] + p[2];
    for (double& x : p) x = static_cast<double>(static_cast<float>(x / sum));
    const Three out = rounded(p);
    // A sum above 1 is a float32 softmax's own, left when the smallest can give no more.
    const double least = *std::min_element(out.begin(), out.end());
    EXPECT_NEAR(out[0] + out[1] + out[2], 1, least > 0 ? 1e-12 : 3e-7);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(out[k], p[k], 3e-7);
  }
}

}  // namespace haploom::model
