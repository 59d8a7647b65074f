#include "candidates/complex_alleles.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace haploom::candidates {
namespace {

using pileup::AlleleObservation;
using pileup::AlleleType;
using pileup::PositionCounts;

struct Placed {
  const AlleleObservation* seen = nullptr;
  size_t offset = 0;  // from the deletion's position
};
using ByRead = std::map<int32_t, std::vector<Placed>>;

// What each read shows within REF besides the deletion itself; empty when nothing is another allele than the reference,
// or when another deletion lies there.
ByRead alleles_by_read(std::span<const PositionCounts> counts, size_t length) {
  ByRead out;
  bool other_allele = false;
  for (size_t offset = 0; offset < std::min(length, counts.size()); ++offset) {
    for (const AlleleObservation& seen : counts[offset].alleles) {
      if (seen.type == AlleleType::kDeletion) {
        if (offset == 0 && seen.bases.size() == length) continue;
        return {};
      }
      other_allele |= seen.type != AlleleType::kReference;
      out[seen.read].push_back({&seen, offset});
    }
  }
  return other_allele ? out : ByRead{};
}

// REF with the read's alleles in place; nothing when one reaches beyond it.
std::optional<std::string> spelled(const std::vector<Placed>& alleles, std::string_view ref) {
  std::string out;
  size_t at = 0;  // of REF, spelled so far
  for (const auto& [seen, offset] : alleles) {
    if (offset > at) {
      out += ref.substr(at, offset - at);
      at = offset;
    }
    out += seen->bases;
    at = seen->type == AlleleType::kInsertion ? at + 1 : offset + seen->bases.size();
  }
  if (at > ref.size()) return std::nullopt;
  return out.append(ref.substr(at));
}

}  // namespace

JoinedAlleles join_alleles(std::span<const PositionCounts> counts, std::string_view ref) {
  const ByRead by_read = alleles_by_read(counts, ref.size());
  JoinedAlleles out{counts.front(), !by_read.empty()};
  out.counts.reference = 0;
  std::map<int32_t, std::string> joined;
  for (const auto& [read, alleles] : by_read) {
    auto allele = spelled(alleles, ref);
    if (!allele) return out;  // one read that cannot be spelled leaves all as they were
    joined.emplace(read, std::move(*allele));
  }
  for (AlleleObservation& seen : out.counts.alleles) {
    const auto found = joined.find(seen.read);
    if (found == joined.end()) continue;
    seen.bases = found->second;
    seen.type = seen.bases == ref ? AlleleType::kReference : AlleleType::kSubstitution;
    out.counts.reference += seen.type == AlleleType::kReference ? 1 : 0;
  }
  return out;
}

}  // namespace haploom::candidates
