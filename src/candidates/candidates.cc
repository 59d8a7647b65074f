#include "candidates/candidates.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "genome/dna.h"

namespace haploom::candidates {
namespace {

using pileup::AlleleObservation;
using pileup::AlleleType;
using pileup::PositionCounts;

struct Allele {
  std::string_view bases;
  AlleleType type = AlleleType::kSubstitution;
  int count = 0;    // not low quality
  std::string alt;  // as the candidate spells it
};

bool shows(const AlleleObservation& seen, const Allele& allele) {
  return seen.type == allele.type && seen.bases == allele.bases;
}

bool is_called(const AlleleObservation& seen) { return !seen.low_quality && seen.type != AlleleType::kSoftClip; }

// The alleles that could be called, with their counts, in upstream's order: by bases, then type.
std::vector<Allele> grouped(const PositionCounts& counts) {
  std::vector<const AlleleObservation*> seen;
  for (const AlleleObservation& each : counts.alleles) {
    if (is_called(each)) seen.push_back(&each);
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

bool accepted(const Allele& allele, int depth, const Thresholds& thresholds) {
  const bool snp = allele.type == AlleleType::kSubstitution;
  const double fraction = snp ? thresholds.min_fraction_snps : thresholds.min_fraction_indels;
  return allele.count >= (snp ? thresholds.min_count_snps : thresholds.min_count_indels) &&
         static_cast<double>(allele.count) / depth >= fraction;
}

// The reference base, or with deletions as much of the reference as the longest one takes.
std::string ref_bases(char base, const std::vector<Allele>& alleles) {
  std::string_view longest;
  for (const Allele& allele : alleles) {
    if (allele.type == AlleleType::kDeletion && allele.bases.size() > longest.size()) longest = allele.bases;
  }
  std::string ref(1, base);
  if (!longest.empty()) ref += longest.substr(1);
  return ref;
}

std::string alt_bases(const Allele& allele, std::string_view ref) {
  if (allele.type == AlleleType::kDeletion) return std::string(allele.bases.substr(0, 1)).append(ref.substr(allele.bases.size()));
  return std::string(allele.bases).append(ref.substr(1));
}

genome::Support supporters(const PositionCounts& counts, const Allele& allele) {
  genome::Support out;
  for (const AlleleObservation& seen : counts.alleles) {
    if (shows(seen, allele)) out.push_back(seen.read);
  }
  std::sort(out.begin(), out.end());
  return out;
}

genome::Candidate candidate(int contig, int64_t position, char base, std::vector<Allele> alleles, int depth,
                            const PositionCounts& counts, const PositionCounts* haplotypes) {
  genome::Candidate out;
  out.contig = contig;
  out.start = position;
  out.ref = ref_bases(base, alleles);
  for (Allele& allele : alleles) allele.alt = alt_bases(allele, out.ref);
  std::sort(alleles.begin(), alleles.end(), [](const Allele& a, const Allele& b) { return a.alt < b.alt; });
  out.depth = depth;
  out.allele_depth.push_back(counts.reference);
  for (const Allele& allele : alleles) {
    out.allele_depth.push_back(allele.count);
    out.read_support.push_back(supporters(counts, allele));
    out.haplotype_support.push_back(haplotypes ? supporters(*haplotypes, allele) : genome::Support{});
    out.alts.push_back(allele.alt);
  }
  return out;
}

}  // namespace

std::vector<genome::Candidate> find(const genome::Region& region, const std::vector<PositionCounts>& counts,
                                    const std::vector<PositionCounts>& haplotype_counts,
                                    const pileup::ReferenceWindow& reference, const Thresholds& thresholds) {
  check(static_cast<int64_t>(counts.size()) == region.length(), "one count a position of the region");
  check(haplotype_counts.empty() || haplotype_counts.size() == counts.size(), "haplotypes are counted over the same region");
  const auto least = static_cast<size_t>(std::max(0, std::min(thresholds.min_count_snps, thresholds.min_count_indels)));
  std::vector<genome::Candidate> out;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].alleles.empty() || counts[i].alleles.size() < least) continue;
    const int64_t position = region.start + static_cast<int64_t>(i);
    const char base = reference.at(position);
    if (!genome::is_acgt(base)) continue;
    const int depth = pileup::depth(counts[i]);
    std::vector<Allele> alleles = grouped(counts[i]);
    std::erase_if(alleles, [&](const Allele& allele) { return !accepted(allele, depth, thresholds); });
    if (alleles.empty()) continue;
    out.push_back(candidate(region.contig, position, base, std::move(alleles), depth, counts[i],
                            haplotype_counts.empty() ? nullptr : &haplotype_counts[i]));
  }
  return out;
}

}  // namespace haploom::candidates
