#include "genome/candidate.h"

namespace haploom::genome {

std::vector<AltSet> alt_sets(int alt_count) {
  std::vector<AltSet> sets;
  for (int i = 0; i < alt_count; ++i) sets.push_back({i});
  for (int i = 0; i < alt_count; ++i) {
    for (int j = i + 1; j < alt_count; ++j) sets.push_back({i, j});
  }
  return sets;
}

}  // namespace haploom::genome
