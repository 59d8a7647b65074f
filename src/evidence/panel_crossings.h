// Where the panel's haplotypes differ, which of them has what, and what the reads say of it.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>
#include <vector>

#include "evidence/evidence.h"

namespace haploom::evidence {

// A position where a haplotype has another allele than the reference.
struct PanelCrossing {
  int64_t position = 0;
  int alleles = 2;  // REF, the candidate's ALTs if there is one, then those of the panel alone
  std::vector<std::pair<uint32_t, uint8_t>> owners;  // of the haplotypes that cross it: allele of each
  std::vector<double> log_likelihoods;               // of the genotypes in VCF order, log10; the worst no further than 8 below the best
  int candidate = -1;                                // index into the partition's candidates
};

// By position. likelihoods: of each candidate's genotypes.
std::vector<PanelCrossing> panel_crossings(const Partition& partition, const std::vector<std::vector<double>>& likelihoods);

}  // namespace haploom::evidence
