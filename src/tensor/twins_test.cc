#include "tensor/twins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace haploom::tensor {
namespace {

genome::Read read(const std::string& name, uint8_t number) {
  genome::Read made;
  made.name = name;
  made.number = number;
  return made;
}

}  // namespace

TEST(Twins, AreNoneWhereEveryReadHasOneRecord) {
  EXPECT_TRUE(twins({}).empty());
  EXPECT_TRUE(twins({read("a", 0), read("a", 1), read("b", 0)}).empty());
}

TEST(Twins, FormARing) {
  const auto next = twins({read("a", 0), read("b", 0), read("a", 0), read("a", 1), read("a", 0)});
  EXPECT_THAT(next, testing::ElementsAre(4, 1, 0, 3, 2));
}

TEST(Twins, AreFoundAmongMany) {
  std::mt19937 random(5);
  std::vector<genome::Read> reads;
  for (int i = 0; i < 600; ++i) reads.push_back(read("r" + std::to_string(random() % 200), random() % 2));
  const auto next = twins(reads);
  for (size_t i = 0; i < reads.size(); ++i) {
    size_t records = 0;
    for (const auto& other : reads) records += other.key() == reads[i].key();
    size_t ring = 0;
    size_t at = i;
    do {
      ASSERT_EQ(reads[at].key(), reads[i].key());
      at = static_cast<size_t>(next[at]);
      ++ring;
    } while (at != i && ring <= records);
    ASSERT_EQ(ring, records);
  }
}

}  // namespace haploom::tensor
