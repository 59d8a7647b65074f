#include "labels/haplotype_match.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

namespace haploom::labels {
namespace {

using Strings = std::pair<std::string, std::string>;

size_t shared_suffix(std::string_view a, std::string_view b) {
  size_t shared = 0;
  while (shared < std::min(a.size(), b.size()) && a[a.size() - 1 - shared] == b[b.size() - 1 - shared]) ++shared;
  return shared;
}

// What a genotype of a cluster spells: both haplotypes, in every phasing.
struct Choice {
  std::vector<Genotype> genotypes;  // of the cluster's variants
  std::vector<Strings> phasings;    // none: the variants exclude each other
};

// Consecutive variants of which each overlaps one before it.
struct Cluster {
  size_t first = 0, last = 0;  // [first, last) of the variants
  int64_t start = 0, end = 0;  // of the reference it spells, from the end of the cluster before it
};

bool overlap(const Variant& a, const Variant& b) { return a.end > b.start && a.start < b.end; }

std::vector<Cluster> clusters(const std::vector<Variant>& variants, int64_t start) {
  std::vector<Cluster> out;
  for (size_t i = 0; i < variants.size(); ++i) {
    const auto overlaps = [&](const Cluster& c) {
      return std::any_of(variants.begin() + static_cast<ptrdiff_t>(c.first), variants.begin() + static_cast<ptrdiff_t>(c.last),
                         [&](const Variant& other) { return overlap(other, variants[i]); });
    };
    if (out.empty() || !overlaps(out.back())) {
      out.push_back({i, i, out.empty() ? start : out.back().end, variants[i].end});
    }
    out.back().last = i + 1;
    out.back().end = std::max(out.back().end, variants[i].end);
  }
  return out;
}

// One haplotype through a cluster, or none when an allele starts inside another one. REF takes its first base only: what
// follows may differ by a variant of its own.
std::optional<std::string> haplotype(const std::vector<Variant>& variants, const Cluster& cluster, const std::vector<int>& alleles,
                                     const genome::ReferenceWindow& reference) {
  std::string out;
  int64_t position = cluster.start;
  for (size_t i = 0; i < alleles.size(); ++i) {
    const Variant& variant = variants[cluster.first + i];
    if (variant.start < position) {
      if (alleles[i] != 0) return std::nullopt;
      continue;
    }
    out += reference.between(position, variant.start);
    const std::string_view ref = variant.alleles[0];
    std::string_view allele = variant.alleles[static_cast<size_t>(alleles[i])];
    position = variant.end;
    if (alleles[i] == 0) {
      allele = allele.substr(0, 1);
      position = variant.start + 1;
    } else if (ref.size() > 1 && allele.size() > 1) {
      const size_t shared = shared_suffix(ref, allele);
      allele.remove_suffix(shared);
      position -= static_cast<int64_t>(shared);
    }
    out += allele;
  }
  if (position < cluster.end) out += reference.between(position, cluster.end);
  return out;
}

// All choices of a cluster in the order of its variants' genotypes, the last variant's turning fastest.
class ClusterChoices {
 public:
  ClusterChoices(const std::vector<Variant>& variants, const Cluster& cluster, const genome::ReferenceWindow& reference)
      : variants_(variants), cluster_(cluster), reference_(reference) {}

  // False when there are more than `most` phasings to try, counted by the kilobases that each is spelt in.
  bool spell(int64_t most, std::vector<Choice>& out) {
    double count = 1;
    for (size_t i = cluster_.first; i < cluster_.last; ++i) {
      const auto& genotypes = variants_[i].genotypes;
      const auto het = std::count_if(genotypes.begin(), genotypes.end(), [](const Genotype& g) { return g[0] != g[1]; });
      count *= static_cast<double>(genotypes.size() + static_cast<size_t>(het));
    }
    const double kilobases = 1 + static_cast<double>(cluster_.end - cluster_.start) / 1024;
    if (count / 2 * kilobases > static_cast<double>(most)) return false;
    std::vector<Genotype> chosen;
    choose(chosen, out);
    return true;
  }

 private:
  void choose(std::vector<Genotype>& chosen, std::vector<Choice>& out) {
    const size_t next = cluster_.first + chosen.size();
    if (next == cluster_.last) return out.push_back({chosen, phasings(chosen)});
    for (const Genotype& genotype : variants_[next].genotypes) {
      chosen.push_back(genotype);
      choose(chosen, out);
      chosen.pop_back();
    }
  }

  std::vector<Strings> phasings(const std::vector<Genotype>& genotypes) {
    std::vector<size_t> het;
    for (size_t i = 0; i < genotypes.size(); ++i) {
      if (genotypes[i][0] != genotypes[i][1]) het.push_back(i);
    }
    std::vector<Strings> out;
    std::vector<int> one(genotypes.size()), other(genotypes.size());
    const uint64_t count = het.empty() ? 1 : uint64_t{1} << (het.size() - 1);  // the first het's copies are not swapped
    for (uint64_t swapped = 0; swapped < count; ++swapped) {
      for (size_t i = 0; i < genotypes.size(); ++i) {
        one[i] = genotypes[i][0];
        other[i] = genotypes[i][1];
      }
      for (size_t h = 1; h < het.size(); ++h) {
        if (swapped >> (h - 1) & 1) std::swap(one[het[h]], other[het[h]]);
      }
      const auto& a = spelled(one);
      const auto& b = spelled(other);
      if (a && b && !a->empty() && !b->empty()) out.emplace_back(*a, *b);
    }
    return out;
  }

  const std::optional<std::string>& spelled(const std::vector<int>& alleles) {
    const auto [it, is_new] = spelled_.try_emplace(alleles);
    if (is_new) it->second = haplotype(variants_, cluster_, alleles, reference_);
    return it->second;
  }

  const std::vector<Variant>& variants_;
  const Cluster& cluster_;
  const genome::ReferenceWindow& reference_;
  std::map<std::vector<int>, std::optional<std::string>> spelled_;
};

// A list of variants cut into clusters, with what each of them spells and the reference behind the last.
struct Spelling {
  std::vector<std::vector<Choice>> choices;  // [clusters]
  std::string_view tail;
};

std::optional<Spelling> spelling(const std::vector<Variant>& variants, const genome::ReferenceWindow& reference) {
  Spelling out;
  int64_t end = reference.start;
  for (const Cluster& cluster : clusters(variants, reference.start)) {
    if (!ClusterChoices(variants, cluster, reference).spell(kMaxTruthPairs, out.choices.emplace_back())) return std::nullopt;
    end = cluster.end;
  }
  out.tail = reference.between(end, reference.end());
  return out;
}

// The truth's pairs of haplotypes, each with the last genotypes that spell it.
class TruthPairs {
 public:
  bool fill(const Spelling& spelling) {
    std::vector<const Choice*> chosen;
    return extend(spelling, {{"", ""}}, chosen) && (number(), true);
  }

  const std::vector<std::string>& haplotypes() const { return sorted_; }
  // Index of the pair of two haplotypes, in any order.
  std::optional<size_t> find(size_t a, size_t b) const {
    const auto it = pairs_.find(std::minmax(a, b));
    if (it == pairs_.end()) return std::nullopt;
    return it->second;
  }
  size_t size() const { return genotypes_.size(); }
  const std::vector<Genotype>& genotypes(size_t pair) const { return genotypes_[pair]; }

 private:
  bool extend(const Spelling& spelling, const std::vector<Strings>& prefixes, std::vector<const Choice*>& chosen) {
    if (chosen.size() == spelling.choices.size()) {
      for (const auto& [a, b] : prefixes) record(a + std::string(spelling.tail), b + std::string(spelling.tail), chosen);
      recorded_ += static_cast<int64_t>(prefixes.size());
      return recorded_ <= kMaxTruthPairs;
    }
    for (const Choice& choice : spelling.choices[chosen.size()]) {
      std::vector<Strings> longer;
      for (const auto& [a, b] : prefixes) {
        for (const auto& [c, d] : choice.phasings) {
          longer.emplace_back(a + c, b + d);
          if (a != b && c != d) longer.emplace_back(a + d, b + c);
        }
      }
      chosen.push_back(&choice);
      if (!longer.empty() && !extend(spelling, longer, chosen)) return false;
      chosen.pop_back();
    }
    return true;
  }

  void record(std::string a, std::string b, const std::vector<const Choice*>& chosen) {
    if (b < a) std::swap(a, b);
    auto& genotypes = found_[{std::move(a), std::move(b)}];
    genotypes.clear();
    for (const Choice* choice : chosen) genotypes.insert(genotypes.end(), choice->genotypes.begin(), choice->genotypes.end());
  }

  void number() {
    std::set<std::string_view> haplotypes;
    for (const auto& [pair, genotypes] : found_) haplotypes.insert({pair.first, pair.second});
    sorted_.assign(haplotypes.begin(), haplotypes.end());
    const auto index = [&](const std::string& haplotype) {
      return static_cast<size_t>(std::lower_bound(sorted_.begin(), sorted_.end(), haplotype) - sorted_.begin());
    };
    for (auto& [pair, genotypes] : found_) {
      pairs_[{index(pair.first), index(pair.second)}] = genotypes_.size();
      genotypes_.push_back(std::move(genotypes));
    }
  }

  std::map<Strings, std::vector<Genotype>> found_;
  std::vector<std::string> sorted_;
  std::map<std::pair<size_t, size_t>, size_t> pairs_;
  std::vector<std::vector<Genotype>> genotypes_;
  int64_t recorded_ = 0;
};

// A candidates' haplotype so far: the truth's haplotypes that begin with it.
struct Begun {
  size_t first = 0, last = 0;  // of TruthPairs::haplotypes()
  size_t length = 0;
  bool operator==(const Begun&) const = default;
};

// Walks the candidates' genotypes depth first, which is the order of their product.
class CandidateWalk {
 public:
  CandidateWalk(const Spelling& spelling, const TruthPairs& truth, const std::vector<int>& missed)
      : spelling_(spelling), truth_(truth), missed_(missed), rank_(truth.size(), -1) {}

  bool run() { return extend({{{0, truth_.haplotypes().size(), 0}, {0, truth_.haplotypes().size(), 0}}}, 0, 0); }

  bool found() const { return best_pair_.has_value(); }
  size_t pair() const { return *best_pair_; }
  const std::vector<Genotype>& genotypes() const { return best_; }

 private:
  using Both = std::pair<Begun, Begun>;

  std::optional<Begun> longer(const Begun& begun, std::string_view more) const {
    const auto& all = truth_.haplotypes();
    const auto rest = [&](const std::string& haplotype) {
      return std::string_view(haplotype).substr(std::min(begun.length, haplotype.size())).substr(0, more.size());
    };
    const auto from = all.begin() + static_cast<ptrdiff_t>(begun.first), to = all.begin() + static_cast<ptrdiff_t>(begun.last);
    const auto low = std::lower_bound(from, to, more, [&](const std::string& h, std::string_view m) { return rest(h) < m; });
    const auto high = std::upper_bound(low, to, more, [&](std::string_view m, const std::string& h) { return m < rest(h); });
    if (low == high) return std::nullopt;
    return Begun{static_cast<size_t>(low - all.begin()), static_cast<size_t>(high - all.begin()), begun.length + more.size()};
  }

  // The truth's haplotype that ends with the tail here.
  std::optional<size_t> ended(const Begun& begun) const {
    for (size_t i = begun.first; i < begun.last; ++i) {
      if (std::string_view(truth_.haplotypes()[i]).substr(begun.length) == spelling_.tail) return i;
    }
    return std::nullopt;
  }

  void append(const Both& both, std::string_view a, std::string_view b, std::vector<Both>& out) {
    const auto first = longer(both.first, a);
    if (!first) return;
    if (const auto second = longer(both.second, b)) out.emplace_back(*first, *second);
  }

  // without_copy: candidates so far of genotype 0/0
  bool extend(const std::vector<Both>& begun, size_t cluster, int without_copy) {
    if ((steps_ += static_cast<int64_t>(begun.size())) > kMaxSteps) return false;
    if (cluster == spelling_.choices.size()) {
      for (const Both& both : begun) judge(both, without_copy);
      return true;
    }
    for (const Choice& choice : spelling_.choices[cluster]) {
      std::vector<Both> further;
      for (const Both& both : begun) {
        for (const auto& [c, d] : choice.phasings) {
          append(both, c, d, further);
          if (c != d && both.first != both.second) append(both, d, c, further);
        }
      }
      if (further.empty()) continue;
      const auto reference = std::count(choice.genotypes.begin(), choice.genotypes.end(), Genotype{0, 0});
      const size_t size = genotypes_.size();
      genotypes_.insert(genotypes_.end(), choice.genotypes.begin(), choice.genotypes.end());
      if (!extend(further, cluster + 1, without_copy + static_cast<int>(reference))) return false;
      genotypes_.resize(size);
    }
    return true;
  }

  void judge(const Both& both, int without_copy) {
    const auto a = ended(both.first), b = ended(both.second);
    if (!a || !b) return;
    const auto pair = truth_.find(*a, *b);
    if (!pair) return;
    if (rank_[*pair] < 0) rank_[*pair] = ranks_++;
    const auto score = std::make_tuple(missed_[*pair], without_copy, rank_[*pair]);
    if (best_pair_ && score >= best_score_) return;
    best_score_ = score;
    best_pair_ = *pair;
    best_ = genotypes_;
  }

  const Spelling& spelling_;
  const TruthPairs& truth_;
  const std::vector<int>& missed_;  // copies, by pair
  std::vector<int> rank_;           // of pairs, in the order in which they were met
  int ranks_ = 0;
  int64_t steps_ = 0;
  std::vector<Genotype> genotypes_;
  std::optional<size_t> best_pair_;
  std::tuple<int, int, int> best_score_;
  std::vector<Genotype> best_;
};

}  // namespace

int reference_copies(const Genotype& genotype) { return (genotype[0] == 0) + (genotype[1] == 0); }

std::vector<Genotype> with_missed_copies(Genotype genotype) {
  std::set<Genotype> out{{0, 0}, genotype};
  for (const int allele : genotype) {
    if (allele != 0) out.insert({0, allele});
  }
  return {out.begin(), out.end()};
}

std::optional<Match> best_match(const std::vector<Variant>& candidates, const std::vector<Variant>& truths,
                                const std::vector<Genotype>& truth_genotypes, const genome::ReferenceWindow& reference, Failure& failure) {
  failure = Failure::kTooMany;
  const auto truth = spelling(truths, reference);
  const auto candidate = truth ? spelling(candidates, reference) : std::nullopt;
  TruthPairs pairs;
  if (!candidate || !pairs.fill(*truth)) return std::nullopt;
  std::vector<int> missed(pairs.size());
  for (size_t pair = 0; pair < pairs.size(); ++pair) {
    for (size_t i = 0; i < truths.size(); ++i) {
      missed[pair] += reference_copies(pairs.genotypes(pair)[i]) - reference_copies(truth_genotypes[i]);
    }
  }
  CandidateWalk walk(*candidate, pairs, missed);
  if (!walk.run()) return std::nullopt;
  failure = walk.found() ? Failure::kNone : Failure::kNoMatch;
  if (!walk.found()) return std::nullopt;
  return Match{walk.genotypes(), pairs.genotypes(walk.pair())};
}

}  // namespace haploom::labels
