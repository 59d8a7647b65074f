#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "genotype/fixtures.h"
#include "genotype/merge.h"

namespace haploom::genotype {
namespace {

const std::vector<double> kHom{-3, -2, -0.005}, kHet{-3, -0.001, -3}, kRef{-0.001, -3, -3};

std::vector<double> random_likelihoods(int alts, std::mt19937& random) {
  std::exponential_distribution<double> weight(1.0);
  std::vector<double> out(static_cast<size_t>(genotype_count(alts + 1)));
  double sum = 0;
  for (double& value : out) sum += value = weight(random) * weight(random) * weight(random) + 1e-9;
  for (double& value : out) value = std::log10(value / sum);
  return out;
}

// Overlapping calls of one contig with their likeliest genotypes.
std::vector<Call> random_calls(int n, std::mt19937& random) {
  std::vector<Call> out;
  int64_t start = 100;
  for (int i = 0; i < n; ++i) {
    start += static_cast<int64_t>(random() % 4);
    const int alts = 1 + static_cast<int>(random() % 2);
    Call call = call_at(start, std::string(1 + random() % 6, 'A'), std::vector<std::string>(static_cast<size_t>(alts), "C"), {0, 0},
                        random_likelihoods(alts, random));
    const auto best = std::max_element(call.likelihoods.begin(), call.likelihoods.end()) - call.likelihoods.begin();
    for (int b = 0; b <= alts; ++b)
      for (int a = 0; a <= b; ++a)
        if (genotype_index(a, b) == best) call.genotype = {a, b};
    out.push_back(call);
  }
  std::stable_sort(out.begin(), out.end(), [](const Call& a, const Call& b) { return std::pair(a.start, a.end()) < std::pair(b.start, b.end()); });
  return out;
}

bool fits_two_copies(const std::vector<Call>& calls) {
  for (int64_t base = 90; base < 200; ++base) {
    int copies = 0;
    for (const Call& call : calls)
      if (call.start <= base && base < call.end()) copies += (call.genotype[0] > 0) + (call.genotype[1] > 0);
    if (copies > 2) return false;
  }
  return true;
}

}  // namespace

TEST(ResolveOverlaps, LeavesASingleCallAndTwoThatFit) {
  std::vector<Call> calls{call_at(10, "AC", {"A"}, {0, 1}, kHet), call_at(11, "C", {"T"}, {0, 1}, kHet)};
  resolve_overlaps(calls);
  EXPECT_EQ(calls[0].likelihoods, kHet);
  EXPECT_EQ(calls[1].likelihoods, kHet);
}

TEST(ResolveOverlaps, GivesUpTheCopiesThatAreLeastSure) {
  // a deletion of both copies and a heterozygous SNP inside it: 3 copies
  std::vector<Call> calls{call_at(10, "ACG", {"A"}, {1, 1}, {-8, -6, -0.0001}), call_at(11, "C", {"T"}, {0, 1}, {-0.6, -0.15, -1.5})};
  calls[1].quality = 12.5;
  calls[1].genotype_quality = 6;
  resolve_overlaps(calls);
  EXPECT_EQ(calls[0].genotype, (std::array{1, 1}));
  EXPECT_EQ(calls[1].genotype, (std::array{0, 0}));
  EXPECT_GT(calls[1].likelihoods[0], -0.01);
  EXPECT_EQ(calls[1].quality, 12.5);
  EXPECT_EQ(calls[1].genotype_quality, 6);
  EXPECT_EQ(calls[1].filter, Filter::kPass);
}

TEST(ResolveOverlaps, LeavesReferenceCallsOutOfTheCount) {
  std::vector<Call> calls{call_at(10, "ACG", {"A"}, {1, 1}, kHom), call_at(11, "C", {"T"}, {0, 0}, kRef),
                          call_at(12, "G", {"T"}, {-1, -1}, {0, 0})};
  const auto before = calls[0].likelihoods;
  resolve_overlaps(calls);
  EXPECT_EQ(calls[0].likelihoods, before);
  EXPECT_EQ(calls[1].genotype, (std::array{0, 0}));
}

TEST(ResolveOverlaps, KeepsContigsApart) {
  std::vector<Call> calls{call_at(10, "ACG", {"A"}, {1, 1}, kHom), call_at(11, "C", {"T"}, {1, 1}, kHom)};
  calls[1].contig = 1;
  resolve_overlaps(calls);
  EXPECT_EQ(calls[0].genotype, (std::array{1, 1}));
  EXPECT_EQ(calls[1].genotype, (std::array{1, 1}));
}

TEST(ResolveOverlaps, SortsAGroupByStartAndEnd) {
  std::vector<Call> calls{call_at(10, "ACG", {"A"}, {0, 1}, kHet), call_at(10, "A", {"T"}, {0, 0}, kRef)};
  resolve_overlaps(calls);
  EXPECT_EQ(calls[0].ref, "A");
  EXPECT_EQ(calls[1].ref, "ACG");
}

TEST(ResolveOverlaps, LeavesMoreThanTwelveCallsAlone) {
  for (const int n : {12, 13}) {
    std::vector<Call> calls;
    for (int i = 0; i < n; ++i) calls.push_back(call_at(10, "AC", {"A"}, {1, 1}, {i == 0 ? -9.0 : -0.302, -9, -0.3}));
    resolve_overlaps(calls);
    int variants = 0;
    for (const Call& call : calls) variants += call.genotype[1] > 0;
    EXPECT_EQ(variants, n == 12 ? 1 : 13);
  }
}

TEST(ResolveOverlaps, AnswersAsTheSumOverAllCombinationsWould) {
  std::mt19937 random(11);
  int changed = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Call> calls = random_calls(3, random);
    if (std::any_of(calls.begin(), calls.end(), [](const Call& call) { return call.genotype[1] == 0; }) || last_group(calls) > 0) continue;
    const std::vector<Call> before = calls;
    resolve_overlaps(calls);
    if (calls[1].likelihoods == before[1].likelihoods) continue;
    ++changed;
    EXPECT_TRUE(fits_two_copies(calls)) << "seed 11, trial " << trial;
    // each genotype of the middle call: the sum over all genotypes of the others that fit with it
    std::vector<Call> tried = before;
    std::vector<double> sums;
    double total = 0;
    const auto each = [&](Call& call, auto&& body) {
      for (int b = 0; b <= static_cast<int>(call.alts.size()); ++b)
        for (int a = 0; a <= b; ++a) call.genotype = {a, b}, body(std::pow(10, call.likelihoods[static_cast<size_t>(genotype_index(a, b))]));
    };
    each(tried[1], [&](double p1) {
      double sum = 0;
      each(tried[0], [&](double p0) { each(tried[2], [&](double p2) { sum += fits_two_copies(tried) ? p0 * p1 * p2 : 0; }); });
      sums.push_back(sum);
      total += sum;
    });
    for (size_t i = 0; i < sums.size(); ++i) {
      EXPECT_NEAR(calls[1].likelihoods[i], std::log10(sums[i] / total), 1e-9) << "seed 11, trial " << trial << ", genotype " << i;
    }
  }
  EXPECT_GT(changed, 10);
}

TEST(LastGroup, CutsWhereNoCallOverlaps) {
  EXPECT_EQ(last_group({}), 0u);
  std::vector<Call> calls{call_at(10, "ACG", {"A"}, {0, 1}, kHet), call_at(12, "C", {"T"}, {0, 1}, kHet),
                          call_at(13, "ACG", {"A"}, {0, 1}, kHet), call_at(14, "C", {"T"}, {0, 1}, kHet)};
  EXPECT_EQ(last_group(calls), 2u);
}

TEST(LastGroup, LetsPiecesEqualOnePass) {
  std::mt19937 random(5);
  std::vector<Call> whole = random_calls(60, random);
  std::vector<Call> pieces, carried;
  for (const Call& call : whole) {
    carried.push_back(call);
    const auto open = static_cast<std::ptrdiff_t>(last_group(carried));
    std::vector<Call> done(carried.begin(), carried.begin() + open);
    carried.erase(carried.begin(), carried.begin() + open);
    resolve_overlaps(done);
    pieces.insert(pieces.end(), done.begin(), done.end());
  }
  resolve_overlaps(carried);
  pieces.insert(pieces.end(), carried.begin(), carried.end());
  resolve_overlaps(whole);
  ASSERT_EQ(pieces.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(pieces[i].genotype, whole[i].genotype);
    EXPECT_EQ(pieces[i].likelihoods, whole[i].likelihoods);
  }
}

}  // namespace haploom::genotype
