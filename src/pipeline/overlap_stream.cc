#include "pipeline/overlap_stream.h"

#include <iterator>

namespace haploom::pipeline {

void OverlapStream::add(std::vector<genotype::Call>&& calls) {
  pending_.insert(pending_.end(), std::make_move_iterator(calls.begin()), std::make_move_iterator(calls.end()));
  emit(genotype::last_group(pending_));
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
