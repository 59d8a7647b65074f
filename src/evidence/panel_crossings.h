// Where the panel's haplotypes differ: which of them has what, and what the reads say of it.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <utility>
#include <vector>

#include "evidence/evidence.h"

namespace haploom::evidence {

// A candidate's position where a haplotype has another allele than the reference.
struct PanelCrossing {
  int64_t position = 0;
  int alleles = 2;  // REF, the candidate's ALTs, and one more if haplotypes have others than these
  std::vector<std::pair<uint32_t, uint8_t>> owners;  // of the haplotypes that cross it: allele of each
  std::vector<double> log_likelihoods;               // of the genotypes in VCF order, log10; the worst no further than 8 below the best
};

// The crossings of one partition.
class PanelCrossings {
 public:
  explicit PanelCrossings(const Partition& partition);
  // Whether haplotypes differ there, and the model has room for all alleles.
  static bool is_one(const genome::Candidate& candidate);
  PanelCrossing at(const genome::Candidate& candidate, const std::vector<double>& likelihoods) const;

 private:
  const Partition& partition_;
  std::vector<std::vector<std::pair<int64_t, int64_t>>> deletions_;  // of each haplotype
};

}  // namespace haploom::evidence
