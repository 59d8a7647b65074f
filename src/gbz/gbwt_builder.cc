#include "gbz/gbwt_builder.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "base/error.h"
#include "base/signals.h"
#include "gbz/byte_code.h"

namespace haploom::gbz {
namespace {

constexpr size_t kBlock = size_t{1} << 20;

}  // namespace

GbwtBuilder::GbwtBuilder(NodeCode first_code, uint64_t alphabet_size) : first_code_(first_code), place_(alphabet_size - first_code + 1) {
  check(alphabet_size <= std::numeric_limits<uint32_t>::max(), "node codes have 32 bits");
  check(first_code % 2 == 0 && alphabet_size % 2 == 0, "a node has two codes");
}

void GbwtBuilder::count_visits(const CompactWalk& walk, bool turned) {
  for (WalkCursor at(walk, turned); at.code() != kEndmarker; at.advance()) {
    const uint64_t code = at.code() - first_code_;
    if (uint64_t{++total_[code]} + total_[code ^ 1] >= std::numeric_limits<uint32_t>::max())
      throw Error{Exit::kInput, Reason::kGfaFormat, "gbz", "the paths visit one node 2^32 times", "build one GBZ for each chromosome"};
  }
}

void GbwtBuilder::start(const std::vector<CompactWalk>& walks) {
  check(walks.size() < std::numeric_limits<uint32_t>::max() / 2, "sequence numbers have 32 bits");
  total_.assign(records() - 1, 0);
  cursors_.reserve(2 * walks.size());
  behind_.resize(2 * walks.size());
  for (const CompactWalk& walk : walks) {
    base::throw_if_stopped();
    check(walk.steps > 0, "a walk has steps");
    visit_total_ += 2 * (walk.steps + 1);
    uint64_t reverse = 0;
    for (WalkCursor at(walk, false); at.code() != kEndmarker; at.advance()) reverse += at.code() % 2;
    turned_.push_back(2 * reverse > walk.steps);
    count_visits(walk, turned_.back());
    for (const bool turned : {false, true}) cursors_.emplace_back(walk, turned);
  }
}

// The record of the endmarker, and at which nodes of both directions sequences begin.
void GbwtBuilder::finish_endmarker() {
  std::unordered_map<uint32_t, uint32_t> ranks;
  branches_.clear();
  runs_.clear();
  for (uint32_t sequence = 0; sequence < cursors_.size(); ++sequence) {
    const uint32_t to = cursors_[sequence].code();
    const auto [rank, fresh] = ranks.emplace(to, branches_.size());
    if (fresh) branches_.push_back({to, 0});
    ++branches_[rank->second].visits;
    if (!runs_.empty() && runs_.back().rank == rank->second)
      ++runs_.back().length;
    else
      runs_.push_back({rank->second, 1});
    if (visits(to, 0) > 0 && visits(to, 1) > 0) shared_.begin(to, direction_of(sequence), 1);
  }
  pack(0, branches_, runs_);
}

void GbwtBuilder::free_group(uint32_t group) {
  groups_[group].next = free_groups_;
  free_groups_ = group;
}

// The groups that wait at a record, by the node they come from. Nobody waits there any more.
std::vector<uint32_t> GbwtBuilder::take_groups(uint64_t record) {
  std::vector<uint32_t> out;
  for (uint32_t group = waiting_[record]; group != 0; group = groups_[group].next) out.push_back(group);
  std::sort(out.begin(), out.end(), [&](uint32_t a, uint32_t b) { return groups_[a].from < groups_[b].from; });
  waiting_[record] = 0;
  return out;
}

// The group that goes from one node to the other; the first one that waits there if it exists already.
uint32_t GbwtBuilder::group_from(uint32_t from, uint32_t to) {
  uint32_t& head = waiting_[record_of(to)];
  if (head != 0 && groups_[head].from == from) return head;
  uint32_t group = free_groups_;
  if (group != 0) {
    free_groups_ = groups_[group].next;
  } else {
    group = static_cast<uint32_t>(groups_.size());
    groups_.emplace_back();
  }
  groups_[group] = {from, 0, 0, 0, static_cast<uint32_t>(branches_.size()), head};
  branches_.push_back({to, 0});
  return head = group;
}

void GbwtBuilder::append(uint32_t group, uint32_t sequence) {
  Group& to = groups_[group];
  if (to.count++ == 0)
    to.first = sequence;
  else
    behind_[to.last] = sequence;
  to.last = sequence;
}

// One more visit of the record at work, behind those before it.
void GbwtBuilder::send_on(uint32_t from, uint32_t sequence, uint32_t to) {
  const uint32_t group = group_from(from, to);
  append(group, sequence);
  const uint32_t rank = groups_[group].rank;
  ++branches_[rank].visits;
  if (!runs_.empty() && runs_.back().rank == rank)
    ++runs_.back().length;
  else
    runs_.push_back({rank, 1});
}

void GbwtBuilder::deliver(uint32_t to, uint32_t count) {
  const uint64_t record = record_of(to);
  if (to == kEndmarker) {
    under_way_ -= count;
    free_group(waiting_[0]);
    waiting_[0] = 0;
    return;
  }
  arrived_[record] += count;
  const uint32_t knot = knots_.of.empty() ? 0 : knots_.of[record - 1];
  if (knot == 0) {
    if (arrived_[record] == visits(to, direction_)) ready_.push_back(static_cast<uint32_t>(record));
  } else if ((knot_arrived_[knot - 1] += count) == knots_.knots[knot - 1].entries) {
    ready_knots_.push_back(knot - 1);
  }
}

void GbwtBuilder::finish_record(uint64_t record) {
  const uint32_t code = code_of(record);
  branches_.clear();
  runs_.clear();
  arrivals_.clear();
  for (const uint32_t group : take_groups(record)) {
    arrivals_.push_back({groups_[group].from, groups_[group].count});
    uint32_t sequence = groups_[group].first;
    for (uint32_t left = groups_[group].count; left > 0; --left) {
      const uint32_t behind = behind_[sequence];  // sending it on changes this
      send_on(code, sequence, cursors_[sequence].advance());
      sequence = behind;
    }
    free_group(group);
  }
  keep(code, arrivals_, branches_, runs_);
  for (const Branch& branch : branches_) deliver(branch.code, branch.visits);
}

// The record of one direction: the record if the other one does not come here.
void GbwtBuilder::keep(uint32_t code, const std::vector<Branch>& in, const std::vector<Branch>& out, const std::vector<ShortRun>& runs) {
  if (visits(code, 1 - direction_) == 0)
    pack(record_of(code), out, runs);
  else
    shared_.add(code, direction_, {in, out, runs});
}

// Nothing is ready: walks go in circles ahead. Which nodes lie in those, and who still comes to them?
void GbwtBuilder::tie_knots() {
  check(knots_.of.empty(), "what is no knot gets ready");
  std::vector<WalkCursor> ahead;
  for (uint32_t sequence = 0; sequence < cursors_.size(); ++sequence)
    if (direction_of(sequence) == direction_) ahead.push_back(cursors_[sequence]);
  knots_ = find_knots(ahead, static_cast<uint32_t>(first_code_), records() - 1);
  knot_arrived_.assign(knots_.knots.size(), 0);
  for (uint32_t knot = 0; knot < knots_.knots.size(); ++knot) {
    for (const uint32_t code : knots_.knots[knot].nodes) knot_arrived_[knot] += arrived_[record_of(code)];
    if (knot_arrived_[knot] == knots_.knots[knot].entries) ready_knots_.push_back(knot);
  }
}

void GbwtBuilder::finish_knot(const Knots::Knot& knot) {
  KnotOrder order(knot.nodes);
  for (const uint32_t code : knot.nodes) {
    for (const uint32_t group : take_groups(record_of(code))) {
      uint32_t sequence = groups_[group].first;
      for (uint32_t left = groups_[group].count; left > 0; --left) {
        order.enter(groups_[group].from, code, sequence);
        sequence = behind_[sequence];
      }
      free_group(group);
    }
  }
  order.solve([&](uint32_t sequence) { return cursors_[sequence].advance(); });
  for (const uint32_t code : knot.nodes) keep(code, order.arrivals(code), order.branches(code), order.runs(code));
  const auto& exits = order.exits();
  for (size_t at = 0; at < exits.size();) {
    branches_.clear();
    const uint32_t from = exits[at].from, to = exits[at].to;
    const size_t begin = at;
    for (; at < exits.size() && exits[at].from == from && exits[at].to == to; ++at) append(group_from(from, to), exits[at].sequence);
    deliver(to, static_cast<uint32_t>(at - begin));
  }
}

void GbwtBuilder::run(unsigned direction) {
  direction_ = direction;
  waiting_.assign(records(), 0);
  arrived_.assign(records(), 0);
  groups_.assign(1, {});
  free_groups_ = 0;
  knots_ = {};
  branches_.clear();
  for (uint32_t sequence = 0; sequence < cursors_.size(); ++sequence) {
    if (direction_of(sequence) != direction) continue;
    append(group_from(kEndmarker, cursors_[sequence].code()), sequence);
    ++under_way_;
  }
  for (const Branch& begin : std::vector<Branch>(branches_)) deliver(begin.code, groups_[waiting_[record_of(begin.code)]].count);
  while (under_way_ > 0) {
    base::throw_if_stopped();
    if (!ready_.empty()) {
      const uint32_t record = ready_.back();
      ready_.pop_back();
      finish_record(record);
    } else if (!ready_knots_.empty()) {
      const Knots::Knot knot = std::move(knots_.knots[ready_knots_.back()]);
      ready_knots_.pop_back();
      finish_knot(knot);
    } else {
      tie_knots();
    }
  }
}

void GbwtBuilder::build(const std::vector<CompactWalk>& walks) {
  start(walks);
  finish_endmarker();
  for (const unsigned direction : {0U, 1U}) run(direction);
  shared_.merge([this](uint32_t code, const std::vector<Branch>& out, const std::vector<ShortRun>& runs) { pack(record_of(code), out, runs); });
  shared_ = {};
  cursors_ = {};
  behind_ = {};
  groups_ = {};
  total_ = {};
  waiting_ = {};
  knots_ = {};
  arrived_.assign(records(), 0);
}

void GbwtBuilder::pack(uint64_t record, const std::vector<Branch>& branches, const std::vector<ShortRun>& runs) {
  order_.resize(branches.size());
  new_rank_.resize(branches.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) { return branches[a].code < branches[b].code; });
  packed_.clear();
  append_byte_code(branches.size(), packed_);
  uint32_t before = 0;
  for (uint32_t rank = 0; rank < branches.size(); ++rank) {
    const Branch& branch = branches[order_[rank]];
    new_rank_[order_[rank]] = rank;
    append_byte_code(branch.code - before, packed_);
    append_byte_code(branch.visits, packed_);
    before = branch.code;
  }
  append_byte_code(runs.size(), packed_);
  for (const ShortRun& run : runs) append_byte_code(new_rank_[run.rank] + branches.size() * (run.length - uint64_t{1}), packed_);
  if (blocks_.empty() || blocks_.back().size() + packed_.size() > kBlock) {
    blocks_.emplace_back();
    blocks_.back().reserve(std::max(kBlock, packed_.size()));
  }
  place_[record] = (blocks_.size() - 1) << 32 | (blocks_.back().size() + 1);
  blocks_.back() += packed_;
}

void GbwtBuilder::take_record(uint64_t record, Record& out) {
  out.edges.clear();
  out.runs.clear();
  if (place_[record] == 0) return;
  const char* at = blocks_[place_[record] >> 32].data() + (place_[record] & 0xFFFFFFFF) - 1;
  const uint64_t sigma = take_byte_code(at);
  uint64_t code = 0;
  for (uint64_t rank = 0; rank < sigma; ++rank) {
    code += take_byte_code(at);
    const uint64_t visits = take_byte_code(at);
    uint32_t& arrived = arrived_[record_of(static_cast<uint32_t>(code))];
    out.edges.push_back({code, code == kEndmarker ? 0 : arrived});
    if (code != kEndmarker) arrived += static_cast<uint32_t>(visits);
  }
  for (uint64_t runs = take_byte_code(at); runs > 0; --runs) {
    const uint64_t run = take_byte_code(at);
    out.runs.push_back({static_cast<uint32_t>(run % sigma), run / sigma + 1});
  }
}

}  // namespace haploom::gbz
