#include "gbz/knot_order.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/signals.h"

namespace haploom::gbz {
namespace {

constexpr size_t kManySuccessors = 32;  // from here on looking one up beats searching

}  // namespace

uint32_t arrived_before(const std::vector<Branch>& arrivals, uint32_t code) {
  uint32_t sum = 0;
  for (const Branch& from : arrivals) {
    if (from.code >= code) break;
    sum += from.visits;
  }
  return sum;
}

Place locate(const std::vector<ShortRun>& runs, uint32_t visit) {
  size_t run = 0;
  uint32_t behind = 0;
  for (; behind + runs[run].length <= visit; ++run) behind += runs[run].length;
  Place at{runs[run].rank, visit - behind};
  for (size_t i = 0; i < run; ++i)
    if (runs[i].rank == at.rank) at.same += runs[i].length;
  return at;
}

KnotOrder::KnotOrder(const std::vector<uint32_t>& nodes) {
  for (const uint32_t code : nodes) nodes_.emplace(code, Node{});
}

// How many came from there before.
uint32_t KnotOrder::count_arrival(Node& node, uint32_t from) {
  const auto at = std::lower_bound(node.in.begin(), node.in.end(), from, [](const Branch& edge, uint32_t code) { return edge.code < code; });
  if (at != node.in.end() && at->code == from) return at->visits++;
  node.in.insert(at, {from, 1});
  return 0;
}

// Within one group only: ranks_ knows the node once it was asked about it.
uint32_t KnotOrder::rank_of(Node& node, uint32_t successor) {
  const auto add = [&] {
    node.out.push_back({successor, 0});
    return static_cast<uint32_t>(node.out.size() - 1);
  };
  if (node.out.size() < kManySuccessors) {
    const auto found = std::find_if(node.out.begin(), node.out.end(), [&](const Branch& edge) { return edge.code == successor; });
    return found == node.out.end() ? add() : static_cast<uint32_t>(found - node.out.begin());
  }
  if (ranks_.empty())
    for (uint32_t i = 0; i < node.out.size(); ++i) ranks_.emplace(node.out[i].code, i);
  const auto known = ranks_.find(successor);
  return known != ranks_.end() ? known->second : ranks_.emplace(successor, add()).first->second;
}

void KnotOrder::append_run(uint32_t rank, uint32_t length) {
  if (length == 0) return;
  if (!merged_.empty() && merged_.back().rank == rank)
    merged_.back().length += length;
  else
    merged_.push_back({rank, length});
}

// Puts the visits of travellers [from, to), all of one node and in rising place, into its record. Their `place` becomes the
// number of earlier visits in the record that go the same way.
void KnotOrder::insert_group(size_t from, size_t to) {
  Node& record = nodes_.at(travellers_[from].node);
  merged_.clear();
  ranks_.clear();
  passed_.assign(record.out.size(), 0);
  uint32_t at = 0;    // visits in merged_
  uint32_t used = 0;  // visits taken of the old run
  size_t old = 0;
  const auto copy_until = [&](uint32_t place) {
    while (at < place && old < record.runs.size()) {
      const uint32_t take = std::min(record.runs[old].length - used, place - at);
      append_run(record.runs[old].rank, take);
      passed_[record.runs[old].rank] += take;
      at += take;
      used += take;
      if (used == record.runs[old].length) {
        ++old;
        used = 0;
      }
    }
  };
  for (size_t i = from; i < to; ++i) {
    Traveller& traveller = travellers_[i];
    copy_until(traveller.place);
    const uint32_t rank = rank_of(record, traveller.next);
    passed_.resize(record.out.size());
    append_run(rank, 1);
    traveller.place = passed_[rank]++;
    ++record.out[rank].visits;
    ++at;
  }
  copy_until(std::numeric_limits<uint32_t>::max());
  record.runs.assign(merged_.begin(), merged_.end());
}

void KnotOrder::enter(uint32_t from, uint32_t to, uint32_t sequence) {
  const uint32_t index = count_arrival(nodes_.at(to), from);
  entries_.push_back({from, to, index, sequence});
}

// Everyone takes the step to `next`.
void KnotOrder::step(const Advance& advance) {
  std::sort(travellers_.begin(), travellers_.end(),
            [](const Traveller& a, const Traveller& b) { return std::tie(a.node, a.place) < std::tie(b.node, b.place); });
  for (size_t from = 0, to = 0; from < travellers_.size(); from = to) {
    while (to < travellers_.size() && travellers_[to].node == travellers_[from].node) ++to;
    insert_group(from, to);
  }
  std::erase_if(travellers_, [&](const Traveller& traveller) { return !nodes_.contains(traveller.next); });
  for (const Traveller& traveller : travellers_) count_arrival(nodes_.at(traveller.next), traveller.node);
  for (Traveller& traveller : travellers_) {
    traveller.place += arrived_before(nodes_.at(traveller.next).in, traveller.node);
    traveller.node = traveller.next;
    traveller.next = advance(traveller.sequence);
  }
}

// Through the finished records, to the step out of the knot.
KnotOrder::Exit KnotOrder::followed(const Entry& entry) const {
  uint32_t code = entry.to;
  const Node* node = &nodes_.at(code);
  uint32_t place = arrived_before(node->in, entry.from) + entry.index;
  for (;;) {
    const Place at = locate(node->runs, place);
    const uint32_t to = node->out[at.rank].code;
    const auto next = nodes_.find(to);
    if (next == nodes_.end()) return {code, to, at.same, entry.sequence};
    node = &next->second;
    place = arrived_before(node->in, code) + at.same;
    code = to;
  }
}

void KnotOrder::solve(const Advance& advance) {
  for (const Entry& entry : entries_)
    travellers_.push_back({entry.to, arrived_before(nodes_.at(entry.to).in, entry.from) + entry.index, advance(entry.sequence), entry.sequence});
  while (!travellers_.empty()) {
    base::throw_if_stopped();
    step(advance);
  }
  for (const Entry& entry : entries_) {
    base::throw_if_stopped();
    exits_.push_back(followed(entry));
  }
  std::sort(exits_.begin(), exits_.end(), [](const Exit& a, const Exit& b) { return std::tie(a.from, a.to, a.place) < std::tie(b.from, b.to, b.place); });
}

}  // namespace haploom::gbz
