#include "realign/debruijn_graph.h"

#include <algorithm>

#include "genome/dna.h"

namespace haploom::realign {

int32_t DeBruijnGraph::vertex(const char* kmer) {
  const int32_t number = kmers_.insert(kmer);
  if (static_cast<size_t>(number) == vertices_.size()) vertices_.emplace_back();
  return number;
}

bool DeBruijnGraph::repeats(std::string_view reference, int k) {
  kmers_.reset(k);
  const auto count = static_cast<int32_t>(reference.size()) - k + 1;
  for (int32_t i = 0; i < count; ++i) {
    if (kmers_.insert(reference.data() + i) != i) return true;
  }
  return false;
}

// The first of first, first + step, ... up to last for which `bad` is false, where it is false from some point on; more than
// last when there is none. Looks near the start first.
template <class Bad>
static int first_good(int first, int last, int step, Bad bad) {
  if (first > last) return last + 1;
  if (!bad(first)) return first;
  int known_bad = 0;  // in steps from `first`
  int limit = (last - first) / step;
  int stride = 1;
  int known_good = limit + 1;
  while (known_bad + stride <= limit) {
    if (!bad(first + (known_bad + stride) * step)) {
      known_good = known_bad + stride;
      break;
    }
    known_bad += stride;
    stride *= 2;
  }
  while (known_good - known_bad > 1) {
    const int middle = (known_bad + known_good) / 2;
    (bad(first + middle * step) ? known_bad : known_good) = middle;
  }
  return known_good > limit ? last + 1 : first + known_good * step;
}

int DeBruijnGraph::smallest_k(std::string_view reference) {
  const int last = std::min(options_.max_k, static_cast<int>(reference.size()) - 1);
  return first_good(options_.min_k, last, options_.step_k, [&](int k) { return repeats(reference, k); });
}

// A base of low quality, or none of ACGT, ends a run; runs that are too short for an edge are passed over later.
void DeBruijnGraph::find_runs(std::span<const genome::Read* const> reads) {
  runs_.clear();
  for (const genome::Read* read : reads) {
    if (read->mapq < options_.min_mapq) continue;
    const std::string_view bases = read->bases;
    size_t first = 0;
    for (size_t i = 0; i <= bases.size(); ++i) {
      if (i < bases.size() && read->quality[i] >= options_.min_base_quality && genome::is_acgt(bases[i])) continue;
      if (i - first > static_cast<size_t>(options_.min_k)) runs_.push_back(bases.substr(first, i - first));
      first = i + 1;
    }
  }
}

void DeBruijnGraph::add_run(std::string_view bases, bool is_reference) {
  const auto k = static_cast<size_t>(kmers_.k());
  if (bases.size() <= k) return;
  int32_t from = vertex(bases.data());
  for (size_t next = k; next < bases.size(); ++next) {
    const auto letter = static_cast<size_t>(letter_code(bases[next]));
    int32_t to = at(from).to[letter];
    if (to == KmerTable::kNone) {
      to = vertex(bases.data() + next + 1 - k);
      at(from).to[letter] = to;
    }
    Vertex& vertex = at(from);
    ++vertex.weight[letter];
    vertex.reference |= static_cast<uint8_t>(is_reference << letter);
    from = to;
  }
}

void DeBruijnGraph::build(std::string_view reference, int k) {
  kmers_.reset(k);
  vertices_.clear();
  add_run(reference, true);
  source_ = 0;
  sink_ = kmers_.size() - 1;  // its k-mers are distinct
  for (const std::string_view run : runs_) add_run(run, false);
}

// Takes away vertices that no edge enters, again and again; what is left stands on cycles or behind them.
bool DeBruijnGraph::has_cycle() {
  std::vector<int32_t>& entering = pending_;
  entering.assign(vertices_.size(), 0);
  for (const Vertex& vertex : vertices_) {
    for (const int32_t to : vertex.to) {
      if (to != KmerTable::kNone) ++entering[static_cast<size_t>(to)];
    }
  }
  order_.clear();
  for (size_t i = 0; i < vertices_.size(); ++i) {
    if (entering[i] == 0) order_.push_back(static_cast<int32_t>(i));
  }
  for (size_t done = 0; done < order_.size(); ++done) {
    for (const int32_t to : at(order_[done]).to) {
      if (to != KmerTable::kNone && --entering[static_cast<size_t>(to)] == 0) order_.push_back(to);
    }
  }
  return order_.size() < vertices_.size();
}

// Drops weak edges, and edges that lie on no path from source to sink. order_ is that of has_cycle().
void DeBruijnGraph::prune() {
  constexpr uint8_t kFromSource = 1;
  constexpr uint8_t kToSink = 2;
  for (Vertex& vertex : vertices_) {
    for (size_t letter = 0; letter < vertex.to.size(); ++letter) {
      const bool is_reference = (vertex.reference >> letter & 1) != 0;
      if (!is_reference && vertex.weight[letter] < options_.min_edge_weight) vertex.to[letter] = KmerTable::kNone;
    }
  }
  at(source_).reached |= kFromSource;
  at(sink_).reached |= kToSink;
  for (const int32_t number : order_) {
    if ((at(number).reached & kFromSource) == 0) continue;
    for (const int32_t to : at(number).to) {
      if (to != KmerTable::kNone) at(to).reached |= kFromSource;
    }
  }
  for (size_t i = order_.size(); i-- > 0;) {
    Vertex& vertex = at(order_[i]);
    for (int32_t& to : vertex.to) {
      if (to == KmerTable::kNone) continue;
      if (at(to).reached == (kFromSource | kToSink)) {
        vertex.reached |= kToSink;
      } else {
        to = KmerTable::kNone;
      }
    }
  }
}

// Upstream enumerates breadth first and gives up when more paths are begun or ended than allowed; as each path that is begun
// reaches the sink, that is when there are more of them.
std::vector<std::string> DeBruijnGraph::paths() {
  const auto limit = static_cast<int64_t>(options_.max_num_paths);
  std::vector<int32_t>& count = pending_;
  count.assign(vertices_.size(), 0);
  count[static_cast<size_t>(sink_)] = 1;
  for (size_t i = order_.size(); i-- > 0;) {
    const int32_t number = order_[i];
    if (number == sink_) continue;
    int64_t sum = 0;
    for (const int32_t to : at(number).to) {
      if (to != KmerTable::kNone) sum += count[static_cast<size_t>(to)];
    }
    count[static_cast<size_t>(number)] = static_cast<int32_t>(std::min(sum, limit + 1));
  }
  std::vector<std::string> out;
  const auto total = static_cast<int64_t>(count[static_cast<size_t>(source_)]);
  if (total > limit) return out;
  out.reserve(static_cast<size_t>(total));

  std::string path(kmers_.kmer(source_), static_cast<size_t>(kmers_.k()));
  const size_t opening = path.size();
  struct Step {
    int32_t vertex;
    int next_letter;
  };
  std::vector<Step> steps = {{source_, 0}};
  while (!steps.empty()) {
    auto& [number, letter] = steps.back();
    if (number == sink_) {
      out.push_back(path);
      letter = 5;
    }
    while (letter < 5 && at(number).to[static_cast<size_t>(letter)] == KmerTable::kNone) ++letter;
    if (letter == 5) {
      steps.pop_back();
      if (path.size() > opening) path.pop_back();
      continue;
    }
    const int32_t to = at(number).to[static_cast<size_t>(letter++)];
    path += kmers_.kmer(to)[kmers_.k() - 1];
    steps.push_back({to, 0});
  }
  std::sort(out.begin(), out.end());
  return out;
}

Assembly DeBruijnGraph::assemble(std::string_view reference, std::span<const genome::Read* const> reads) {
  const int last = std::min(options_.max_k, static_cast<int>(reference.size()) - 1);
  const int first = smallest_k(reference);
  if (first <= last) {
    find_runs(reads);
    int built = 0;
    const auto cyclic = [&](int k) {
      built = k;
      build(reference, k);
      return has_cycle();
    };
    const int k = first_good(first, last, options_.step_k, cyclic);
    if (k <= last) {
      if (built != k) cyclic(k);
      prune();
      return {k, paths()};
    }
  }
  return {0, {std::string(reference)}};
}

}  // namespace haploom::realign
