#include "candidates/allele.h"

#include <algorithm>

namespace haploom::candidates {
namespace {

using pileup::AlleleObservation;
using pileup::AlleleType;
using pileup::PositionCounts;

bool can_be_called(const AlleleObservation& seen) {
  return !seen.low_quality && seen.type != AlleleType::kSoftClip && seen.type != AlleleType::kReference;
}

std::vector<Allele> grouped(const PositionCounts& counts) {
  std::vector<const AlleleObservation*> seen;
  for (const AlleleObservation& each : counts.alleles) {
    if (can_be_called(each)) seen.push_back(&each);
  }
  std::sort(seen.begin(), seen.end(), [](const AlleleObservation* a, const AlleleObservation* b) {
    return a->bases != b->bases ? a->bases < b->bases : a->type < b->type;
  });
  std::vector<Allele> out;
  for (const AlleleObservation* each : seen) {
    if (out.empty() || !shows(*each, out.back())) out.push_back({each->bases, each->type, 0, {}});
    ++out.back().count;
  }
  return out;
}

bool is_snp(const Allele& allele) { return allele.type == AlleleType::kSubstitution; }

// Written as upstream's refusal: a product that is not a number (0 times infinity) refuses nothing.
bool enough(const Allele& allele, int count, int depth, const Thresholds& thresholds, double multiplier) {
  const double fraction = is_snp(allele) ? thresholds.min_fraction_snps : thresholds.min_fraction_indels;
  return count >= (is_snp(allele) ? thresholds.min_count_snps : thresholds.min_count_indels) &&
         !(static_cast<double>(count) / depth < fraction * multiplier);
}

int count_of(const Allele& allele, const PositionCounts* counts) {
  if (counts == nullptr) return 0;
  return static_cast<int>(std::count_if(counts->alleles.begin(), counts->alleles.end(), [&allele](const AlleleObservation& seen) {
    return !seen.low_quality && shows(seen, allele);
  }));
}

bool accepted(const Allele& allele, int depth, const PositionCounts* haplotypes, const Thresholds& thresholds) {
  const double most = is_snp(allele) ? thresholds.max_fraction_snps_other : thresholds.max_fraction_indels_other;
  if (most > 0) {
    const int others = count_of(allele, haplotypes);
    if (others > 0 && static_cast<double>(others) / pileup::depth(*haplotypes) > most) return false;
  }
  if (enough(allele, allele.count, depth, thresholds, 1.0)) return true;
  if (thresholds.min_count_of_panel_alleles > 0 && allele.count >= thresholds.min_count_of_panel_alleles && count_of(allele, haplotypes) > 0) return true;
  const int all_depth = depth + (haplotypes ? pileup::depth(*haplotypes) : 0);
  return enough(allele, allele.count + count_of(allele, haplotypes), all_depth, thresholds, thresholds.min_fraction_multiplier);
}

std::string alt_bases(const Allele& allele, std::string_view ref) {
  if (allele.type == AlleleType::kDeletion) return std::string(allele.bases.substr(0, 1)).append(ref.substr(allele.bases.size()));
  if (is_snp(allele) && allele.bases.size() > 1 && ref.size() > 1) return std::string(allele.bases);  // a joined one
  return std::string(allele.bases).append(ref.substr(1));
}

}  // namespace

std::vector<Allele> accepted_alleles(const PositionCounts& counts, const PositionCounts* haplotypes, const Thresholds& thresholds) {
  std::vector<Allele> alleles = grouped(counts);
  if (alleles.empty()) return alleles;
  const int depth = pileup::depth(counts);
  std::erase_if(alleles, [&](const Allele& allele) { return !accepted(allele, depth, haplotypes, thresholds); });
  return alleles;
}

std::vector<Allele> haplotype_alleles(const PositionCounts& haplotypes, const PositionCounts& reads) {
  std::vector<Allele> alleles = grouped(haplotypes);
  for (Allele& allele : alleles) allele.count = count_of(allele, &reads);
  return alleles;
}

std::string ref_bases(char base, const std::vector<Allele>& alleles) {
  std::string_view longest;
  for (const Allele& allele : alleles) {
    if (allele.type == AlleleType::kDeletion && allele.bases.size() > longest.size()) longest = allele.bases;
  }
  std::string ref(1, base);
  if (!longest.empty()) ref += longest.substr(1);
  return ref;
}

void fill_alts(std::vector<Allele>& alleles, std::string_view ref) {
  for (Allele& allele : alleles) allele.alt = alt_bases(allele, ref);
}

Supporters supporters(const PositionCounts& counts, const std::vector<Allele>& alleles) {
  Supporters out;
  out.alleles.resize(alleles.size());
  for (const AlleleObservation& seen : counts.alleles) {
    const auto shown = std::find_if(alleles.begin(), alleles.end(), [&seen](const Allele& allele) { return shows(seen, allele); });
    if (seen.type == AlleleType::kReference) {
      out.reference.push_back(seen.read);
    } else if (shown == alleles.end()) {
      out.uncalled.push_back(seen.read);
    } else {
      out.alleles[static_cast<size_t>(shown - alleles.begin())].push_back(seen.read);
    }
  }
  for (genome::Support& list : out.alleles) std::sort(list.begin(), list.end());
  std::sort(out.uncalled.begin(), out.uncalled.end());
  std::sort(out.reference.begin(), out.reference.end());
  return out;
}

}  // namespace haploom::candidates
