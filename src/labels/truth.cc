#include "labels/truth.h"

#include <algorithm>

namespace haploom::labels {

RegionSet::RegionSet(std::vector<genome::Region> regions) : regions_(genome::merged(std::move(regions))) {}

bool RegionSet::contains(int contig, int64_t position) const {
  const genome::Region behind{contig, position + 1, 0};  // sorts behind every region that starts at or before position
  const auto after = std::lower_bound(regions_.begin(), regions_.end(), behind, [](const auto& a, const auto& b) {
    return a.contig != b.contig ? a.contig < b.contig : a.start < b.start;
  });
  if (after == regions_.begin()) return false;
  const genome::Region& last = *std::prev(after);
  return last.contig == contig && last.contains(position);
}

size_t common_suffix(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t common = 0;
  while (common + 1 < most && a[a.size() - 1 - common] == b[b.size() - 1 - common]) ++common;
  return common;
}

}  // namespace haploom::labels
