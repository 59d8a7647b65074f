#include "evidence/repeat.h"

#include "genome/dna.h"

namespace haploom::evidence {

int64_t run_length(const genome::ReferenceWindow& reference, int64_t position, int step) {
  const char base = reference.at(position);
  if (!genome::is_acgt(base)) return 0;
  int64_t length = 1;
  while (length < kLongestTract && reference.at(position + step * length) == base) ++length;
  return length;
}

Repeat repeat_at(const genome::ReferenceWindow& reference, int64_t position) {
  constexpr int kLongestUnit = 6;
  constexpr int64_t kShortestTract = 4;
  Repeat best;
  for (int unit = 1; unit <= kLongestUnit; ++unit) {
    int64_t tract = unit;
    while (tract < kLongestTract && genome::is_acgt(reference.at(position + tract)) && reference.at(position + tract) == reference.at(position + tract - unit)) ++tract;
    if (tract >= 2 * unit && tract >= kShortestTract && tract > best.tract) best = {unit, tract};
  }
  return best;
}

}  // namespace haploom::evidence
