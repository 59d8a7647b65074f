#include "gbz/strand_merge.h"

#include <algorithm>

#include "base/signals.h"

namespace haploom::gbz {
namespace {

void add_run(std::vector<ShortRun>& runs, uint32_t rank, uint32_t length) {
  if (!runs.empty() && runs.back().rank == rank)
    runs.back().length += length;
  else
    runs.push_back({rank, length});
}

constexpr uint64_t step_key(uint32_t from, uint32_t to) { return uint64_t{from} << 32 | to; }

}  // namespace

bool StrandMerge::has(const std::vector<Branch>& branches, uint32_t code) {
  return std::any_of(branches.begin(), branches.end(), [&](const Branch& branch) { return branch.code == code; });
}

void StrandMerge::mingle(uint32_t from, uint32_t to, unsigned direction, uint32_t length) {
  add_run(mingled_[step_key(from, to)], direction, length);
}

// The next visits of one direction.
void StrandMerge::read(uint32_t code, const Node& node, unsigned direction, uint32_t visits) {
  const Strand& strand = node.strands[direction];
  Reader& reader = readers_[direction];
  while (visits > 0) {
    const ShortRun& run = strand.runs[reader.run];
    const uint32_t length = std::min(visits, run.length - reader.used);
    const uint32_t to = strand.out[run.rank].code;
    const auto [rank, fresh] = ranks_.emplace(to, out_.size());
    if (fresh) out_.push_back({to, 0});
    out_[rank->second].visits += length;
    add_run(runs_, rank->second, length);
    if (to != kEndmarker && has(node.strands[1 - direction].out, to)) mingle(code, to, direction, length);
    visits -= length;
    reader.used += length;
    if (reader.used == run.length) reader = {reader.run + 1, 0};
  }
}

void StrandMerge::merge_node(uint32_t code, const Node& node) {
  readers_ = {};
  out_.clear();
  runs_.clear();
  ranks_.clear();
  const auto& [a, b] = node.strands;
  for (auto x = a.in.begin(), y = b.in.begin(); x != a.in.end() || y != b.in.end();) {
    if (y == b.in.end() || (x != a.in.end() && x->code < y->code)) {
      read(code, node, 0, (x++)->visits);
    } else if (x == a.in.end() || y->code < x->code) {
      read(code, node, 1, (y++)->visits);
    } else {
      const auto step = mingled_.extract(step_key(x->code, code));
      for (const ShortRun& run : step.mapped()) read(code, node, run.rank, run.length);
      ++x;
      ++y;
    }
  }
}

bool StrandMerge::merge(const Take& take) {
  std::vector<uint32_t> ready;
  for (auto& [code, node] : nodes_) {
    for (const Branch& from : node.strands[0].in) node.before += from.code != kEndmarker && has(node.strands[1].in, from.code);
    if (node.before == 0) ready.push_back(code);
  }
  uint64_t merged = 0;
  for (; !ready.empty(); ++merged) {
    base::throw_if_stopped();
    const uint32_t code = ready.back();
    ready.pop_back();
    Node& node = nodes_.at(code);
    merge_node(code, node);
    take(code, out_, runs_);
    for (const Branch& to : node.strands[0].out)
      if (to.code != kEndmarker && has(node.strands[1].out, to.code) && --nodes_.at(to.code).before == 0) ready.push_back(to.code);
    node = {};
  }
  return merged == nodes_.size();
}

void StrandMerge::clear() {
  nodes_.clear();
  mingled_.clear();
}

}  // namespace haploom::gbz
