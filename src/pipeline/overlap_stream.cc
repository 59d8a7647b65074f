#include "pipeline/overlap_stream.h"

#include <algorithm>
#include <iterator>

namespace haploom::pipeline {

void OverlapStream::add(std::vector<genotype::Call>&& calls) {
  pending_.insert(pending_.end(), std::make_move_iterator(calls.begin()), std::make_move_iterator(calls.end()));
  // The last group of overlapping calls may grow by the next shard's; everything before it is settled.
  size_t group = 0;
  int64_t group_end = 0;
  for (size_t i = 0; i < pending_.size(); ++i) {
    const bool new_group = i == 0 || pending_[i].contig != pending_[i - 1].contig || pending_[i].start >= group_end;
    if (new_group) group = i;
    group_end = new_group ? pending_[i].end() : std::max(group_end, pending_[i].end());
  }
  emit(group);
}

void OverlapStream::finish() { emit(pending_.size()); }

void OverlapStream::emit(size_t count) {
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<genotype::Call> settled(std::make_move_iterator(pending_.begin()), std::make_move_iterator(end));
  pending_.erase(pending_.begin(), end);
  genotype::resolve_overlaps(settled);
  for (const genotype::Call& call : settled) take_(call);
}

}  // namespace haploom::pipeline
