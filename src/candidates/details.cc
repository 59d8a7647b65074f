// What is said of a candidate only when somebody asks: its supporters' qualities, and how reads differ around it.
#include <algorithm>

#include "base/error.h"
#include "candidates/candidates.h"

namespace haploom::candidates {

std::vector<ReadSupport> support_details(const genome::Support& support, const pileup::PositionCounts& at,
                                         const std::vector<genome::Read>& reads) {
  std::vector<ReadSupport> out;
  out.reserve(support.size());
  for (const int32_t read : support) {
    const auto seen = std::find_if(at.alleles.begin(), at.alleles.end(), [read](const auto& each) { return each.read == read; });
    check(seen != at.alleles.end(), "a supporter shows an allele at the candidate's position");
    const genome::Read& its = reads.at(static_cast<size_t>(read));
    out.push_back({read, seen->low_quality, its.mapq, seen->base_quality, its.reverse});
  }
  return out;
}

std::vector<PositionFrequency> frequencies_around(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                                  int64_t position, int window) {
  check(static_cast<int64_t>(counts.size()) == region.length() && region.contains(position), "the position is counted");
  std::vector<PositionFrequency> out;
  const int64_t half = window / 2;
  for (int64_t at = std::max(region.start, position - half); at < std::min(region.end, position + half + 1); ++at) {
    const pileup::PositionCounts& here = counts[static_cast<size_t>(at - region.start)];
    const auto others = static_cast<int>(here.alleles.size());
    const int depth = here.reference + others;  // tracked reads of the reference stand on both sides, as upstream has it
    out.push_back({at, depth > 0 ? 100 * others / depth : 0});
  }
  return out;
}

}  // namespace haploom::candidates
