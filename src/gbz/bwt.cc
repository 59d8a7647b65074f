#include "gbz/bwt.h"

#include <fmt/format.h>

#include <limits>

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

std::span<const std::byte> Bwt::record_bytes(uint64_t record) const {
  const uint64_t end = record + 1 < starts_.size() ? starts_[record + 1] : data_.size();
  return data_.subspan(starts_[record], end - starts_[record]);
}

bool Bwt::decode(uint64_t record, Record& out) const {
  out.edges.clear();
  out.runs.clear();
  Codes codes(record_bytes(record));
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

std::vector<uint64_t> Bwt::verify(const Elements& in, uint64_t at) const {
  const auto refuse = [&](uint64_t record, const std::string& cause) { in.refuse("BWT", at, fmt::format("record {} (byte {} of the BWT): {}", record, starts_[record], cause)); };
  std::vector<uint64_t> visits(facts_.records()), arrived(facts_.records());
  Record now;
  std::vector<uint64_t> counts;
  uint64_t total = 0, ends = 0;
  for (uint64_t record = 0; record < facts_.records(); ++record) {
    base::throw_if_stopped(record);
    if (!decode(record, now)) refuse(record, "its bytes are not a record");
    counts.assign(now.edges.size(), 0);
    for (const Run& run : now.runs) counts[run.rank] += run.length;
    for (size_t rank = 0; rank < counts.size(); ++rank) {
      const Edge edge = now.edges[rank];
      visits[record] += counts[rank];
      if (edge.successor == kEndmarker) {
        ends += counts[rank];
        continue;
      }
      if (edge.successor >= facts_.alphabet_size) refuse(record, fmt::format("successor {} of an alphabet of {}", edge.successor, facts_.alphabet_size));
      if (edge.successor <= facts_.offset) refuse(record, fmt::format("successor {} is one of the unused codes 1..{}", edge.successor, facts_.offset));
      uint64_t& before = arrived[facts_.record_of(edge.successor)];
      if (edge.base != before) refuse(record, fmt::format("{} visits of node code {} come before its own, it says {}", before, edge.successor, edge.base));
      before += counts[rank];
      if (before > facts_.size) refuse(record, fmt::format("more visits of node code {} than the index has", edge.successor));
    }
    total += visits[record];
    if (total > facts_.size) refuse(record, fmt::format("more visits than the {} declared", facts_.size));
  }
  if (total != facts_.size) in.refuse("BWT", at, fmt::format("its records have {} visits, the header says {}", total, facts_.size));
  if (!visits.empty() && visits[0] != facts_.sequences) refuse(0, fmt::format("{} sequences start, the header says {}", visits[0], facts_.sequences));
  if (ends != facts_.sequences) in.refuse("BWT", at, fmt::format("{} sequences end, the header says {}", ends, facts_.sequences));
  for (uint64_t record = 1; record < facts_.records(); ++record)
    if (arrived[record] != visits[record]) refuse(record, fmt::format("{} visits arrive, {} leave", arrived[record], visits[record]));
  return visits;
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
