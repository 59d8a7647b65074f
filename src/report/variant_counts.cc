#include "report/variant_counts.h"

#include <numeric>

namespace haploom::report {
namespace {

// An indel keeps its anchor base and has no other in common: the shorter allele has one base.
VariantKind kind_of_one(std::string_view ref, std::string_view alt) {
  if (ref.size() == 1 && alt.size() == 1) return VariantKind::kSnp;
  if (ref.size() < alt.size()) return VariantKind::kInsertion;
  if (ref.size() > alt.size()) return VariantKind::kDeletion;
  size_t differences = 0;
  for (size_t i = 0; i < ref.size(); ++i) differences += ref[i] != alt[i];
  return differences == 1 ? VariantKind::kSnp : VariantKind::kOther;
}

}  // namespace

std::string_view name(VariantKind kind) {
  switch (kind) {
    case VariantKind::kSnp: return "SNP";
    case VariantKind::kInsertion: return "insertion";
    case VariantKind::kDeletion: return "deletion";
    case VariantKind::kOther: return "other";
  }
  return "other";
}

VariantKind kind_of(std::string_view ref, const std::vector<std::string>& alts) {
  if (alts.empty()) return VariantKind::kOther;
  const VariantKind first = kind_of_one(ref, alts[0]);
  for (const std::string& alt : alts)
    if (kind_of_one(ref, alt) != first) return VariantKind::kOther;
  return first;
}

void VariantCounts::add(VariantKind kind, std::string_view filter, int64_t records) {
  auto found = counts_.find(filter);
  if (found == counts_.end()) found = counts_.emplace(std::string(filter), std::array<int64_t, kVariantKinds>{}).first;
  found->second[static_cast<size_t>(kind)] += records;
}

void VariantCounts::add(const VariantCounts& other) {
  for (const auto& [filter, by_kind] : other.counts_)
    for (int kind = 0; kind < kVariantKinds; ++kind) add(static_cast<VariantKind>(kind), filter, by_kind[static_cast<size_t>(kind)]);
}

int64_t VariantCounts::total() const {
  int64_t sum = 0;
  for (const auto& [filter, by_kind] : counts_) sum += std::accumulate(by_kind.begin(), by_kind.end(), int64_t{0});
  return sum;
}

int64_t VariantCounts::of(std::string_view filter) const {
  const auto found = counts_.find(filter);
  return found == counts_.end() ? 0 : std::accumulate(found->second.begin(), found->second.end(), int64_t{0});
}

int64_t VariantCounts::of(std::string_view filter, VariantKind kind) const {
  const auto found = counts_.find(filter);
  return found == counts_.end() ? 0 : found->second[static_cast<size_t>(kind)];
}

std::vector<std::string> VariantCounts::filters() const {
  std::vector<std::string> out;
  for (const auto& [filter, by_kind] : counts_) out.push_back(filter);
  return out;
}

}  // namespace haploom::report
