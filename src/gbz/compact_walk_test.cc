#include "gbz/compact_walk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace haploom::gbz {
namespace {

Walk turned(Walk walk) {
  std::reverse(walk.begin(), walk.end());
  for (uint32_t& code : walk) code ^= 1;
  return walk;
}

Walk read(const CompactWalk& walk, bool reverse) {
  Walk out;
  for (WalkCursor at(walk, reverse); at.code() != kEndmarker; at.advance()) out.push_back(at.code());
  return out;
}

void expect_both_ways(const Walk& walk) {
  const CompactWalk packed = compact(walk);
  EXPECT_EQ(packed.steps, walk.size());
  EXPECT_EQ(read(packed, false), walk);
  EXPECT_EQ(read(packed, true), turned(walk));
  EXPECT_EQ(steps_of(packed), walk);
}

TEST(CompactWalk, ReadsTheSameFromBothEnds) {
  const uint32_t most = 2 * static_cast<uint32_t>(kMostNodeIds) + 1;
  expect_both_ways({});
  expect_both_ways({7});
  expect_both_ways({10, 10, 11, 10});
  expect_both_ways({2, 2 + 63, 2 + 63 + 64, 2, 2 + 8191, 2 + 8191 + 8192, 2});  // at the bounds of one and two bytes
  expect_both_ways({2, most, 3, most - 1});
  const unsigned seed = 3;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    Walk walk(1 + random() % 50);
    for (uint32_t& code : walk) code = 2 + random() % (most - 2) % (2U << (random() % 31));
    expect_both_ways(walk);
  }
}

TEST(CompactWalk, TakesAByteAStepWhereIdsAreClose) {
  Walk walk(1000);
  for (uint32_t i = 0; i < walk.size(); ++i) walk[i] = 2'000'000'000 + 4 * i + (i % 7 == 0 ? 31 : 0);
  EXPECT_EQ(compact(walk).differences.size(), walk.size() - 1);
}

TEST(WalkWriter, StartsAnewAfterEachWalk) {
  WalkWriter writer;
  for (const uint32_t code : {4, 6}) writer.add(code);
  EXPECT_EQ(steps_of(writer.take()), (Walk{4, 6}));
  writer.add(9);
  EXPECT_EQ(steps_of(writer.take()), Walk{9});
  EXPECT_EQ(writer.take().steps, 0U);
}

}  // namespace
}  // namespace haploom::gbz
