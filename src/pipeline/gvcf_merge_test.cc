#include "pipeline/gvcf_merge.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace haploom::pipeline {
namespace {

genotype::Call call_at(int contig, int64_t start, size_t length) {
  genotype::Call call;
  call.contig = contig;
  call.start = start;
  call.ref = std::string(length, 'A');
  call.alts = {"T"};
  return call;
}

genotype::GvcfBlock block_at(int contig, int64_t start, int64_t end) {
  genotype::GvcfBlock block;
  block.contig = contig;
  block.start = start;
  block.end = end;
  block.ref = 'B';  // of the record; the reference of these tests is 'r' everywhere
  return block;
}

class Merged {
 public:
  Merged()
      : merge_([](int, int64_t) { return 'r'; },
               [this](const genotype::Call& call) { text_ += fmt::format("call {}:{}-{} ", call.contig, call.start, call.end()); },
               [this](const genotype::GvcfBlock& block) { text_ += fmt::format("{}{}:{}-{} ", block.ref, block.contig, block.start, block.end); }) {}

  GvcfMerge& merge() { return merge_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  GvcfMerge merge_;
};

std::string merged(std::vector<genotype::Call> calls, std::vector<genotype::GvcfBlock> blocks) {
  Merged out;
  for (auto& call : calls) out.merge().add(std::move(call));
  for (auto& block : blocks) out.merge().add(std::move(block));
  out.merge().finish();
  return out.text();
}

}  // namespace

TEST(GvcfMerge, CutsABlockAroundACall) { EXPECT_EQ(merged({call_at(0, 10, 2)}, {block_at(0, 0, 20)}), "B0:0-10 call 0:10-12 r0:12-20 "); }

TEST(GvcfMerge, LeavesWhatOnlyTouches) {
  EXPECT_EQ(merged({call_at(0, 10, 2)}, {block_at(0, 5, 10), block_at(0, 12, 20)}), "B0:5-10 call 0:10-12 B0:12-20 ");
}

TEST(GvcfMerge, DropsABlockInsideACall) {
  EXPECT_EQ(merged({call_at(0, 10, 9)}, {block_at(0, 10, 19), block_at(0, 30, 31)}), "call 0:10-19 B0:30-31 ");
}

TEST(GvcfMerge, CutsByEachOfTwoOverlappingCalls) {
  EXPECT_EQ(merged({call_at(0, 10, 10), call_at(0, 12, 3), call_at(0, 18, 5)}, {block_at(0, 0, 30)}),
            "B0:0-10 call 0:10-20 call 0:12-15 call 0:18-23 r0:23-30 ");
}

TEST(GvcfMerge, KeepsContigsApart) {
  EXPECT_EQ(merged({call_at(1, 10, 2)}, {block_at(0, 0, 20), block_at(1, 0, 11), block_at(2, 5, 6)}),
            "B0:0-20 B1:0-10 call 1:10-12 B2:5-6 ");
}

TEST(GvcfMerge, HandsOnWhatNothingToComeCanChange) {
  Merged out;
  out.merge().add(block_at(0, 0, 20));
  out.merge().settle(0, 15);
  EXPECT_EQ(out.text(), "");  // a call may still start at 15
  out.merge().add(call_at(0, 16, 1));
  out.merge().settle(0, 30);
  EXPECT_EQ(out.text(), "B0:0-16 call 0:16-17 r0:17-20 ");
}

TEST(GvcfMerge, SettlingInSmallStepsChangesNothing) {
  std::mt19937 random(20260711);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    std::vector<genotype::Call> calls;
    std::vector<genotype::GvcfBlock> blocks;
    for (int64_t at = 0; at < 300; at += 1 + static_cast<int64_t>(random() % 12)) calls.push_back(call_at(0, at, 1 + random() % 9));
    for (int64_t at = 0; at < 300;) {
      const int64_t end = at + 1 + static_cast<int64_t>(random() % 20);
      blocks.push_back(block_at(0, at, end));
      at = end + static_cast<int64_t>(random() % 3);
    }
    Merged steps;
    auto call = calls.begin();
    auto block = blocks.begin();
    for (int64_t position = 0; position < 330; position += 1 + static_cast<int64_t>(random() % 40)) {
      for (; call != calls.end() && (*call).start < position; ++call) steps.merge().add(genotype::Call(*call));
      for (; block != blocks.end() && (*block).start < position; ++block) steps.merge().add(genotype::GvcfBlock(*block));
      steps.merge().settle(0, position);
    }
    for (; call != calls.end(); ++call) steps.merge().add(genotype::Call(*call));
    for (; block != blocks.end(); ++block) steps.merge().add(genotype::GvcfBlock(*block));
    steps.merge().finish();
    EXPECT_EQ(steps.text(), merged(calls, blocks));
  }
}

}  // namespace haploom::pipeline
