#include "labels/haplotype_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <functional>
#include <map>
#include <random>
#include <set>

namespace haploom::labels {
namespace {

// A group written for a reader: allele strings, REF first, at a position of kBases.
struct Site {
  int64_t start;
  std::vector<std::string> alleles;
  Genotype genotype = {0, 0};  // of a truth
};

std::vector<Variant> variants(const std::vector<Site>& sites, bool truth) {
  std::vector<Variant> out;
  for (const Site& site : sites) {
    Variant v{site.start, site.start + static_cast<int64_t>(site.alleles[0].size()), {}, {}};
    v.alleles.assign(site.alleles.begin(), site.alleles.end());
    v.genotypes = truth ? with_missed_copies(site.genotype) : genotype_order(site.alleles.size() - 1);
    out.push_back(v);
  }
  return out;
}

std::vector<Genotype> genotypes(const std::vector<Site>& sites) {
  std::vector<Genotype> out;
  for (const Site& site : sites) out.push_back(site.genotype);
  return out;
}

std::optional<Match> matched(const std::vector<Site>& candidates, const std::vector<Site>& truths, std::string_view bases,
                             Failure* why = nullptr) {
  Failure failure = Failure::kNone;
  auto out = best_match(variants(candidates, false), variants(truths, true), genotypes(truths), {0, bases}, failure);
  if (why != nullptr) *why = failure;
  return out;
}

//                                01234567890123456789
constexpr std::string_view kBases = "ACGTCAAATGCCTTAGCATG";

std::vector<Genotype> label(const std::vector<Site>& candidates, const std::vector<Site>& truths) {
  const auto out = matched(candidates, truths, kBases);
  return out ? out->candidates : std::vector<Genotype>{};
}

using Genotypes = std::vector<Genotype>;

// ---- The rule written plainly: every genotype of every variant, every phasing, whole haplotypes as strings.

std::optional<std::string> plain_haplotype(const std::vector<Variant>& all, const std::vector<int>& alleles, std::string_view bases) {
  std::string out;
  size_t at = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto start = static_cast<size_t>(all[i].start);
    std::string ref(all[i].alleles[0]), allele(all[i].alleles[static_cast<size_t>(alleles[i])]);
    if (start < at) {
      if (alleles[i] != 0) return std::nullopt;
      continue;
    }
    out += bases.substr(at, start - at);
    if (alleles[i] == 0) {
      ref.resize(1);
      allele = ref;
    } else if (ref.size() > 1 && allele.size() > 1) {
      while (!ref.empty() && !allele.empty() && ref.back() == allele.back()) {
        ref.pop_back();
        allele.pop_back();
      }
    }
    out += allele;
    at = start + ref.size();
  }
  return out + std::string(bases.substr(at));
}

using Pair = std::pair<std::string, std::string>;

void for_each_genotypes(const std::vector<Variant>& all, std::vector<Genotype> chosen, const std::function<void(const Genotypes&)>& take) {
  if (chosen.size() == all.size()) return take(chosen);
  for (const Genotype& genotype : all[chosen.size()].genotypes) {
    chosen.push_back(genotype);
    for_each_genotypes(all, chosen, take);
    chosen.pop_back();
  }
}

std::set<Pair> pairs(const std::vector<Variant>& all, const Genotypes& chosen, std::string_view bases) {
  std::set<Pair> out;
  for (unsigned swaps = 0; swaps < 1U << all.size(); ++swaps) {
    std::vector<int> one, other;
    for (size_t i = 0; i < all.size(); ++i) {
      one.push_back(chosen[i][swaps >> i & 1]);
      other.push_back(chosen[i][~swaps >> i & 1]);
    }
    const auto a = plain_haplotype(all, one, bases), b = plain_haplotype(all, other, bases);
    if (a && b) out.insert(std::minmax(*a, *b));
  }
  return out;
}

struct Plain {
  std::pair<int, int> score{INT_MAX, INT_MAX};  // missed copies, candidates without a copy
  std::set<Genotypes> accepted;                 // one, or what upstream's hashing of strings may decide
};

Plain plain(const std::vector<Variant>& candidates, const std::vector<Variant>& truths, const Genotypes& truth, std::string_view bases) {
  std::map<Pair, int> missed;  // by the last genotypes that spell the pair
  for_each_genotypes(truths, {}, [&](const Genotypes& g) {
    int copies = 0;
    for (size_t i = 0; i < g.size(); ++i) copies += reference_copies(g[i]) - reference_copies(truth[i]);
    for (const Pair& pair : pairs(truths, g, bases)) missed[pair] = copies;
  });
  struct Found {
    std::pair<int, int> score;
    Genotypes genotypes;
  };
  std::map<Pair, std::pair<int, std::vector<Found>>> met;  // pair -> when first met, what spells it
  int time = 0;
  for_each_genotypes(candidates, {}, [&](const Genotypes& g) {
    ++time;
    const int none = static_cast<int>(std::count(g.begin(), g.end(), Genotype{0, 0}));
    for (const Pair& pair : pairs(candidates, g, bases)) {
      if (!missed.contains(pair)) continue;
      auto& [first, found] = met.try_emplace(pair, time, std::vector<Found>{}).first->second;
      found.push_back({{missed[pair], none}, g});
    }
  });
  Plain out;
  for (const auto& [pair, times] : met) {
    for (const Found& found : times.second) out.score = std::min(out.score, found.score);
  }
  int first = INT_MAX;
  for (const auto& [pair, times] : met) {
    const auto& list = times.second;
    const auto best = std::find_if(list.begin(), list.end(), [&](const Found& f) { return f.score == out.score; });
    if (best == list.end() || times.first > first) continue;
    if (times.first < first) out.accepted.clear();
    first = times.first;
    out.accepted.insert(best->genotypes);
  }
  return out;
}

}  // namespace

TEST(Labels, GivesACandidateTheGenotypeOfItsEqual) {
  EXPECT_EQ(label({{4, {"C", "T"}}}, {{4, {"C", "T"}, {0, 1}}}), (Genotypes{{0, 1}}));
  EXPECT_EQ(label({{4, {"C", "T"}}}, {{4, {"C", "T"}, {1, 1}}}), (Genotypes{{1, 1}}));
  EXPECT_EQ(label({{4, {"C", "T"}}}, {{4, {"C", "T"}, {1, 0}}}), (Genotypes{{0, 1}}));
  EXPECT_EQ(label({{4, {"C", "T"}}}, {{4, {"C", "A"}, {0, 1}}}), (Genotypes{{0, 0}}));
}

TEST(Labels, NumbersAllelesAsTheCandidateDoes) {
  EXPECT_EQ(label({{4, {"C", "A", "T"}}}, {{4, {"C", "T", "A"}, {0, 1}}}), (Genotypes{{0, 2}}));
  EXPECT_EQ(label({{4, {"C", "A", "T"}}}, {{4, {"C", "T", "A"}, {1, 2}}}), (Genotypes{{1, 2}}));
}

TEST(Labels, SeesOneEventWrittenInTwoWays) {
  // CAAAT -> CAAT: the deleted A stands left or right.
  EXPECT_EQ(label({{4, {"CA", "C"}}}, {{6, {"AA", "A"}, {0, 1}}}), (Genotypes{{0, 1}}));
  // Two substitutions for one record of two bases, on one haplotype.
  EXPECT_EQ(label({{8, {"T", "C"}}, {9, {"G", "A"}}}, {{8, {"TG", "CA"}, {0, 1}}}), (Genotypes{{0, 1}, {0, 1}}));
  // One record of two bases for two substitutions, a copy of each missed where they are on different haplotypes.
  EXPECT_EQ(label({{8, {"TG", "CA"}}}, {{8, {"T", "C"}, {1, 1}}, {9, {"G", "A"}, {0, 1}}}), (Genotypes{{0, 1}}));
}

TEST(Labels, LeavesASubstitutionInsideADeletionOnTheOtherHaplotype) {
  EXPECT_EQ(label({{3, {"TCAA", "T"}}, {5, {"A", "G"}}}, {{3, {"TCAA", "T"}, {0, 1}}, {5, {"A", "G"}, {0, 1}}}),
            (Genotypes{{0, 1}, {0, 1}}));
  // Both copies deleted: the substitution cannot be.
  EXPECT_EQ(label({{3, {"TCAA", "T"}}, {5, {"A", "G"}}}, {{3, {"TCAA", "T"}, {1, 1}}}), (Genotypes{{1, 1}, {0, 0}}));
}

TEST(Labels, PrefersFewerMissedCopiesThenFewerIdleCandidates) {
  // AAATG: "A" deleted, found twice over: both spell it, one is enough, and the order of genotypes decides which.
  const auto out = matched({{4, {"CA", "C"}}, {6, {"AA", "A"}}}, {{4, {"CA", "C"}, {1, 1}}}, kBases);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->truths, (Genotypes{{1, 1}}));
  EXPECT_EQ(out->candidates, (Genotypes{{0, 1}, {0, 1}}));  // one on each haplotype: no candidate is idle
}

TEST(Labels, TakesReferenceForWhatTheTruthDoesNotExplain) {
  EXPECT_EQ(label({{4, {"C", "T"}}, {10, {"C", "G"}}}, {{10, {"C", "G"}, {0, 1}}}), (Genotypes{{0, 0}, {0, 1}}));
}

TEST(Labels, SaysThatARefIsNotTheReference) {
  Failure failure = Failure::kNone;
  EXPECT_FALSE(matched({{4, {"C", "T"}}}, {{5, {"G", "T"}, {0, 1}}}, kBases, &failure));
  EXPECT_EQ(failure, Failure::kNoMatch);
}

TEST(Labels, GivesUpATangleThatUpstreamWouldNotFinish) {
  // 14 deletions that all overlap: each more than twice the work.
  const std::string bases(100, 'A');
  std::vector<Site> candidates;
  for (int64_t i = 0; i < 14; ++i) candidates.push_back({10 + i, {std::string(static_cast<size_t>(60 - 3 * i), 'A'), "A"}});
  Failure failure = Failure::kNone;
  EXPECT_FALSE(matched(candidates, {{5, {"AA", "A"}, {0, 1}}}, bases, &failure));
  EXPECT_EQ(failure, Failure::kTooMany);
}

TEST(Labels, AgreesWithEveryGenotypeAndPhasingTriedPlainly) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  int with_copies = 0, ambiguous = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bases;
    for (int i = 0; i < 16; ++i) bases += "AC"[random() % 2];
    const auto sites = [&](unsigned most, bool truth) {
      std::vector<Site> out;
      int64_t at = 1;
      for (unsigned n = random() % (most + 1); n > 0 && at < 12; --n) {
        const size_t length = 1 + random() % 3;
        Site site{at, {bases.substr(static_cast<size_t>(at), length)}};
        for (unsigned alts = 1 + random() % 2; alts > 0; --alts) {
          std::string alt;
          for (unsigned l = 1 + random() % 3; l > 0; --l) alt += "AC"[random() % 2];
          if (std::count(site.alleles.begin(), site.alleles.end(), alt) == 0) site.alleles.push_back(alt);
        }
        if (site.alleles.size() == 1) continue;
        if (truth) site.genotype = {static_cast<int>(random() % site.alleles.size()), 1};
        out.push_back(site);
        at += 1 + random() % 3;
      }
      return out;
    };
    const auto candidates = sites(3, false), truths = sites(2, true);
    const auto expected = plain(variants(candidates, false), variants(truths, true), genotypes(truths), bases);
    const auto found = matched(candidates, truths, bases);
    ASSERT_TRUE(found) << bases;
    EXPECT_TRUE(expected.accepted.contains(found->candidates)) << "round " << round << " of " << bases;
    int missed = 0;
    for (size_t i = 0; i < truths.size(); ++i) missed += reference_copies(found->truths[i]) - reference_copies(truths[i].genotype);
    EXPECT_EQ(missed, expected.score.first) << "round " << round << " of " << bases;
    ambiguous += expected.accepted.size() > 1;
    with_copies += std::any_of(found->candidates.begin(), found->candidates.end(), [](const Genotype& g) { return g[1] > 0; });
  }
  EXPECT_GT(with_copies, 100);
  EXPECT_LT(ambiguous, 100);
}

}  // namespace haploom::labels
