#include "gbz/gbwt_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace haploom::gbz {
namespace {

// The definition: the visits of a node, sorted by what came before them read backwards, then by sequence.
std::map<NodeCode, std::vector<NodeCode>> successors_by_definition(const std::vector<Walk>& walks) {
  using Key = std::pair<std::vector<uint32_t>, uint32_t>;
  std::map<NodeCode, std::vector<std::pair<Key, NodeCode>>> visits;
  for (uint32_t sequence = 0; sequence < 2 * walks.size(); ++sequence) {
    Walk walk = walks[sequence / 2];
    if (sequence % 2 == 1) {
      std::reverse(walk.begin(), walk.end());
      for (uint32_t& code : walk) code ^= 1;
    }
    std::vector<uint32_t> context;
    for (size_t i = 0; i <= walk.size(); ++i) {
      const NodeCode node = i == 0 ? kEndmarker : walk[i - 1];
      std::vector<uint32_t> before(context.rbegin(), context.rend());
      if (i > 0) before.push_back(0);
      visits[node].push_back({{before, sequence}, i < walk.size() ? walk[i] : kEndmarker});
      if (i > 0) context.push_back(walk[i - 1]);
    }
  }
  std::map<NodeCode, std::vector<NodeCode>> out;
  for (auto& [node, list] : visits) {
    // the node itself is the first word of its own context and does not tell visits of one node apart
    std::sort(list.begin(), list.end());
    for (const auto& [key, successor] : list) out[node].push_back(successor);
  }
  return out;
}

std::vector<Walk> random_walks(std::mt19937& random, uint32_t nodes, size_t count, size_t longest) {
  std::vector<Walk> walks(count);
  for (Walk& walk : walks)
    for (size_t steps = 1 + random() % longest; steps > 0; --steps) walk.push_back(2 * (5 + random() % nodes) + random() % 2);
  return walks;
}

void expect_by_definition(const std::vector<Walk>& walks, uint32_t nodes) {
  GbwtBuilder builder(10, 10 + 2 * nodes);
  std::vector<CompactWalk> packed;
  for (const Walk& walk : walks) packed.push_back(compact(walk));
  builder.build(packed);
  const auto expected = successors_by_definition(walks);
  uint64_t visits = 0;
  for (uint64_t i = 0; i < builder.records(); ++i) {
    Record record;
    builder.take_record(i, record);
    std::vector<NodeCode> got;
    for (const Run& run : record.runs) got.insert(got.end(), run.length, record.edges[run.rank].successor);
    const auto want = expected.find(i == 0 ? kEndmarker : 9 + i);
    EXPECT_EQ(got, want == expected.end() ? std::vector<NodeCode>{} : want->second) << "record " << i;
    EXPECT_TRUE(std::is_sorted(record.edges.begin(), record.edges.end(), [](const Edge& a, const Edge& b) { return a.successor < b.successor; }));
    EXPECT_EQ(std::adjacent_find(record.runs.begin(), record.runs.end(), [](const Run& a, const Run& b) { return a.rank == b.rank; }), record.runs.end());
    visits += got.size();
  }
  EXPECT_EQ(visits, builder.visit_total());
}

TEST(GbwtBuilder, OrdersVisitsByTheirPast) { expect_by_definition({{10, 12, 16}, {10, 14, 16}, {12, 16}, {17, 13, 11}}, 4); }

TEST(GbwtBuilder, OrdersLoopsAndTurns) { expect_by_definition({{10, 10, 10, 10}, {10, 11, 10}, {11}, {10}, {10, 10, 12, 10, 10, 12}}, 2); }

TEST(GbwtBuilder, OrdersTandemCopies) {
  expect_by_definition({{10, 12, 14, 12, 14, 16, 18}, {10, 12, 14, 16, 18}, {10, 12, 14, 12, 14, 12, 14, 16, 18}, {12, 14, 16}, {10, 16, 18}}, 5);
}

TEST(GbwtBuilder, OrdersInversions) {
  // 12 14 is inverted in some, and so is 20 22 24; paths of both directions, some begin and end within
  expect_by_definition({{10, 12, 14, 16, 18, 20, 22, 24, 26},
                        {10, 15, 13, 16, 18, 20, 22, 24, 26},
                        {10, 15, 13, 16, 18, 25, 23, 21, 26},
                        {27, 20, 22, 24, 19, 17, 15, 13, 11},
                        {22, 24, 26},
                        {15, 13, 16},
                        {13, 16},
                        {12, 14},
                        {23, 21, 19}},
                       9);
}

TEST(GbwtBuilder, OrdersTandemCopiesWithinInversions) {
  // both directions go round 12 14
  expect_by_definition({{10, 12, 14, 12, 14, 16, 18, 20, 22, 24, 26},
                        {10, 15, 13, 15, 13, 15, 13, 16, 18, 20, 22, 24, 26},
                        {27, 25, 23, 21, 19, 17, 15, 13, 11},
                        {10, 12, 14, 16, 18, 20},
                        {27, 25, 23, 21, 19, 17, 12, 14, 12, 14, 11},
                        {12, 14, 12}},
                       9);
}

TEST(GbwtBuilder, OrdersRandomWalks) {
  const unsigned seed = 99;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    const uint32_t nodes = 1 + random() % 8;
    expect_by_definition(random_walks(random, nodes, 1 + random() % 12, 1 + random() % 25), nodes);
  }
}

// Mosaics of a few ancestors with turned and repeated pieces: long shared pasts, unlike random walks.
TEST(GbwtBuilder, OrdersMosaics) {
  const unsigned seed = 2026;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 40; ++round) {
    const uint32_t nodes = 30;
    const std::vector<Walk> ancestors = random_walks(random, nodes, 3, 40);
    std::vector<Walk> walks(10);
    for (Walk& walk : walks) {
      while (walk.size() < 50) {
        const Walk& from = ancestors[random() % ancestors.size()];
        const size_t begin = random() % from.size(), end = begin + 1 + random() % (from.size() - begin);
        Walk piece(from.begin() + static_cast<std::ptrdiff_t>(begin), from.begin() + static_cast<std::ptrdiff_t>(end));
        if (random() % 4 == 0) {
          std::reverse(piece.begin(), piece.end());
          for (uint32_t& code : piece) code ^= 1;
        }
        for (uint32_t copies = 1 + (random() % 5 == 0); copies > 0; --copies) walk.insert(walk.end(), piece.begin(), piece.end());
      }
    }
    expect_by_definition(walks, nodes);
  }
}

TEST(GbwtBuilder, FindsItsWayAmongManySuccessors) {
  std::mt19937 random(5);
  expect_by_definition(random_walks(random, 150, 400, 5), 150);
}

}  // namespace
}  // namespace haploom::gbz
