#include <algorithm>

#include "realign/realign.h"

namespace haploom::realign {
namespace {

using genome::Cigar;
using genome::CigarOp;
using genome::Read;
using pileup::ReferenceWindow;

constexpr int kRounds = 10;  // NormalizeCigar's bound on shifts

enum class Change {
  kNone,
  kOpening,  // only an indel that opens the read was resolved: counted, not drawn
  kShifted   // something moved or merged
};

constexpr bool is_indel(char op) { return op == 'I' || op == 'D'; }

// Whether the indel at (position, offset), moved one base to the left, spells the same read.
bool can_step_left(const CigarOp& indel, const Read& read, const ReferenceWindow& reference, int64_t position, int64_t offset) {
  const auto base = [&read](int64_t i) { return read.bases[static_cast<size_t>(i)]; };
  const auto size = static_cast<int64_t>(read.bases.size());
  if (indel.op == 'D') {
    const int64_t last = position + indel.length - 1;
    if (offset <= 0 || offset > size || last < reference.start || last >= reference.end()) return false;
    return base(offset - 1) == reference.at(last);
  }
  const int64_t last = offset + indel.length - 1;
  if (position <= reference.start || position > reference.end() || last < 0 || last >= size) return false;
  return base(last) == reference.at(position - 1);
}

// An indel that opens the alignment. A deletion goes, an insertion is aligned to the bases before the read.
// Returns by how much the read's start moves.
int64_t resolve_opening(Cigar& cigar, size_t at, int64_t start) {
  CigarOp& indel = cigar[at];
  if (indel.op == 'D') {
    const int64_t length = indel.length;
    cigar.erase(cigar.begin() + static_cast<std::ptrdiff_t>(at));
    return length;
  }
  if (indel.op == 'I' && indel.length <= start) {
    indel.op = 'M';
    return -int64_t{indel.length};
  }
  return 0;
}

// Moves indel `at` by `steps` out of the match before it. Returns by how much the read's start moves.
int64_t shift(Cigar& cigar, size_t at, int32_t steps, int64_t start) {
  if (at == 0 || (at == 1 && cigar[0].op == 'S')) return resolve_opening(cigar, at, start);
  CigarOp& before = cigar[at - 1];
  if (!genome::is_match(before.op)) return 0;
  before.length -= steps;
  if (at + 1 == cigar.size()) {
    cigar.push_back({'M', steps});
  } else {
    cigar[at + 1].length += steps;
  }
  return 0;
}

// One walk along the CIGAR, up to the first indel that moves. Returns whether one did.
bool shift_first(Read& read, const ReferenceWindow& reference) {
  int64_t position = read.start;
  int64_t offset = 0;
  int32_t room = read.cigar.front().length;
  for (size_t at = 0; at < read.cigar.size(); ++at) {
    const CigarOp part = read.cigar[at];
    int32_t steps = 0;
    if (is_indel(part.op)) {
      while (steps < room && can_step_left(part, read, reference, position - steps, offset - steps)) ++steps;
    }
    if (steps > 0) {
      read.start += shift(read.cigar, at, steps, read.start);
      return true;
    }
    room = part.length;
    if (genome::consumes_reference(part.op) || part.op == 'P') position += part.length;
    if (genome::consumes_read(part.op)) offset += part.length;
  }
  return false;
}

bool merge(CigarOp& first, CigarOp& second) {
  if (first.op == second.op || (genome::is_match(first.op) && genome::is_match(second.op))) {
    first.length += second.length;
    second.length = 0;
    return true;
  }
  if (!is_indel(first.op) || !is_indel(second.op)) return false;
  const auto [less, more] = std::minmax(first.length, second.length);
  const CigarOp rest{first.length > second.length ? first.op : second.op, more - less};
  first = {'M', less};
  second = rest;
  return true;
}

// Drops what is empty and merges neighbours until nothing changes. Returns whether anything did.
bool tidy(Cigar& cigar) {
  bool changed = false;
  while (true) {
    changed |= std::erase_if(cigar, [](const CigarOp& part) { return part.length == 0; }) > 0;
    size_t at = 1;
    while (at < cigar.size() && !merge(cigar[at - 1], cigar[at])) ++at;
    if (at >= cigar.size()) return changed;
    changed = true;
  }
}

// Most reads: nothing to shift, nothing to merge.
bool is_plain(const Cigar& cigar) {
  for (size_t i = 0; i < cigar.size(); ++i) {
    if (is_indel(cigar[i].op) || cigar[i].length == 0) return false;
    if (i > 0 && (cigar[i].op == cigar[i - 1].op || (genome::is_match(cigar[i].op) && genome::is_match(cigar[i - 1].op)))) {
      return false;
    }
  }
  return true;
}

Change normalize_as_upstream(Read& read, const ReferenceWindow& reference) {
  if (is_plain(read.cigar)) return Change::kNone;
  Change change = Change::kNone;
  for (int round = 0; round < kRounds && !read.cigar.empty(); ++round) {
    const bool shifted = shift_first(read, reference);
    const bool tidied = tidy(read.cigar);
    if (!shifted && !tidied) break;
    change = Change::kShifted;
  }
  if (!read.cigar.empty() && is_indel(read.cigar.front().op)) {
    const int64_t moved = resolve_opening(read.cigar, 0, read.start);
    read.start += moved;
    if (moved != 0 && change == Change::kNone) change = Change::kOpening;
  }
  read.end = read.start + genome::reference_length(read.cigar);
  return change;
}

// Upstream normalises against the reference under the partition and its reads, and no base further.
ReferenceWindow narrowed(const genome::Region& region, const std::vector<Read>& reads, const ReferenceWindow& reference) {
  int64_t start = region.start;
  int64_t end = region.end;
  for (const Read& read : reads) {
    start = std::min(start, read.start);
    end = std::max(end, read.end);
  }
  start = std::clamp(start, reference.start, reference.end());
  end = std::clamp(end, start, reference.end());
  return {start, reference.between(start, end)};
}

}  // namespace

bool normalize(Read& read, const ReferenceWindow& reference) {
  const int64_t start = read.start;
  const Cigar before = is_plain(read.cigar) ? Cigar{} : read.cigar;
  return normalize_as_upstream(read, reference) != Change::kNone && (read.start != start || read.cigar != before);
}

std::vector<ReadAlignment> normalize_for_counting(const genome::Region& region, std::vector<Read>& reads,
                                                   const ReferenceWindow& reference) {
  const ReferenceWindow window = narrowed(region, reads, reference);
  std::vector<ReadAlignment> drawn;
  for (size_t i = 0; i < reads.size(); ++i) {
    Read& read = reads[i];
    if (read.start >= region.end || read.end <= region.start || is_plain(read.cigar)) continue;
    ReadAlignment before{static_cast<int32_t>(i), read.start, read.end, read.cigar};
    if (normalize_as_upstream(read, window) == Change::kOpening) drawn.push_back(std::move(before));
  }
  return drawn;
}

}  // namespace haploom::realign
