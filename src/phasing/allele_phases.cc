#include <algorithm>

#include "phasing/phasing.h"

namespace haploom::phasing {
namespace {

int phase_of(const genome::Support& support, const std::vector<int>& reads) {
  std::array<int, 3> of = {0, 0, 0};
  for (const int32_t read : support) ++of[static_cast<size_t>(reads[static_cast<size_t>(read)])];
  if (of[1] > of[2] + 1) return 1;
  return of[2] > of[1] + 1 ? 2 : 0;
}

std::optional<std::vector<int>> from_site(const genome::Candidate& candidate, const PhasedSite& site) {
  std::vector<int> out(candidate.alts.size() + 1);
  for (int haplotype = 1; haplotype <= 2; ++haplotype) {
    const std::string& bases = site.bases[static_cast<size_t>(haplotype) - 1];
    const auto alt = std::find(candidate.alts.begin(), candidate.alts.end(), bases);
    if (bases != "REF" && alt == candidate.alts.end()) return std::nullopt;
    out[bases == "REF" ? 0 : static_cast<size_t>(alt - candidate.alts.begin()) + 1] = haplotype;
  }
  return out;
}

}  // namespace

std::vector<std::optional<std::vector<int>>> allele_phases(const std::vector<genome::Candidate>& candidates, const Phasing& phasing) {
  std::vector<std::optional<std::vector<int>>> out;
  auto site = phasing.sites.begin();
  for (const genome::Candidate& candidate : candidates) {
    while (site != phasing.sites.end() && site->position < candidate.start) ++site;
    if (site != phasing.sites.end() && site->position == candidate.start) {
      out.push_back(from_site(candidate, *site));
      continue;
    }
    std::vector<int> phases{phase_of(candidate.ref_support, phasing.reads)};
    for (const genome::Support& support : candidate.read_support) phases.push_back(phase_of(support, phasing.reads));
    out.push_back(std::move(phases));
  }
  return out;
}

}  // namespace haploom::phasing
