// The alleles of one position, grouped, and which of them are accepted.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "candidates/candidates.h"

namespace haploom::candidates {

struct Allele {
  std::string_view bases;  // into the counts
  pileup::AlleleType type = pileup::AlleleType::kSubstitution;
  int count = 0;    // not low quality
  std::string alt;  // as the candidate spells it
};

inline bool shows(const pileup::AlleleObservation& seen, const Allele& allele) {
  return seen.type == allele.type && seen.bases == allele.bases;
}

// In upstream's order: by bases, then type. haplotypes: null for none. alt is not filled.
std::vector<Allele> accepted_alleles(const pileup::PositionCounts& counts, const pileup::PositionCounts* haplotypes,
                                     const Thresholds& thresholds);

// All alleles of haplotypes, likewise; count: of the reads that show them.
std::vector<Allele> haplotype_alleles(const pileup::PositionCounts& haplotypes, const pileup::PositionCounts& reads);

// The reference base, or with deletions as much of the reference as the longest one takes.
std::string ref_bases(char base, const std::vector<Allele>& alleles);
// Spells the alleles over REF.
void fill_alts(std::vector<Allele>& alleles, std::string_view ref);

// Who shows what at a position: a list for each allele, one for all others, one for the reference where it is tracked. Rising.
struct Supporters {
  std::vector<genome::Support> alleles;
  genome::Support uncalled, reference;
};
Supporters supporters(const pileup::PositionCounts& counts, const std::vector<Allele>& alleles);

}  // namespace haploom::candidates
