// Candidates of a partition: the alleles that enough reads show.
//
// In:     counts            [region.length()] of the reads
//         haplotype_counts  [region.length()] of the pangenome's haplotypes over the same region, or empty; they add to the
//                           support lists only, never to depths or thresholds
//         reference         covers the region
// Out:    one candidate a position at most, by position; all accepted alleles of a position together
// Cost:   positions with fewer than two other alleles cost a look each
// Source: variant_calling_multisample.cc, very_sensitive_caller.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::candidates {

// Defaults: those of make_examples' vsc_min_* flags.
struct Thresholds {
  int min_count_snps = 2;
  int min_count_indels = 2;
  float min_fraction_snps = 0.12F;  // of DP; float32 as upstream's options hold it, compared as double
  float min_fraction_indels = 0.06F;
};

// Support lists hold indices into the reads (haplotypes) that were counted, rising; two records of one read (same name
// and number) are one supporter, listed by the record that shows the allele.
std::vector<genome::Candidate> find(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                    const std::vector<pileup::PositionCounts>& haplotype_counts,
                                    const pileup::ReferenceWindow& reference, const Thresholds& thresholds);

}  // namespace haploom::candidates
