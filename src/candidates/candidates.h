// Candidates of a partition: the alleles that enough reads show.
//
// Source: variant_calling_multisample.cc, very_sensitive_caller.py (DeepVariant 1.9); docs: candidates.md section 7.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::candidates {

struct Thresholds {
  int min_count_snps = 2;
  int min_count_indels = 2;
  float min_fraction_snps = 0.12F;
  float min_fraction_indels = 0.06F;
};

// counts: of the reads; haplotype_counts: of the pangenome's haplotypes over the same region (support lists only), or empty.
std::vector<genome::Candidate> find(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                    const std::vector<pileup::PositionCounts>& haplotype_counts,
                                    const pileup::ReferenceWindow& reference, const Thresholds& thresholds);

}  // namespace haploom::candidates
