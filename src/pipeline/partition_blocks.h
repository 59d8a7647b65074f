// The reference blocks of a partition, from the counts of its reads. Blocks never cross partitions, as in DeepVariant.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "genotype/genotype.h"
#include "genotype/reference_confidence.h"
#include "pipeline/examiner.h"

namespace haploom::pipeline {

// haploid: as genotype::reference_blocks takes it.
std::vector<genotype::ReferenceBlock> reference_blocks(const Partition& partition, const genotype::ReferenceConfidences& confidences,
                                                       const std::vector<genome::Region>& haploid = {});

// The same as records of a gVCF. median_depth: they tell it.
std::vector<genotype::GvcfBlock> gvcf_blocks(const Partition& partition, const genotype::ReferenceConfidences& confidences,
                                             const std::vector<genome::Region>& haploid, bool median_depth);

}  // namespace haploom::pipeline
