#include "tensor/row_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace haploom::tensor {

TEST(RowOrder, IsTheShuffleOfLibcxx) {
  const std::vector<int32_t> order = shuffled(96);
  EXPECT_THAT(std::vector<int32_t>(order.begin(), order.begin() + 10),
              testing::ElementsAre(45, 22, 58, 89, 62, 39, 87, 75, 12, 28));
  EXPECT_EQ(order.back(), 91);
}

TEST(RowOrder, IsAPermutationOfAnySize) {
  for (const int32_t n : {0, 1, 2, 3, 64, 65, 1500}) {
    std::vector<int32_t> order = shuffled(n);
    std::sort(order.begin(), order.end());
    std::vector<int32_t> expected(static_cast<size_t>(n));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(order, expected) << n;
  }
}

TEST(RowOrder, AnswersTheSameWhenAskedAgain) {
  RowOrder order;
  for (int round = 0; round < 2; ++round) {
    for (int32_t n = 0; n < 700; ++n) ASSERT_EQ(order.of(n), shuffled(n));
  }
}

}  // namespace haploom::tensor
