#include "gbz/name_table.h"

#include <gtest/gtest.h>

namespace haploom::gbz {
namespace {

TEST(NameTable, NumbersNamesAsTheyCome) {
  NameTable names;
  EXPECT_EQ(names.find("a"), std::nullopt);
  for (uint32_t i = 0; i < 10'000; ++i) ASSERT_TRUE(names.add("s" + std::to_string(i)));
  EXPECT_FALSE(names.add("s17"));
  EXPECT_EQ(names.size(), 10'000U);
  for (uint32_t i = 0; i < 10'000; ++i) {
    ASSERT_EQ(names.find("s" + std::to_string(i)), i);
    ASSERT_EQ(names[i], "s" + std::to_string(i));
  }
  EXPECT_EQ(names.find("s"), std::nullopt);
  EXPECT_EQ(names.find("s10000"), std::nullopt);
}

TEST(NameTable, TakesTheEmptyName) {
  NameTable names;
  EXPECT_TRUE(names.add(""));
  EXPECT_FALSE(names.add(""));
  EXPECT_EQ(names.find(""), 0U);
}

}  // namespace
}  // namespace haploom::gbz
