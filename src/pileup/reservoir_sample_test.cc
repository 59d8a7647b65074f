#include <gtest/gtest.h>

#include <algorithm>
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

// Expected: reservoir_sample_reads of make_examples_core.py, as written there, with numpy's RandomState(609314161).
TEST(ReservoirSample, StopsAtTheBasesCovered) {
  std::vector<int64_t> overlaps;
  for (int64_t i = 0; i < 300; ++i) overlaps.push_back(20 + i * 37 % 101);
  EXPECT_EQ(reservoir_sample(overlaps, 0, 500), (std::vector<int32_t>{168, 228, 213, 173, 107, 145, 166, 37, 104}));
  EXPECT_EQ(reservoir_sample(overlaps, 5, 500), (std::vector<int32_t>{159, 216, 202, 164, 98}));
  EXPECT_EQ(reservoir_sample(overlaps, 8, 300), (std::vector<int32_t>{159, 217, 203, 164, 98}));
  EXPECT_EQ(reservoir_sample(overlaps, 0, 1000000), reservoir_sample(300, 0));
  EXPECT_EQ(reservoir_sample(overlaps, 8, 0), reservoir_sample(300, 8));
}

// Words of the 64-bit generator over 2^64 for DeepVariant's seed: 0.7786, 0.1438, 0.8569, 0.1209, 0.2082, 0.6222.
TEST(FractionSampler, KeepsWhatIsDrawnBelowTheFraction) {
  FractionSampler sampler(0.5F, kReadSeed);
  std::vector<bool> kept;
  for (int i = 0; i < 6; ++i) kept.push_back(sampler.keep());
  EXPECT_EQ(kept, (std::vector<bool>{false, true, false, true, true, false}));
  FractionSampler all(1.0F, 7);
  FractionSampler none(0.0F, 7);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(all.keep() && !none.keep());
}

}  // namespace haploom::pileup
