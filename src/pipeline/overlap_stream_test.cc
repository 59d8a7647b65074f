#include "pipeline/overlap_stream.h"

#include <gtest/gtest.h>

namespace haploom::pipeline {
namespace {

genotype::Call call_at(int contig, int64_t start, const std::string& ref, std::array<int, 2> genotype) {
  genotype::Call call;
  call.contig = contig;
  call.start = start;
  call.ref = ref;
  call.alts = {"T"};
  call.genotype = genotype;
  // Sure of its own genotype, less sure of the others: 0/0, 0/1, 1/1.
  call.likelihoods = {-2, -1, -3};
  call.likelihoods[static_cast<size_t>(genotype[0] + genotype[1])] = -0.01;
  call.filter = genotype::Filter::kPass;
  return call;
}

std::vector<genotype::Call> streamed(std::vector<std::vector<genotype::Call>> pieces) {
  std::vector<genotype::Call> out;
  OverlapStream stream([&out](const genotype::Call& call) { out.push_back(call); });
  for (auto& piece : pieces) stream.add(std::move(piece));
  stream.finish();
  return out;
}

TEST(OverlapStream, HandsOnEveryCallInOrder) {
  const auto out = streamed({{call_at(0, 10, "A", {0, 1}), call_at(0, 20, "A", {0, 1})}, {}, {call_at(1, 5, "A", {1, 1})}});
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[0].start, 10);
  EXPECT_EQ(out[1].start, 20);
  EXPECT_EQ(out[2].contig, 1);
}

TEST(OverlapStream, ABorderOfShardsInsideAGroupChangesNothing) {
  // Two deletions over one base, both called homozygous: four copies where two exist.
  const std::vector<genotype::Call> group = {call_at(0, 100, "ACGT", {1, 1}), call_at(0, 102, "GTA", {1, 1}),
                                             call_at(0, 104, "AC", {0, 1})};
  const auto whole = streamed({group});
  const auto parts = streamed({{group[0]}, {group[1]}, {group[2]}});
  ASSERT_EQ(whole.size(), parts.size());
  bool changed = false;
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].genotype, parts[i].genotype);
    changed |= whole[i].genotype != group[i].genotype;
  }
  EXPECT_TRUE(changed) << "the group was not resolved at all";
}

TEST(OverlapStream, HoldsBackOnlyTheLastGroup) {
  size_t passed = 0;
  OverlapStream stream([&passed](const genotype::Call&) { ++passed; });
  std::vector<genotype::Call> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(call_at(0, 10 * i, "A", {0, 1}));
  stream.add(std::move(calls));
  EXPECT_EQ(passed, 49u);
}

}  // namespace
}  // namespace haploom::pipeline
