#include <gtest/gtest.h>

#include <numeric>

#include "pileup/pileup.h"

namespace haploom::pileup {

TEST(ReservoirSample, KeepsAllInOrderWhenThereIsRoom) {
  std::vector<int32_t> all(1500);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(reservoir_sample(1500, 1500), all);
  EXPECT_EQ(reservoir_sample(1500, 0), all);
  EXPECT_TRUE(reservoir_sample(0, 10).empty());
}

// numpy.random.RandomState(609314161): randint(0, 1501), randint(0, 1502), ... begin 661, 933, 1258, 618, 376.
TEST(ReservoirSample, DrawsAsNumpyDoes) {
  const std::vector<int32_t> sample = reservoir_sample(1505, 1500);
  EXPECT_EQ(sample[661], 1500);
  EXPECT_EQ(sample[933], 1501);
  EXPECT_EQ(sample[1258], 1502);
  EXPECT_EQ(sample[618], 1503);
  EXPECT_EQ(sample[376], 1504);
}

TEST(ReservoirSample, KeepsDistinctItems) {
  std::vector<int32_t> sample = reservoir_sample(3000, 100);
  std::sort(sample.begin(), sample.end());
  EXPECT_EQ(std::unique(sample.begin(), sample.end()), sample.end());
  EXPECT_EQ(sample.size(), 100U);
  EXPECT_LT(sample.back(), 3000);
}

}  // namespace haploom::pileup
