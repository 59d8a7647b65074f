#include <algorithm>
#include <bit>
#include <string_view>
#include <unordered_map>

#include "phasing/phasing.h"

namespace haploom::phasing {
namespace {

constexpr int kMinAlleles = 2;  // of its haplotype, for a read to be of it

// For each read the last record of the same name and number: they are one.
std::vector<int32_t> representatives(const std::vector<genome::Read>& reads) {
  std::unordered_map<std::string, int32_t> last;
  last.reserve(reads.size());
  for (size_t i = 0; i < reads.size(); ++i) last[reads[i].key()] = static_cast<int32_t>(i);
  std::vector<int32_t> out(reads.size());
  for (size_t i = 0; i < reads.size(); ++i) out[i] = last[reads[i].key()];
  return out;
}

// Sets of reads, one after another, `words` each.
class ReadSets {
 public:
  explicit ReadSets(size_t words = 0) : words_(words) {}
  void resize(size_t sets) { bits_.assign(sets * words_, 0); }
  uint64_t* operator[](size_t set) { return bits_.data() + set * words_; }
  const uint64_t* operator[](size_t set) const { return bits_.data() + set * words_; }

 private:
  size_t words_;
  std::vector<uint64_t> bits_;
};

struct From {  // the pair of alleles one column back; -1: the path begins here
  int one = -1, other = -1;
};
struct Score {
  int reads = -1;  // summed over the columns of the path; -1: there is no such pair
  From from;
};

// A column with the scores of all pairs of its alleles, [one * size + other].
struct Column {
  size_t first = 0;  // of its alleles in the lists of all alleles
  size_t size = 0;
  std::vector<Score> scores;
  const Score& score(size_t one, size_t other) const { return scores[one * size + other]; }
};

struct Edge {
  size_t from = 0, to = 0;  // within their columns
};

class Phaser {
 public:
  Phaser(const std::vector<Site>& sites, const std::vector<genome::Read>& reads)
      : sites_(sites), representative_(representatives(reads)), words_((reads.size() + 63) / 64), shown_(words_), begun_(words_),
        before_{ReadSets(words_), ReadSets(words_)}, here_{ReadSets(words_), ReadSets(words_)} {
    for (const Site& site : sites) {
      columns_.push_back({bases_.size(), site.alleles.size(), std::vector<Score>(site.alleles.size() * site.alleles.size())});
      for (const Allele& allele : site.alleles) bases_.push_back(allele.bases);
    }
    haplotype_.assign(bases_.size(), 0);
    collect_reads(reads.size());
  }

  Phasing run() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const auto between = i == 0 ? std::vector<Edge>{} : edges(i);
      if (between.empty()) {
        start(i);
        continue;
      }
      extend(i, between);
      if (undecided(columns_[i]) && i + 1 < columns_.size()) start(++i);
    }
    walk_back();
    return {phases_of_reads(), phased_sites()};
  }

 private:
  void collect_reads(size_t reads) {
    shown_.resize(bases_.size());
    begun_.resize(bases_.size());
    std::vector<bool> met(reads);
    for (size_t i = 0; i < columns_.size(); ++i) {
      for (size_t a = 0; a < columns_[i].size; ++a) {
        for (const int32_t record : sites_[i].alleles[a].reads) {
          const auto read = static_cast<size_t>(representative_[static_cast<size_t>(record)]);
          const uint64_t bit = uint64_t{1} << (read % 64);
          shown_[columns_[i].first + a][read / 64] |= bit;
          if (!met[read]) begun_[columns_[i].first + a][read / 64] |= bit;
          met[read] = true;
        }
      }
    }
  }

  const std::string& bases(const Column& column, size_t allele) const { return bases_[column.first + allele]; }

  // The alleles of neighbouring columns that a read shows both of, by their bases. An allele that no read leads to is
  // reached from all of them, unless none of the column's is reached.
  std::vector<Edge> edges(size_t column) const {
    const Column& left = columns_[column - 1];
    const Column& right = columns_[column];
    std::vector<Edge> out;
    bool any = false;
    for (size_t to = 0; to < right.size; ++to) {
      const size_t size = out.size();
      for (size_t from = 0; from < left.size; ++from) {
        if (meet(shown_[left.first + from], shown_[right.first + to])) out.push_back({from, to});
      }
      any |= out.size() > size;
      if (out.size() > size) continue;
      for (size_t from = 0; from < left.size; ++from) out.push_back({from, to});
    }
    if (!any) return {};
    std::sort(out.begin(), out.end(), [&](const Edge& a, const Edge& b) {
      const int order = bases(left, a.from).compare(bases(left, b.from));
      return order != 0 ? order < 0 : bases(right, a.to) < bases(right, b.to);
    });
    return out;
  }

  bool meet(const uint64_t* a, const uint64_t* b) const {
    for (size_t w = 0; w < words_; ++w) {
      if ((a[w] & b[w]) != 0) return true;
    }
    return false;
  }

  // Paths begin at this column: all reads of its alleles count. As upstream, a pair is begun in one order only.
  void start(size_t index) {
    Column& column = columns_[index];
    for (ReadSets& side : before_) side.resize(column.size * column.size);
    for (size_t one = 0; one < column.size; ++one) {
      for (size_t other = one; other < column.size; ++other) {
        const uint64_t* a = shown_[column.first + one];
        const uint64_t* b = shown_[column.first + other];
        int reads = 0, more = 0;
        for (size_t w = 0; w < words_; ++w) {
          reads += std::popcount(a[w]);
          more += std::popcount(b[w]);
        }
        const size_t pair = one * column.size + other;
        column.scores[pair] = {std::equal(a, a + words_, b) ? reads : reads + more, {}};
        std::copy(a, a + words_, before_[0][pair]);
        std::copy(b, b + words_, before_[1][pair]);
      }
    }
  }

  void extend(size_t index, const std::vector<Edge>& between) {
    const Column& left = columns_[index - 1];
    Column& right = columns_[index];
    for (ReadSets& side : here_) side.resize(right.size * right.size);
    for (const Edge& one : between) {
      for (const Edge& other : between) {
        const size_t pair = one.to * right.size + other.to;
        const size_t pair_before = one.from * left.size + other.from;
        const Score next = extended(left, right, one, other, pair_before);
        if (!better(next, right.scores[pair], left)) continue;
        right.scores[pair] = next;
        for (size_t w = 0; w < words_; ++w) {
          here_[0][pair][w] = next.from.one < 0 ? 0 : staying(0, right.first + one.to, pair_before, w);
          here_[1][pair][w] = next.from.one < 0 ? 0 : staying(1, right.first + other.to, pair_before, w);
        }
      }
    }
    std::swap(before_, here_);
  }

  // Reads that show the allele and are on the path before it, or show no allele before this one.
  uint64_t staying(size_t side, size_t allele, size_t pair_before, size_t word) const {
    return shown_[allele][word] & (begun_[allele][word] | before_[side][pair_before][word]);
  }

  Score extended(const Column& left, const Column& right, const Edge& one, const Edge& other, size_t pair_before) const {
    const Score& before = left.scores[pair_before];
    if (before.reads < 0) return {0, {}};
    int reads = 0;
    for (size_t w = 0; w < words_; ++w) {
      reads += std::popcount(staying(0, right.first + one.to, pair_before, w) | staying(1, right.first + other.to, pair_before, w));
    }
    return {before.reads + reads, {static_cast<int>(one.from), static_cast<int>(other.from)}};
  }

  bool better(const Score& next, const Score& present, const Column& left) const {
    if (next.reads != present.reads) return next.reads > present.reads;
    if (next.from.one < 0) return false;
    return present.from.one < 0 || spelled(left, next.from) > spelled(left, present.from);
  }

  std::string spelled(const Column& column, const From& pair) const {
    return bases(column, static_cast<size_t>(pair.one)) + bases(column, static_cast<size_t>(pair.other));
  }

  // All pairs that there are have one score.
  static bool undecided(const Column& column) {
    int reads = -1;
    for (const Score& score : column.scores) {
      if (score.reads < 0) continue;
      if (reads >= 0 && score.reads != reads) return false;
      reads = score.reads;
    }
    return true;
  }

  // The pair of the highest score, the last by bases of equals; none when undecided.
  From best(const Column& column) const {
    From out;
    int reads = 0;
    if (undecided(column)) return out;
    for (size_t one = 0; one < column.size; ++one) {
      for (size_t other = 0; other < column.size; ++other) {
        const Score& score = column.score(one, other);
        const From pair{static_cast<int>(one), static_cast<int>(other)};
        if (score.reads < reads) continue;
        if (score.reads == reads && out.one >= 0 && spelled(column, pair) <= spelled(column, out)) continue;
        out = pair;
        reads = score.reads;
      }
    }
    return out;
  }

  void walk_back() {
    From pair;
    for (size_t i = columns_.size(); i-- > 0;) {
      const Column& column = columns_[i];
      if (pair.one < 0) pair = best(column);
      if (pair.one < 0) continue;
      const auto one = static_cast<size_t>(pair.one), other = static_cast<size_t>(pair.other);
      if (one != other) {
        haplotype_[column.first + one] = 1;
        haplotype_[column.first + other] = 2;
      }
      pair = column.score(one, other).from;
    }
  }

  std::vector<int> phases_of_reads() const {
    std::vector<std::array<int, 3>> alleles(representative_.size());
    for (size_t i = 0; i < columns_.size(); ++i) {
      for (size_t a = 0; a < columns_[i].size; ++a) {
        for (const int32_t record : sites_[i].alleles[a].reads) {
          const auto read = static_cast<size_t>(representative_[static_cast<size_t>(record)]);
          ++alleles[read][static_cast<size_t>(haplotype_[columns_[i].first + a])];
        }
      }
    }
    std::vector<int> out;
    for (const int32_t representative : representative_) {
      const auto& [none, one, other] = alleles[static_cast<size_t>(representative)];
      out.push_back(one > other && one >= kMinAlleles ? 1 : other > one && other >= kMinAlleles ? 2 : 0);
    }
    return out;
  }

  std::vector<PhasedSite> phased_sites() const {
    std::vector<PhasedSite> out;
    for (size_t i = 0; i < columns_.size(); ++i) {
      PhasedSite site{sites_[i].position, {}};
      for (size_t a = 0; a < columns_[i].size; ++a) {
        const int haplotype = haplotype_[columns_[i].first + a];
        if (haplotype > 0) site.bases[static_cast<size_t>(haplotype) - 1] = bases(columns_[i], a);
      }
      if (!site.bases[0].empty() && !site.bases[1].empty()) out.push_back(std::move(site));
    }
    return out;
  }

  const std::vector<Site>& sites_;
  std::vector<int32_t> representative_;
  size_t words_;
  std::vector<Column> columns_;
  std::vector<std::string> bases_;  // of all alleles
  ReadSets shown_, begun_;          // of all alleles: reads that show it; of those: it is the first they show
  std::array<ReadSets, 2> before_, here_;  // per pair of the column: the reads on its two paths
  std::vector<int> haplotype_;      // of all alleles: 0, 1 or 2
};

}  // namespace

Phasing phase(const std::vector<Site>& sites, const std::vector<genome::Read>& reads) { return Phaser(sites, reads).run(); }

}  // namespace haploom::phasing
