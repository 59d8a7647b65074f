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
    auto target = targets_.find(to);
    if (target == targets_.end()) {
      const bool is_shared = to != kEndmarker && has(node.strands[1 - direction].out, to);
      target = targets_.emplace(to, Target{static_cast<uint32_t>(out_.size()), is_shared}).first;
      out_.push_back({to, 0});
    }
    out_[target->second.rank].visits += length;
    add_run(runs_, target->second.rank, length);
    if (target->second.is_shared) mingle(code, to, direction, length);
    visits -= length;
    reader.used += length;
    if (reader.used == run.length) reader = {reader.run + 1, 0};
  }
}

// visit(from, direction, visits) for what comes to the node, in the order of its merged record, as far as that is known: from
// a node that is_left, the directions come one after the other.
template <typename Visit>
void StrandMerge::each_arrival(uint32_t code, const Node& node, Visit visit) const {
  const auto& [a, b] = node.strands;
  for (auto x = a.in.begin(), y = b.in.begin(); x != a.in.end() || y != b.in.end();) {
    const bool in_a = y == b.in.end() || (x != a.in.end() && x->code <= y->code);
    const bool in_b = x == a.in.end() || (y != b.in.end() && y->code <= x->code);
    const uint32_t from = in_a ? x->code : y->code;
    const auto step = in_a && in_b ? mingled_.find(step_key(from, code)) : mingled_.end();
    if (step != mingled_.end()) {
      for (const ShortRun& run : step->second) visit(from, run.rank, run.length);
    } else {
      if (in_a) visit(from, 0U, x->visits);
      if (in_b) visit(from, 1U, y->visits);
    }
    x += in_a ? 1 : 0;
    y += in_b ? 1 : 0;
  }
}

void StrandMerge::merge_node(uint32_t code, const Node& node) {
  readers_ = {};
  out_.clear();
  runs_.clear();
  targets_.clear();
  each_arrival(code, node, [&](uint32_t, unsigned direction, uint32_t visits) { read(code, node, direction, visits); });
}

bool StrandMerge::is_left(uint32_t code) const {
  const auto node = nodes_.find(code);
  return node != nodes_.end() && node->second.before > 0;
}

// To its next node, whose code it gives; beyond nodes that are left it cannot be followed.
uint32_t StrandMerge::advance(Follower& follower) const {
  const Strand& strand = nodes_.at(follower.code).strands[follower.direction];
  const Place at = locate(strand.runs, follower.place);
  const uint32_t to = strand.out[at.rank].code;
  if (is_left(to)) {
    follower.place = arrived_before(nodes_.at(to).strands[follower.direction].in, follower.code) + at.same;
    follower.code = to;
  }
  return to;
}

void StrandMerge::merge_left(const Take& take) const {
  std::vector<uint32_t> left;
  for (const auto& [code, node] : nodes_)
    if (node.before > 0) left.push_back(code);
  if (left.empty()) return;
  KnotOrder order(left);
  std::vector<Follower> followers;
  for (const uint32_t code : left) {
    std::array<uint32_t, 2> place{};
    each_arrival(code, nodes_.at(code), [&](uint32_t from, unsigned direction, uint32_t visits) {
      for (uint32_t i = 0; i < visits && !is_left(from); ++i) {
        order.enter(from, code, static_cast<uint32_t>(followers.size()));
        followers.push_back({direction, code, place[direction] + i});
      }
      place[direction] += visits;
    });
  }
  order.solve([&](uint32_t follower) { return advance(followers[follower]); });
  for (const uint32_t code : left) take(code, order.branches(code), order.runs(code));
}

void StrandMerge::merge(const Take& take) {
  std::vector<uint32_t> ready;
  for (auto& [code, node] : nodes_) {
    for (const Branch& from : node.strands[0].in) node.before += from.code != kEndmarker && has(node.strands[1].in, from.code);
    if (node.before == 0) ready.push_back(code);
  }
  while (!ready.empty()) {
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
  merge_left(take);
}

}  // namespace haploom::gbz
