#include "labels/positional.h"

#include <algorithm>

namespace haploom::labels {

Alleles simplified(std::string ref, std::vector<std::string> alts) {
  size_t common = ref.size();
  for (const std::string& alt : alts) common = std::min(common, common_suffix(ref, alt));
  if (alts.empty()) common = 0;
  ref.resize(ref.size() - common);
  for (std::string& alt : alts) alt.resize(alt.size() - common);
  return {std::move(ref), std::move(alts)};
}

const Truth* matching(const genome::Candidate& candidate, const std::vector<Truth>& truths) {
  const Alleles wanted = simplified(candidate.ref, candidate.alts);
  const Truth* first = nullptr;
  const Truth* same = nullptr;
  for (const Truth& truth : truths) {
    if (truth.start != candidate.start) continue;
    if (first == nullptr) first = &truth;
    if (simplified(truth.ref, truth.alts) == wanted) same = &truth;
  }
  return same != nullptr ? same : first;
}

std::vector<int> genotype_in(const genome::Candidate& candidate, const Truth& truth) {
  const Alleles own = simplified(candidate.ref, candidate.alts);
  const Alleles theirs = simplified(truth.ref, truth.alts);
  std::vector<int> out = truth.genotype;
  std::sort(out.begin(), out.end());
  for (int& allele : out) {
    if (allele <= 0) {
      allele = 0;
      continue;
    }
    const Alleles one = simplified(theirs.ref, {theirs.alts[static_cast<size_t>(allele) - 1]});
    allele = 0;
    for (size_t i = own.alts.size(); i-- > 0;) {
      if (simplified(own.ref, {own.alts[i]}) == one) allele = static_cast<int>(i) + 1;
    }
  }
  return out;
}

int classed_alt(const genome::Candidate& candidate, const Truth& truth) {
  if (std::all_of(truth.genotype.begin(), truth.genotype.end(), [](int allele) { return allele == 0; })) return -1;
  const Alleles own = simplified(candidate.ref, candidate.alts);
  const Alleles theirs = simplified(truth.ref, truth.alts);
  if (own.ref != theirs.ref || theirs.alts.empty()) return -1;
  const auto it = std::find(own.alts.begin(), own.alts.end(), theirs.alts[0]);
  return it == own.alts.end() ? -1 : static_cast<int>(it - own.alts.begin());
}

}  // namespace haploom::labels
