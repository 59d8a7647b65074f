#include "gbz/bwt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <random>

#include "base/error.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "gbz/layout.h"

namespace haploom::gbz {
namespace {

constexpr uint64_t kMost = uint64_t{1} << 62;  // beyond any count, far from overflow

// Byte codes of one record: 7 bits a byte, low ones first.
class Codes {
 public:
  explicit Codes(std::span<const std::byte> bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}
  bool done() const { return at_ == end_; }
  uint64_t left() const { return static_cast<uint64_t>(end_ - at_); }
  bool byte(uint64_t& out) {
    if (at_ == end_) return false;
    out = static_cast<uint64_t>(*at_++);
    return true;
  }
  bool code(uint64_t& out) {
    out = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (at_ == end_) return false;
      const auto byte = static_cast<uint64_t>(*at_++);
      if (shift == 63 && byte > 1) return false;
      out |= (byte & 127) << shift;
      if (byte < 128) return true;
    }
    return false;
  }

 private:
  const std::byte* at_;
  const std::byte* end_;
};

bool read_edges(Codes& codes, uint64_t sigma, std::vector<Edge>& edges) {
  NodeCode successor = 0;
  for (uint64_t i = 0; i < sigma; ++i) {
    uint64_t step, base;
    if (!codes.code(step) || !codes.code(base)) return false;
    if ((i > 0 && step == 0) || step > kMost || base > kMost) return false;
    successor += step;
    if (successor > kMost) return false;
    edges.push_back({successor, base});
  }
  return true;
}

bool read_run(Codes& codes, uint64_t sigma, Run& run) {
  uint64_t rank, more;
  if (sigma >= kSigmaOfWideRuns) {
    if (!codes.code(rank) || !codes.code(more) || more >= kMost) return false;
    run.length = more + 1;
  } else {
    uint64_t byte;
    if (!codes.byte(byte)) return false;
    rank = byte % sigma;
    run.length = byte / sigma + 1;
    if (run.length == 256 / sigma) {
      if (!codes.code(more) || more >= kMost) return false;
      run.length += more;
    }
  }
  run.rank = static_cast<uint32_t>(rank);
  return rank < sigma;
}

}  // namespace

uint64_t Record::visits() const {
  uint64_t sum = 0;
  for (const Run& run : runs) sum += run.length;
  return sum;
}

std::span<const std::byte> Bwt::bytes_between(uint64_t start, uint64_t end) const {
  return start <= end && end <= data_.size() ? data_.subspan(start, end - start) : std::span<const std::byte>{};
}

bool Bwt::decode(uint64_t record, Record& out) const { return RecordCursor(*this, record).next(out); }

bool RecordCursor::next(Record& out) {
  if (left_ == 0) return false;
  const uint64_t end = --left_ > 0 ? starts_.next() : bwt_->data_.size();
  const auto bytes = bwt_->bytes_between(at_, end);
  at_ = end;
  return Bwt::decode(bytes, out);
}

bool Bwt::decode(std::span<const std::byte> bytes, Record& out) {
  out.edges.clear();
  out.runs.clear();
  Codes codes(bytes);
  uint64_t sigma;
  if (!codes.code(sigma)) return false;
  if (sigma == 0) return codes.done();
  if (sigma > codes.left() / 2 || sigma > std::numeric_limits<uint32_t>::max()) return false;  // an edge takes two bytes
  if (!read_edges(codes, sigma, out.edges)) return false;
  uint64_t visits = 0;
  while (!codes.done()) {
    Run run;
    if (!read_run(codes, sigma, run)) return false;
    visits += run.length;
    if (visits > kMost) return false;
    out.runs.push_back(run);
  }
  return !out.runs.empty();
}

// Whether the two strands tell the same, of each edge: x -> w with its base and its count is w' -> x' with that count,
// and the base is what the edges of w' before that one count together, for these are the ways into w in the order of where
// they come from. What is claimed by one strand and what the other grants are two lists of (x, w, base, count) that must be
// equal; of each only a sum of 64-bit hashes is kept, by keys of this process, so that a file cannot be made to fool it.
// Then the visits of each node are passed on one-to-one: the base and count of the ways into w tile those of w'.
class Bwt::Balance {
 public:
  void add_claim(NodeCode from, NodeCode to, uint64_t base, uint64_t count) { sum_ += hash(from, to, base, count); }
  void add_grant(NodeCode from, NodeCode to, uint64_t base, uint64_t count) { sum_ -= hash(from, to, base, count); }
  void add(const Balance& other) { sum_ += other.sum_; }
  bool even() const { return sum_ == 0; }

 private:
  static uint64_t mixed(uint64_t a, uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }
  static uint64_t hash(NodeCode from, NodeCode to, uint64_t base, uint64_t count) {
    static const std::array<uint64_t, 4> kKeys = [] {
      std::random_device random;
      std::array<uint64_t, 4> keys;
      for (uint64_t& key : keys) key = uint64_t{random()} << 32 | random();
      return keys;
    }();
    return mixed(mixed(from ^ kKeys[0], to ^ kKeys[1]) ^ base ^ kKeys[2], count ^ kKeys[3]);
  }
  uint64_t sum_ = 0;
};

namespace {

NodeCode turned(NodeCode code) { return code == kEndmarker ? kEndmarker : flipped(code); }

// Calls take(edge) in the order of the turned successors: both strands of a node change places.
template <typename Take>
void for_each_turned(const std::vector<Edge>& edges, Take take) {
  for (size_t i = 0; i < edges.size(); ++i) {
    const NodeCode here = edges[i].successor;
    const bool pair = here != kEndmarker && !is_reverse(here) && i + 1 < edges.size() && edges[i + 1].successor == flipped(here);
    if (pair) take(i + 1);
    take(i);
    i += pair;
  }
}

void count_visits(const Record& record, std::vector<uint64_t>& counts) {
  counts.assign(record.edges.size(), 0);
  for (const Run& run : record.runs) counts[run.rank] += run.length;
}

// How many of a strand's visits come from `from`, and how many before those: as the record of its other strand has it.
struct Ways {
  uint64_t before = 0, count = 0;
};
Ways ways_from(NodeCode from, const Record& other_strand) {
  std::vector<uint64_t> counts;
  count_visits(other_strand, counts);
  Ways out;
  for (size_t i = 0; i < counts.size(); ++i) {
    const NodeCode source = turned(other_strand.edges[i].successor);
    if (source < from) out.before += counts[i];
    if (source == from) out.count = counts[i];
  }
  return out;
}

}  // namespace

struct Bwt::Totals {
  Balance balance;
  uint64_t visits = 0, ends = 0;
};

// Says which record it is that `verify` met: slowly, for a message, and not for ever.
template <typename Refuse>
void Bwt::find_contradiction(Refuse refuse) const {
  Record now, other, endmarker;
  std::vector<uint64_t> counts;
  const auto again = [this](uint64_t record, Record& out) { check(decode(record, out), "a record that decoded does so again"); };
  again(0, endmarker);
  int64_t budget = 1'000'000 + 16 * static_cast<int64_t>(data_.size());  // edges and runs to decode
  for (uint64_t record = 0; record < facts_.records(); ++record) {
    base::throw_if_stopped();
    again(record, now);
    count_visits(now, counts);
    const NodeCode from = facts_.code_of(record);
    for (size_t i = 0; i < counts.size(); ++i) {
      const Edge& edge = now.edges[i];
      const bool ends = edge.successor == kEndmarker;
      if (counts[i] == 0 || (ends && from == kEndmarker)) continue;
      if (!ends) again(facts_.record_of(flipped(edge.successor)), other);
      const Record& looked_at = ends ? endmarker : other;
      budget -= static_cast<int64_t>(1 + looked_at.edges.size() + looked_at.runs.size());
      if (budget < 0) return;
      const Ways ways = ways_from(from, ends ? endmarker : other);
      if (ways.count != counts[i])
        refuse(record, fmt::format("{} visits step to node code {}, {} step back on the other strand", counts[i], edge.successor, ways.count));
      if (!ends && ways.before != edge.base)
        refuse(record, fmt::format("{} visits of node code {} come before its own, it says {}", ways.before, edge.successor, edge.base));
    }
  }
}

void Bwt::verify(const Elements& in, uint64_t at, unsigned threads, uint64_t ids_at_once, const StartLook& start) const {
  const auto refuse = [&](uint64_t record, const std::string& cause) { in.refuse("BWT", at, fmt::format("record {} (byte {} of the BWT): {}", record, starts_[record], cause)); };
  if (facts_.records() == 0) return;
  Totals all;
  std::mutex adding;
  // Decodes and adds one record; its visits.
  const auto take = [&](RecordCursor& cursor, uint64_t record, Record& now, std::vector<uint64_t>& counts, Totals& sum) {
    if (!cursor.next(now)) refuse(record, "its bytes are not a record");
    count_visits(now, counts);
    const NodeCode code = facts_.code_of(record);
    uint64_t visits = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      const Edge& edge = now.edges[i];
      visits += counts[i];
      if (edge.successor == kEndmarker) {
        sum.ends += counts[i];
        continue;
      }
      if (edge.successor >= facts_.alphabet_size) refuse(record, fmt::format("successor {} of an alphabet of {}", edge.successor, facts_.alphabet_size));
      if (edge.successor <= facts_.offset) refuse(record, fmt::format("successor {} is one of the unused codes 1..{}", edge.successor, facts_.offset));
      if (counts[i] != 0) sum.balance.add_claim(code, edge.successor, edge.base, counts[i]);
    }
    if (visits > facts_.size) refuse(record, fmt::format("more visits than the {} declared", facts_.size));
    if (code != kEndmarker) {
      uint64_t before = 0;
      for_each_turned(now.edges, [&](size_t i) {
        if (counts[i] != 0) sum.balance.add_grant(turned(now.edges[i].successor), flipped(code), before, counts[i]);
        before += counts[i];
      });
    }
    sum.visits += visits;
    return visits;
  };
  {
    RecordCursor cursor(*this, 0);
    Record endmarker;
    std::vector<uint64_t> counts;
    const uint64_t starts = take(cursor, 0, endmarker, counts, all);
    if (starts != facts_.sequences) refuse(0, fmt::format("{} sequences start, the header says {}", starts, facts_.sequences));
  }
  base::for_each_parallel((facts_.ids() + ids_at_once - 1) / ids_at_once, threads, [&](uint64_t range) {
    const uint64_t first = range * ids_at_once, end = std::min(first + ids_at_once, facts_.ids());
    const Look look = start ? start(first) : Look{};
    RecordCursor cursor(*this, 2 * first + 1);
    Record forward, reverse;
    std::vector<uint64_t> counts;
    Totals sum;
    for (uint64_t id = first; id < end; ++id) {
      const uint64_t there = take(cursor, 2 * id + 1, forward, counts, sum), back = take(cursor, 2 * id + 2, reverse, counts, sum);
      if (there != back) refuse(2 * id + 1, fmt::format("node {} is visited {} times forward and {} times reverse", facts_.first_id() + id, there, back));
      if (look) look(id, forward, reverse);
    }
    const std::lock_guard lock(adding);
    all.balance.add(sum.balance);
    all.visits += sum.visits;
    all.ends += sum.ends;
  });
  if (all.visits != facts_.size) in.refuse("BWT", at, fmt::format("its records have {} visits, the header says {}", all.visits, facts_.size));
  if (all.ends != facts_.sequences) in.refuse("BWT", at, fmt::format("{} sequences end, the header says {}", all.ends, facts_.sequences));
  if (all.balance.even()) return;
  find_contradiction(refuse);
  in.refuse("BWT", at, "its two strands contradict each other");
}

std::vector<Visit> expand_endmarker(const Record& endmarker) {
  std::vector<Visit> starts;
  starts.reserve(endmarker.visits());
  std::vector<uint64_t> next(endmarker.edges.size());
  for (size_t rank = 0; rank < next.size(); ++rank) next[rank] = endmarker.edges[rank].base;
  for (const Run& run : endmarker.runs)
    for (uint64_t i = 0; i < run.length; ++i) {
      const NodeCode node = endmarker.edges[run.rank].successor;
      starts.push_back(node == kEndmarker ? Visit{} : Visit{node, next[run.rank]++});
    }
  return starts;
}

}  // namespace haploom::gbz
