#include "haplotypes/walk_cigar.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace haploom::haplotypes {
namespace {

constexpr uint32_t kNone = 0;              // no column: they count from 1
constexpr uint64_t kLongestMatchedGap = 4;  // equal lengths up to this are M (subgraph.cpp: length < 5)

uint64_t bases(std::span<const uint32_t> lengths) { return std::accumulate(lengths.begin(), lengths.end(), uint64_t{0}); }

void append_gap(genome::Cigar& cigar, uint64_t walk, uint64_t reference) {
  if (walk == reference && walk <= kLongestMatchedGap) {
    genome::append(cigar, 'M', static_cast<int32_t>(walk));
    return;
  }
  genome::append(cigar, 'I', static_cast<int32_t>(walk));
  genome::append(cigar, 'D', static_cast<int32_t>(reference));
}

}  // namespace

WalkAligner::WalkAligner(std::span<const gbz::NodeCode> reference, std::span<const uint32_t> lengths)
    : reference_(reference), reference_lengths_(lengths), steps_(reference.size() / 64 + 1) {
  for (uint32_t column = 1; column <= reference.size(); ++column) occurrences_.push_back({reference[column - 1], column});
  std::sort(occurrences_.begin(), occurrences_.end(),
            [](const Occurrence& a, const Occurrence& b) { return a.code != b.code ? a.code < b.code : a.column > b.column; });
}

// The first step from `column` on; kNone when there is none.
uint32_t WalkAligner::step_at_or_after(uint32_t column, uint32_t columns) const {
  uint64_t word = steps_[column / 64] & ~uint64_t{0} << (column % 64);
  for (uint32_t at = column / 64;; word = steps_[at]) {
    if (word != 0) return at * 64 + static_cast<uint32_t>(std::countr_zero(word));
    if (++at > columns / 64) return kNone;
  }
}

// The table's step next at or after a match moves forward to it.
void WalkAligner::add_match(uint32_t row, uint32_t column, uint32_t columns) {
  const uint32_t removed = step_at_or_after(column, columns);
  if (removed == column) return;
  steps_[column / 64] |= uint64_t{1} << (column % 64);
  if (removed != kNone) steps_[removed / 64] &= ~(uint64_t{1} << (removed % 64));
  changes_.push_back({row, column, removed});
}

void WalkAligner::unmake_row(uint32_t row) {
  for (; !changes_.empty() && changes_.back().row == row; changes_.pop_back()) {
    const Change& change = changes_.back();
    steps_[change.added / 64] &= ~(uint64_t{1} << (change.added % 64));
    if (change.removed != kNone) steps_[change.removed / 64] |= uint64_t{1} << (change.removed % 64);
  }
}

// Columns beyond `columns` stand for nodes that are matched already. Falling columns: a row's matches do not build on
// each other.
void WalkAligner::make_rows(std::span<const gbz::NodeCode> walk, uint32_t columns) {
  std::fill(steps_.begin(), steps_.end(), 0);
  changes_.clear();
  for (uint32_t row = 1; row <= walk.size(); ++row) {
    auto at = std::lower_bound(occurrences_.begin(), occurrences_.end(), walk[row - 1],
                               [](const Occurrence& occurrence, gbz::NodeCode code) { return occurrence.code < code; });
    for (; at != occurrences_.end() && at->code == walk[row - 1]; ++at)
      if (at->column <= columns) add_match(row, at->column, columns);
  }
}

genome::Cigar WalkAligner::cigar(std::span<const gbz::NodeCode> walk, std::span<const uint32_t> lengths) {
  auto p = static_cast<uint32_t>(walk.size()), r = static_cast<uint32_t>(reference_.size());
  matches_.clear();
  for (; p > 0 && r > 0 && walk[p - 1] == reference_[r - 1]; --p, --r) matches_.emplace_back(p - 1, r - 1);
  make_rows(walk.first(p), r);
  while (p > 0 && r > 0) {
    if (walk[p - 1] == reference_[r - 1]) {
      unmake_row(p);
      matches_.emplace_back(--p, --r);
    } else if (is_step(r)) {
      unmake_row(p--);
    } else {
      --r;
    }
  }

  genome::Cigar out;
  uint32_t walk_at = 0, reference_at = 0;
  for (auto match = matches_.rbegin(); match != matches_.rend(); ++match) {
    append_gap(out, bases(lengths.subspan(walk_at, match->first - walk_at)),
               bases(reference_lengths_.subspan(reference_at, match->second - reference_at)));
    genome::append(out, 'M', static_cast<int32_t>(lengths[match->first]));
    walk_at = match->first + 1;
    reference_at = match->second + 1;
  }
  append_gap(out, bases(lengths.subspan(walk_at)), bases(reference_lengths_.subspan(reference_at)));
  return out;
}

}  // namespace haploom::haplotypes
