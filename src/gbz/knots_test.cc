#include "gbz/knots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace haploom::gbz {
namespace {

using Found = std::set<std::pair<std::vector<uint32_t>, uint64_t>>;  // nodes in order, entries

Found knots_of(const std::vector<Walk>& walks, uint32_t steps_done = 0) {
  std::vector<CompactWalk> packed;
  for (const Walk& walk : walks) packed.push_back(compact(walk));
  std::vector<WalkCursor> cursors;
  for (const CompactWalk& walk : packed) {
    cursors.emplace_back(walk, false);
    for (uint32_t i = 0; i < steps_done; ++i) cursors.back().advance();
  }
  const Knots knots = find_knots(cursors, 10, 20);
  Found out;
  for (size_t i = 0; i < knots.knots.size(); ++i) {
    std::vector<uint32_t> nodes = knots.knots[i].nodes;
    std::sort(nodes.begin(), nodes.end());
    for (const uint32_t code : nodes) EXPECT_EQ(knots.of[code - 10], i + 1);
    out.emplace(nodes, knots.knots[i].entries);
  }
  return out;
}

TEST(Knots, AreNoneWhereWalksComeBackToNoNode) { EXPECT_EQ(knots_of({{10, 12, 14}, {10, 13, 14}, {12, 13}}), Found{}); }

TEST(Knots, AreLoopsWithTheWalksThatEnter) {
  EXPECT_EQ(knots_of({{10, 12, 14, 12, 14, 16}, {10, 14, 16}, {14}, {10, 16}}), (Found{{{12, 14}, 3}}));
  EXPECT_EQ(knots_of({{10, 12, 12, 14}, {14, 16, 18, 16, 20}, {10, 12}}), (Found{{{12}, 2}, {{16, 18}, 1}}));
}

TEST(Knots, JoinLoopsThatShareANode) { EXPECT_EQ(knots_of({{10, 12, 10}, {12, 14, 12}}), (Found{{{10, 12, 14}, 2}})); }

TEST(Knots, AreSoughtAheadOnly) { EXPECT_EQ(knots_of({{10, 12, 10, 14, 16, 14}}, 2), (Found{{{14, 16}, 1}})); }

}  // namespace
}  // namespace haploom::gbz
