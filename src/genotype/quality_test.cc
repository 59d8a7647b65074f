#include "genotype/quality.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace haploom::genotype {

TEST(Quality, StopsAt99WhateverTheCertainty) {
  const std::array<double, 3> sure{0.0, 0.0, 1.0}, surer{0.0, 0.7, 0.4};
  EXPECT_EQ(site_quality(sure), 99.0308995);
  EXPECT_EQ(site_quality(surer), 99.0308995);  // a sum above 1 counts as 1
  EXPECT_EQ(genotype_quality(1.0), 99);
  EXPECT_EQ(genotype_quality(0.0), 0);
}

TEST(Quality, RoundsQualToSevenDecimals) {
  const std::array<double, 3> third{0.3, 0.4, 0.3};
  EXPECT_EQ(site_quality(third), 5.2287875);
  const std::array<double, 3> reference{1.0, 0.0, 0.0};
  EXPECT_EQ(site_quality(reference), 0.0);
}

TEST(Quality, RoundsGqToTheNearestInteger) {
  EXPECT_EQ(genotype_quality(1 - std::pow(10, -2.049)), 20);
  EXPECT_EQ(genotype_quality(1 - std::pow(10, -2.051)), 21);
}

TEST(Quality, FloorsLikelihoodsWhereQualitiesStop) {
  EXPECT_DOUBLE_EQ(log10_likelihood(1.0), 0.0);
  EXPECT_DOUBLE_EQ(log10_likelihood(0.1), -1.0);
  EXPECT_EQ(log10_likelihood(0.0), log10_likelihood(1e-12));
  EXPECT_NEAR(log10_likelihood(0.0), -9.90309, 1e-5);
}

}  // namespace haploom::genotype
