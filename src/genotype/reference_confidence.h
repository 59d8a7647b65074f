// How sure it is that a position shows nothing but the reference: the model behind gVCF's reference blocks.
//
// In:     for each position of a stretch, how many of its reads show the reference
// Out:    blocks of neighbouring positions with GQ in one bin; a position where the reference is not the likeliest is a block
//         of its own without a genotype
// Cost:   a table look-up a position; the table (5,151 entries a ploidy) takes about 1 ms to make
// Errors: kInput/kReference for a reference letter that is no base and no IUPAC code
// Source: variant_caller.py (make_gvcfs, reference_confidence), nucleus/util/genomics_math.py, nucleus/util/math.cc
//         (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "genome/region.h"
#include "genotype/genotype.h"

namespace haploom::genotype {

struct ReferenceModel {
  double p_error = 0.001F;  // of a read; float32 as upstream's options hold it, widened
  int gq_bin = 5;           // 1 or more
};

struct ReferenceConfidence {
  int gq = 0;                              // 0 to 50
  std::array<double, 3> likelihoods = {};  // log10 of 0, 1, 2 copies of any other allele; they sum to 1
  bool reference_is_best() const { return likelihoods[0] >= likelihoods[1] && likelihoods[0] >= likelihoods[2]; }
};

class ReferenceConfidences {
 public:
  explicit ReferenceConfidences(const ReferenceModel& model);
  // reference <= depth. More than 100 reads count as 100 of about the same share.
  const ReferenceConfidence& of(int reference, int depth, Ploidy ploidy) const;
  const ReferenceModel& model() const { return model_; }

 private:
  ReferenceModel model_;
  std::array<std::vector<ReferenceConfidence>, 2> tables_;  // [diploid, haploid][depth * (depth + 1) / 2 + reference]
};

struct ReferenceCount {
  char base = 'N';        // of the reference
  int32_t reference = 0;  // reads that show it
  int32_t depth = 0;      // reads that show anything
};

struct ReferenceBlock {
  int64_t start = 0;
  int64_t end = 0;
  char base = 'N';          // of the first position
  bool called = true;       // 0/0; false: ./.
  ReferenceConfidence confidence;  // of the first position with the lowest GQ
  int min_depth = 0;
  int median_depth = 0;
};

// counts: [region.length()]. haploid: regions of one copy, sorted, apart from each other; any contig.
// Positions whose reference letter is an IUPAC code belong to no block.
std::vector<ReferenceBlock> reference_blocks(const genome::Region& region, std::span<const ReferenceCount> counts,
                                             const ReferenceConfidences& confidences, const std::vector<genome::Region>& haploid);

}  // namespace haploom::genotype
