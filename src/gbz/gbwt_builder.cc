#include "gbz/gbwt_builder.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/error.h"
#include "base/signals.h"

namespace haploom::gbz {
namespace {

constexpr size_t kManySuccessors = 32;  // from here on looking one up beats searching

}  // namespace

GbwtBuilder::GbwtBuilder(NodeCode first_code, uint64_t alphabet_size) : first_code_(first_code), nodes_(alphabet_size - first_code + 1) {
  check(alphabet_size <= std::numeric_limits<uint32_t>::max(), "node codes have 32 bits");
}

uint32_t GbwtBuilder::step_of(const Walk& walk, bool reverse, uint64_t index) {
  if (index >= walk.size()) return kEndmarker;
  return reverse ? walk[walk.size() - 1 - index] ^ 1 : walk[index];
}

// Within one group only: ranks_ knows the node once it was asked about it.
uint32_t GbwtBuilder::rank_of(Node& node, uint32_t successor) {
  const auto add = [&] {
    node.out.push_back({successor, 0});
    return static_cast<uint32_t>(node.out.size() - 1);
  };
  if (node.out.size() < kManySuccessors) {
    const auto found = std::find_if(node.out.begin(), node.out.end(), [&](const Count& edge) { return edge.code == successor; });
    return found == node.out.end() ? add() : static_cast<uint32_t>(found - node.out.begin());
  }
  if (ranks_.empty())
    for (uint32_t i = 0; i < node.out.size(); ++i) ranks_.emplace(node.out[i].code, i);
  const auto known = ranks_.find(successor);
  return known != ranks_.end() ? known->second : ranks_.emplace(successor, add()).first->second;
}

// Visits of the node that come from records with a smaller code.
uint32_t GbwtBuilder::arrived_before(const Node& node, uint32_t code) {
  uint32_t sum = 0;
  for (const Count& from : node.in) {
    if (from.code >= code) break;
    sum += from.visits;
  }
  return sum;
}

void GbwtBuilder::append_run(uint32_t rank, uint32_t length) {
  if (length == 0) return;
  if (!merged_.empty() && merged_.back().rank == rank)
    merged_.back().length += length;
  else
    merged_.push_back({rank, length});
}

// Puts the visits of travellers [from, to), all of one node and in rising place, into its record. Their `place` becomes the
// number of earlier visits in the record that go the same way.
void GbwtBuilder::insert_group(size_t from, size_t to) {
  const uint32_t code = travellers_[from].node;
  Node& record = node(code);
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

void GbwtBuilder::start(const std::vector<Walk>& walks) {
  check(walks.size() < std::numeric_limits<uint32_t>::max() / 2, "sequence numbers have 32 bits");
  for (uint32_t sequence = 0; sequence < 2 * walks.size(); ++sequence) {
    const Walk& walk = walks[sequence / 2];
    check(!walk.empty() && walk.size() < std::numeric_limits<uint32_t>::max(), "a walk has steps, fewer than 2^32");
    visit_total_ += walk.size() + 1;
    if (visit_total_ > std::numeric_limits<uint32_t>::max())
      throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", "the paths have more than 2^32 steps over both strands", "build one GBZ for each chromosome"};
    travellers_.push_back({static_cast<uint32_t>(kEndmarker), sequence, step_of(walk, sequence % 2 == 1, 0), sequence, 0});
  }
}

// Everyone takes the step to `next`.
void GbwtBuilder::advance(const std::vector<Walk>& walks) {
  for (size_t from = 0, to = 0; from < travellers_.size(); from = to) {
    while (to < travellers_.size() && travellers_[to].node == travellers_[from].node) ++to;
    insert_group(from, to);
    for (size_t i = from; i < to; ++i) {
      if (travellers_[i].next == kEndmarker) continue;
      std::vector<Count>& in = node(travellers_[i].next).in;
      const auto place = std::lower_bound(in.begin(), in.end(), travellers_[i].node, [](const Count& edge, uint32_t code) { return edge.code < code; });
      if (place != in.end() && place->code == travellers_[i].node)
        ++place->visits;
      else
        in.insert(place, {travellers_[i].node, 1});
    }
  }
  std::erase_if(travellers_, [](const Traveller& traveller) { return traveller.next == kEndmarker; });
  for (Traveller& traveller : travellers_) {
    traveller.place += arrived_before(node(traveller.next), traveller.node);
    traveller.node = traveller.next;
    traveller.next = step_of(walks[traveller.sequence / 2], traveller.sequence % 2 == 1, ++traveller.steps);
  }
  std::sort(travellers_.begin(), travellers_.end(),
            [](const Traveller& a, const Traveller& b) { return std::tie(a.node, a.place) < std::tie(b.node, b.place); });
}

void GbwtBuilder::build(const std::vector<Walk>& walks) {
  start(walks);
  while (!travellers_.empty()) {
    base::throw_if_stopped();
    advance(walks);
  }
  arrived_.assign(nodes_.size(), 0);
}

void GbwtBuilder::take_record(uint64_t record, Record& out) {
  Node& from = nodes_[record];
  std::vector<uint32_t> order(from.out.size()), rank(from.out.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return from.out[a].code < from.out[b].code; });
  out.edges.clear();
  out.runs.clear();
  for (uint32_t i = 0; i < order.size(); ++i) {
    const Count& edge = from.out[order[i]];
    rank[order[i]] = i;
    uint64_t* arrived = edge.code == kEndmarker ? nullptr : &arrived_[edge.code - first_code_ + 1];
    out.edges.push_back({edge.code, arrived == nullptr ? 0 : *arrived});
    if (arrived != nullptr) *arrived += edge.visits;
  }
  for (const ShortRun& run : from.runs) out.runs.push_back({rank[run.rank], run.length});
  from = {};
}

}  // namespace haploom::gbz
