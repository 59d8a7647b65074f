#include "shared_image/path_mark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace haploom::shared_image {
namespace {

using Walk = std::vector<gbz::NodeCode>;

uint64_t length_of(gbz::NodeCode code) {
  constexpr uint64_t kLengths[] = {1, 3, 63, 64, 4095, 4096, 1'000'000};
  return kLengths[gbz::node_id(code) % std::size(kLengths)];
}

PathMark mark_of(const Walk& walk, uint32_t sequence) {
  PathMark mark;
  for (const gbz::NodeCode code : walk) MarkStep(code, length_of(code)).take(mark, sequence);
  return mark;
}

Walk turned(Walk walk) {
  std::reverse(walk.begin(), walk.end());
  for (gbz::NodeCode& code : walk) code = gbz::flipped(code);
  return walk;
}

bool same(const Walk& from_front, const Walk& from_end) { return MarkStep::same_path(mark_of(from_front, 6), mark_of(from_end, 7)); }

TEST(PathMark, IsOneFromBothEndsAndAnotherForAnyOtherWalk) {
  const unsigned seed = 20251125;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  EXPECT_TRUE(same({}, {}));
  for (int round = 0; round < 2000; ++round) {
    Walk walk(2 + random() % 30);
    for (gbz::NodeCode& code : walk) code = 2 + random() % 20;
    const Walk back = turned(walk);
    ASSERT_TRUE(same(walk, back));
    Walk other = back;
    const size_t at = random() % other.size(), there = random() % other.size();
    std::swap(other[at], other[there]);
    ASSERT_EQ(same(walk, other), other == back) << "two nodes exchanged";
    other = back;
    other[at] = gbz::flipped(other[at]);
    ASSERT_FALSE(same(walk, other)) << "a node on its other strand";
    other = back;
    other.erase(other.begin() + static_cast<int64_t>(at));
    ASSERT_FALSE(same(walk, other)) << "a node left out";
    ASSERT_EQ(same(walk, walk), walk == back);
  }
}

TEST(Powers, AreThoseOfRepeatedProducts) {
  const Powers powers(5);
  uint64_t product = 1;
  for (uint64_t exponent = 0; exponent < 10'000; ++exponent, product *= 5) ASSERT_EQ(powers.of(exponent), product);
  EXPECT_EQ(powers.of(uint64_t{1} << 40), power(5, uint64_t{1} << 40));
}

}  // namespace
}  // namespace haploom::shared_image
