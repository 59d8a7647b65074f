#include "realign/debruijn_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "realign/reads_fixture.h"

namespace haploom::realign {
namespace {

using genome::Read;

Assembly assembled(const std::string& reference, const std::vector<Read>& reads, const GraphOptions& options = {}) {
  std::vector<const Read*> pointers;
  for (const Read& read : reads) pointers.push_back(&read);
  return DeBruijnGraph(options).assemble(reference, pointers);
}

Read read_of(const std::string& bases) { return read_at(0, std::to_string(bases.size()) + "M", bases); }

const std::string kReference = random_bases(120, 5);

std::string with(const std::string& bases, size_t at, char base) {
  std::string out = bases;
  out[at] = base;
  return out;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

// The rules as they are written down, with maps of strings.
Assembly slowly(const std::string& reference, const std::vector<Read>& reads, const GraphOptions& options) {
  const int last = std::min(options.max_k, static_cast<int>(reference.size()) - 1);
  bool distinct = false;
  for (int k = options.min_k; k <= last; k += options.step_k) {
    const auto n = static_cast<size_t>(k);
    if (!distinct) {
      std::set<std::string> seen;
      for (size_t i = 0; i + n <= reference.size(); ++i) seen.insert(reference.substr(i, n));
      distinct = seen.size() == reference.size() - n + 1;
      if (!distinct) continue;
    }
    std::map<std::string, std::map<std::string, std::pair<int, bool>>> graph;
    const auto add = [&](const std::string& bases, bool is_reference) {
      for (size_t i = 0; i + n < bases.size(); ++i) {
        auto& [weight, kept] = graph[bases.substr(i, n)][bases.substr(i + 1, n)];
        graph[bases.substr(i + 1, n)];
        ++weight;
        kept |= is_reference;
      }
    };
    add(reference, true);
    for (const Read& read : reads) {
      if (read.mapq < options.min_mapq) continue;
      std::string run;
      for (size_t i = 0; i <= read.bases.size(); ++i) {
        const bool good = i < read.bases.size() && read.quality[i] >= options.min_base_quality && std::string_view("ACGT").find(read.bases[i]) != std::string_view::npos;
        if (good) {
          run += read.bases[i];
        } else {
          add(run, false);
          run.clear();
        }
      }
    }
    std::map<std::string, int> state;  // 1: being visited, 2: done
    const auto cyclic = [&](auto&& self, const std::string& from) -> bool {
      state[from] = 1;
      for (const auto& [to, edge] : graph[from]) {
        if (state[to] == 1 || (state[to] == 0 && self(self, to))) return true;
      }
      state[from] = 2;
      return false;
    };
    bool cycle = false;
    for (const auto& [from, edges] : graph) cycle = cycle || (state[from] == 0 && cyclic(cyclic, from));
    if (cycle) continue;
    const std::string sink = reference.substr(reference.size() - n);
    std::vector<std::string> found;
    const auto walk = [&](auto&& self, const std::string& from, const std::string& path) -> void {
      if (from == sink) return found.push_back(path);
      for (const auto& [to, edge] : graph[from]) {
        if (edge.second || edge.first >= options.min_edge_weight) self(self, to, path + to.back());
      }
    };
    walk(walk, reference.substr(0, n), reference.substr(0, n));
    if (static_cast<int>(found.size()) > options.max_num_paths) found.clear();
    return {k, sorted(found)};
  }
  return {0, {reference}};
}

}  // namespace

TEST(DeBruijnGraph, FindsTheReferenceAloneWithoutReads) {
  const Assembly found = assembled(kReference, {});
  EXPECT_EQ(found.k, 10);
  EXPECT_EQ(found.haplotypes, std::vector{kReference});
}

TEST(DeBruijnGraph, FindsWhatTwoReadsShow) {
  const std::string other = with(kReference, 60, kReference[60] == 'A' ? 'C' : 'A');
  EXPECT_EQ(assembled(kReference, {read_of(other.substr(30, 70))}).haplotypes, std::vector{kReference});
  EXPECT_EQ(assembled(kReference, {read_of(other.substr(30, 70)), read_of(other.substr(20, 60))}).haplotypes, sorted({kReference, other}));
}

TEST(DeBruijnGraph, FindsIndels) {
  const std::string deleted = kReference.substr(0, 50) + kReference.substr(57);
  const std::string inserted = kReference.substr(0, 50) + "GATTACA" + kReference.substr(50);
  EXPECT_EQ(assembled(kReference, {read_of(deleted), read_of(deleted), read_of(inserted), read_of(inserted)}).haplotypes,
            sorted({kReference, deleted, inserted}));
}

TEST(DeBruijnGraph, PassesOverReadsAndBasesOfLowQuality) {
  const std::string other = with(kReference, 60, kReference[60] == 'A' ? 'C' : 'A');
  std::vector<Read> reads = {read_of(other), read_of(other)};
  reads[0].mapq = 13;
  EXPECT_EQ(assembled(kReference, reads).haplotypes.size(), 1u);
  reads[0].mapq = 14;
  EXPECT_EQ(assembled(kReference, reads).haplotypes.size(), 2u);
  reads[0].quality[60] = 14;
  EXPECT_EQ(assembled(kReference, reads).haplotypes.size(), 1u);
  reads[0].quality[60] = 15;
  reads[1].bases[65] = 'N';
  EXPECT_EQ(assembled(kReference, reads).haplotypes.size(), 1u);
}

TEST(DeBruijnGraph, LengthensKOverRepeatsAndCycles) {
  const std::string repeat = random_bases(30, 8);
  const std::string reference = random_bases(20, 9) + repeat + random_bases(20, 10) + repeat + random_bases(20, 11);
  EXPECT_EQ(assembled(reference, {}).k, 31);
  const std::string turned = kReference.substr(40, 40) + kReference.substr(20, 40);  // joins them in a circle, once
  EXPECT_GT(assembled(kReference, {read_of(turned)}).k, 10);
  GraphOptions options;
  options.step_k = 7;
  EXPECT_EQ(assembled(reference, {}, options).k, 31);
  options.step_k = 8;
  EXPECT_EQ(assembled(reference, {}, options).k, 34);
}

TEST(DeBruijnGraph, GivesUpOnWhatOnlyRepeats) {
  const Assembly found = assembled(std::string(200, 'A'), {});
  EXPECT_EQ(found.k, 0);
  EXPECT_EQ(found.haplotypes, std::vector{std::string(200, 'A')});
  EXPECT_EQ(assembled("ACGTACG", {}).k, 0);  // no k that is long enough
}

TEST(DeBruijnGraph, GivesUpOnTooManyPaths) {
  std::string other = kReference;
  for (const size_t at : {20u, 40u, 60u, 80u}) other[at] = kReference[at] == 'A' ? 'C' : 'A';
  const std::vector<Read> reads = {read_of(other), read_of(other)};
  GraphOptions options;
  options.max_num_paths = 16;
  EXPECT_EQ(assembled(kReference, reads, options).haplotypes.size(), 16u);
  options.max_num_paths = 15;
  EXPECT_TRUE(assembled(kReference, reads, options).haplotypes.empty());
  options.max_num_paths = 0;
  EXPECT_TRUE(assembled(kReference, {}, options).haplotypes.empty());
}

TEST(DeBruijnGraph, TakesUnknownBasesOfTheReferenceAsTheyAre) {
  const std::string reference = with(with(kReference, 30, 'N'), 90, 'R');
  EXPECT_EQ(assembled(reference, {}).haplotypes, std::vector{reference});
  const std::vector<Read> reads = {read_of(kReference), read_of(kReference)};
  EXPECT_EQ(assembled(reference, reads).haplotypes, slowly(reference, reads, {}).haplotypes);
}

TEST(DeBruijnGraph, AgreesWithMapsOfStrings) {
  std::mt19937_64 random(21);
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  DeBruijnGraph kept{GraphOptions{}};
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::string reference = random_bases(12 + below(150), random());
    if (below(3) == 0) reference += reference.substr(0, static_cast<size_t>(below(40)));
    if (below(8) == 0) reference[static_cast<size_t>(below(static_cast<int>(reference.size())))] = 'N';
    std::vector<std::string> truths = {reference};
    for (int i = below(3); i > 0; --i) {
      std::string truth = truths[static_cast<size_t>(below(static_cast<int>(truths.size())))];
      const auto at = static_cast<size_t>(below(static_cast<int>(truth.size())));
      if (below(2) == 0) truth[at] = "ACGT"[below(4)];
      else if (below(2) == 0) truth.erase(at, static_cast<size_t>(1 + below(6)));
      else truth.insert(at, random_bases(1 + below(6), random()));
      truths.push_back(truth);
    }
    std::vector<Read> reads;
    for (int i = below(25); i > 0; --i) {
      const std::string& truth = truths[static_cast<size_t>(below(static_cast<int>(truths.size())))];
      const auto at = static_cast<size_t>(below(static_cast<int>(truth.size()) + 1));
      std::string bases = truth.substr(at, static_cast<size_t>(1 + below(80)));
      if (bases.empty()) continue;
      if (below(3) == 0) bases[static_cast<size_t>(below(static_cast<int>(bases.size())))] = "ACGTN"[below(5)];
      reads.push_back(read_of(bases));
      if (below(3) == 0) reads.back().quality[static_cast<size_t>(below(static_cast<int>(bases.size())))] = 5;
    }
    const Assembly expected = slowly(reference, reads, {});
    std::vector<const Read*> pointers;
    for (const Read& read : reads) pointers.push_back(&read);
    const Assembly found = kept.assemble(reference, pointers);
    ASSERT_EQ(found.k, expected.k);
    ASSERT_EQ(found.haplotypes, expected.haplotypes);
  }
}

}  // namespace haploom::realign
