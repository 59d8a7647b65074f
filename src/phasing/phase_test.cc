#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "phasing/fixtures.h"

namespace haploom::phasing {
namespace {

using Ints = std::vector<int>;

// ---- The same rules with sets and maps, over names instead of bits.

struct PlainScore {
  int score = 0;
  bool starts = true;
  std::pair<std::string, std::string> from;
  std::set<int> one, other;
};
using Pair = std::pair<std::string, std::string>;

class Plain {
 public:
  Plain(std::vector<Site> sites, int reads) : sites_(std::move(sites)), reads_(reads), scores_(sites_.size()), phase_(sites_.size()) {}

  Ints run() {
    for (size_t i = 0; i < sites_.size(); ++i) {
      const auto edges = i == 0 ? std::set<Pair>{} : joined(i);
      if (edges.empty()) {
        begin(i);
        continue;
      }
      for (const Pair& e1 : edges) {
        for (const Pair& e2 : edges) step(i, e1, e2);
      }
      if (all_equal(i) && i + 1 < sites_.size()) begin(++i);
    }
    back();
    return phases();
  }

 private:
  std::set<int> showing(size_t i, const std::string& bases) const {
    for (const Allele& allele : sites_[i].alleles) {
      if (allele.bases == bases) return {allele.reads.begin(), allele.reads.end()};
    }
    return {};
  }

  bool shows_before(size_t i, int read) const {
    for (size_t j = 0; j < i; ++j) {
      for (const Allele& allele : sites_[j].alleles) {
        if (std::count(allele.reads.begin(), allele.reads.end(), read) > 0) return true;
      }
    }
    return false;
  }

  std::set<Pair> joined(size_t i) const {
    std::set<Pair> out, all;
    std::set<std::string> reached;
    for (const Allele& from : sites_[i - 1].alleles) {
      for (const Allele& to : sites_[i].alleles) {
        all.insert({from.bases, to.bases});
        for (const int32_t read : from.reads) {
          if (std::count(to.reads.begin(), to.reads.end(), read) > 0) out.insert({from.bases, to.bases});
        }
      }
    }
    for (const auto& [from, to] : out) reached.insert(to);
    if (reached.empty()) return {};
    for (const Pair& edge : all) {
      if (!reached.contains(edge.second)) out.insert(edge);
    }
    return out;
  }

  void begin(size_t i) {
    const auto& alleles = sites_[i].alleles;
    for (size_t a = 0; a < alleles.size(); ++a) {
      for (size_t b = a; b < alleles.size(); ++b) {
        PlainScore score;
        score.one = showing(i, alleles[a].bases);
        score.other = showing(i, alleles[b].bases);
        score.score = static_cast<int>(score.one == score.other ? score.one.size() : score.one.size() + score.other.size());
        scores_[i][{alleles[a].bases, alleles[b].bases}] = score;
      }
    }
  }

  std::set<int> stay(size_t i, const std::string& bases, const std::set<int>& before) const {
    std::set<int> out;
    for (const int read : showing(i, bases)) {
      if (before.contains(read) || !shows_before(i, read)) out.insert(read);
    }
    return out;
  }

  void step(size_t i, const Pair& e1, const Pair& e2) {
    PlainScore next;
    const auto before = scores_[i - 1].find({e1.first, e2.first});
    if (before != scores_[i - 1].end()) {
      next.starts = false;
      next.from = {e1.first, e2.first};
      next.one = stay(i, e1.second, before->second.one);
      next.other = stay(i, e2.second, before->second.other);
      std::set<int> both = next.one;
      both.insert(next.other.begin(), next.other.end());
      next.score = before->second.score + static_cast<int>(both.size());
    }
    const auto [it, is_new] = scores_[i].try_emplace({e1.second, e2.second}, next);
    if (is_new) return;
    const PlainScore& old = it->second;
    const bool wins = next.score != old.score ? next.score > old.score
                      : next.starts           ? false
                      : old.starts            ? true
                                              : next.from.first + next.from.second > old.from.first + old.from.second;
    if (wins) it->second = next;
  }

  bool all_equal(size_t i) const {
    std::set<int> values;
    for (const auto& [pair, score] : scores_[i]) values.insert(score.score);
    return values.size() <= 1;
  }

  void back() {
    std::optional<Pair> at;
    for (size_t i = sites_.size(); i-- > 0;) {
      if (!at && !all_equal(i)) {
        for (const auto& [pair, score] : scores_[i]) {
          const int best = at ? scores_[i][*at].score : 0;
          if (score.score > best || (score.score == best && (!at || pair.first + pair.second > at->first + at->second))) at = pair;
        }
      }
      if (!at) continue;
      if (at->first != at->second) {
        phase_[i][at->first] = 1;
        phase_[i][at->second] = 2;
      }
      const PlainScore& score = scores_[i][*at];
      at = score.starts ? std::nullopt : std::optional<Pair>(score.from);
    }
  }

  Ints phases() {
    Ints out;
    for (int read = 0; read < reads_; ++read) {
      int of[3] = {0, 0, 0};
      for (size_t i = 0; i < sites_.size(); ++i) {
        for (const Allele& allele : sites_[i].alleles) {
          if (showing(i, allele.bases).contains(read)) ++of[phase_[i][allele.bases]];
        }
      }
      out.push_back(of[1] > of[2] && of[1] >= 2 ? 1 : of[2] > of[1] && of[2] >= 2 ? 2 : 0);
    }
    return out;
  }

  std::vector<Site> sites_;
  int reads_;
  std::vector<std::map<Pair, PlainScore>> scores_;
  std::vector<std::map<std::string, int>> phase_;
};

// Reads of two haplotypes over some sites, with errors; a site's alleles are REF and letters.
struct Simulated {
  std::vector<Site> sites;
  Ints haplotype;  // of each read
};

Simulated simulate(std::mt19937& random, size_t site_count, size_t read_count, double error) {
  static const std::string kNames[] = {"REF", "A", "G", "T"};
  const auto chance = [&](double p) { return std::uniform_real_distribution<double>(0, 1)(random) < p; };
  Simulated out;
  std::vector<std::array<size_t, 2>> truth;
  for (size_t i = 0; i < site_count; ++i) {
    out.sites.push_back({static_cast<int64_t>(100 + 10 * i), {}});
    for (const auto& name : kNames) out.sites.back().alleles.push_back({name, {}});
    const size_t one = random() % 4;
    truth.push_back({one, chance(0.9) ? (one + 1 + random() % 3) % 4 : one});
  }
  for (size_t r = 0; r < read_count; ++r) {
    const size_t haplotype = random() % 2, first = random() % site_count, last = std::min(site_count, first + 2 + random() % 6);
    out.haplotype.push_back(static_cast<int>(haplotype));
    for (size_t i = first; i < last; ++i) {
      if (chance(error)) continue;
      const size_t allele = chance(error) ? random() % 4 : truth[i][haplotype];
      out.sites[i].alleles[allele].reads.push_back(static_cast<int32_t>(r));
    }
  }
  for (Site& site : out.sites) {
    std::erase_if(site.alleles, [&](const Allele& allele) { return allele.reads.empty() && (allele.bases != "REF" || random() % 2); });
  }
  std::erase_if(out.sites, [](const Site& site) { return site.alleles.empty(); });
  return out;
}

}  // namespace

TEST(Phasing, SeparatesTwoHaplotypes) {
  const std::vector<Site> sites{{100, {{"A", {0, 1, 2}}, {"C", {3, 4, 5}}}},
                                {105, {{"REF", {3, 4, 5}}, {"C", {0, 1, 2}}}},
                                {110, {{"G", {3, 4}}, {"T", {0, 1, 2}}}}};
  const auto found = phase(sites, reads(6));
  // Both orders of the last site score alike: the one later by its bases, T before G, is kept.
  EXPECT_EQ(found.reads, (Ints{1, 1, 1, 2, 2, 2}));
  EXPECT_EQ(found.sites, (std::vector<PhasedSite>{{100, {"A", "C"}}, {105, {"C", "REF"}}, {110, {"T", "G"}}}));
}

TEST(Phasing, AsksForTwoAllelesOfARead) {
  const auto found = phase({{100, {{"A", {0, 1, 2, 6}}, {"C", {3, 4, 5}}}}, {105, {{"A", {0, 1, 2}}, {"C", {3, 4, 5}}}}}, reads(8));
  EXPECT_EQ(found.reads[6], 0);  // one allele
  EXPECT_EQ(found.reads[7], 0);  // none
  EXPECT_NE(found.reads[0], 0);
}

TEST(Phasing, FollowsTheMajorityOfAReadsAlleles) {
  std::vector<Site> sites;
  for (int64_t i = 0; i < 5; ++i) sites.push_back({100 + i, {{"A", {0, 1, 2, 3}}, {"C", {4, 5, 6, 7}}}});
  sites[4].alleles[0].reads = {0, 1, 2};
  sites[4].alleles[1].reads = {3, 4, 5, 6, 7};  // read 3 errs once
  const auto found = phase(sites, reads(8));
  EXPECT_EQ(found.reads[3], found.reads[0]);
  EXPECT_NE(found.reads[3], found.reads[4]);
}

TEST(Phasing, LeavesReadsOfHomozygousSitesAlone) {
  EXPECT_EQ(phase({{100, {{"A", {0, 1, 2}}}}, {105, {{"C", {0, 1, 2}}}}}, reads(3)).reads, (Ints{0, 0, 0}));
}

TEST(Phasing, BridgesAnAlleleThatNoReadLeadsTo) {
  // T at the second site is shown by reads that begin there.
  const std::vector<Site> sites{{100, {{"A", {0, 1, 2}}, {"C", {3, 4, 5}}}},
                                {105, {{"C", {0, 1, 2}}, {"T", {6, 7, 8}}}},
                                {110, {{"A", {6, 7, 8}}, {"G", {0, 1, 2}}}}};
  const auto found = phase(sites, reads(9)).reads;
  EXPECT_EQ(found[0], found[2]);
  EXPECT_EQ(found[6], found[8]);
  EXPECT_EQ(found[0] + found[6], 3);
}

TEST(Phasing, BeginsAnewWhereNoReadJoinsTwoSites) {
  const auto found = phase({{100, {{"A", {0, 1}}, {"C", {2, 3}}}}, {101, {{"A", {0, 1}}, {"C", {2, 3}}}},
                            {200, {{"A", {4, 5}}, {"C", {6, 7}}}}, {201, {{"A", {4, 5}}, {"C", {6, 7}}}}},
                           reads(8));
  for (const int first : {0, 2, 4, 6}) {
    EXPECT_NE(found.reads[static_cast<size_t>(first)], 0);
    EXPECT_EQ(found.reads[static_cast<size_t>(first)], found.reads[static_cast<size_t>(first) + 1]);
  }
  EXPECT_EQ(found.sites.size(), 4U);
}

TEST(Phasing, TakesRecordsOfOneReadForOne) {
  const std::vector<Site> sites{{100, {{"A", {0, 1}}, {"C", {2, 3}}}}, {105, {{"A", {0, 4}}, {"C", {2, 3}}}}};
  const auto found = phase(sites, reads_named({"a", "b", "c", "d", "b"})).reads;  // 1 and 4 are one
  EXPECT_EQ(found[1], found[0]);
  EXPECT_EQ(found[4], found[1]);
  EXPECT_NE(found[1], 0);
  EXPECT_EQ(phase(sites, reads(5)).reads[1], 0);
}

TEST(Phasing, HasNothingToSayOfNothing) {
  EXPECT_EQ(phase({}, reads(2)).reads, (Ints{0, 0}));
  EXPECT_TRUE(phase({}, {}).reads.empty());
}

TEST(Phasing, AgreesWithTheRulesWrittenPlainly) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  int phased = 0;
  for (int round = 0; round < 400; ++round) {
    const size_t read_count = 1 + random() % (round % 10 == 0 ? 140 : 20);
    const auto made = simulate(random, 1 + random() % 8, read_count, round % 2 ? 0.3 : 0.05);
    const auto found = phase(made.sites, reads(read_count)).reads;
    ASSERT_EQ(found, Plain(made.sites, static_cast<int>(read_count)).run()) << "round " << round;
    phased += static_cast<int>(std::count_if(found.begin(), found.end(), [](int p) { return p > 0; }));
  }
  EXPECT_GT(phased, 500);
}

TEST(Phasing, TellsReadsWithoutErrorsApartByTheirHaplotype) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<Site> sites;
    for (int64_t i = 0; i < 6; ++i) sites.push_back({i, {{"A", {}}, {"G", {}}}});
    Ints truth;
    for (int32_t read = 0; read < 60; ++read) {
      truth.push_back(static_cast<int>(random() % 2));
      const size_t first = random() % 4;
      for (size_t i = first; i < std::min<size_t>(6, first + 3); ++i) sites[i].alleles[static_cast<size_t>(truth.back()) ^ (i % 2)].reads.push_back(read);
    }
    const auto found = phase(sites, reads(60)).reads;
    std::set<std::pair<int, int>> met;
    for (size_t i = 0; i < 60; ++i) met.insert({truth[i], found[i]});
    EXPECT_TRUE(met == (std::set<std::pair<int, int>>{{0, 1}, {1, 2}}) || met == (std::set<std::pair<int, int>>{{0, 2}, {1, 1}})) << round;
  }
}

TEST(Phasing, DoesNotDependOnNamesOrOrderOfReads) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    const auto made = simulate(random, 1 + random() % 8, 70, 0.2);
    const auto found = phase(made.sites, reads(70));
    std::vector<size_t> place(70);  // of each read in the other list
    std::iota(place.begin(), place.end(), 0U);
    std::shuffle(place.begin(), place.end(), random);
    auto moved = made.sites;
    std::vector<std::string> names(70);
    for (size_t i = 0; i < 70; ++i) names[place[i]] = "other" + std::to_string(i);
    for (Site& site : moved) {
      for (Allele& allele : site.alleles) {
        for (int32_t& read : allele.reads) read = static_cast<int32_t>(place[static_cast<size_t>(read)]);
        std::sort(allele.reads.begin(), allele.reads.end());
      }
    }
    const auto other = phase(moved, reads_named(names));
    for (size_t i = 0; i < 70; ++i) EXPECT_EQ(found.reads[i], other.reads[place[i]]);
    EXPECT_EQ(found.sites, other.sites);
  }
}

}  // namespace haploom::phasing
