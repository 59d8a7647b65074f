// What the stages found, as the records of DeepVariant's files.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "formats/records.h"
#include "genome/candidate.h"
#include "genome/region.h"
#include "genotype/reference_confidence.h"
#include "pipeline/examiner.h"

namespace haploom::pipeline {

// A candidate's site with its one call: no genotype yet, AD, DP, VAF, and MID where a small model answered.
// Source: AddReadDepths in variant_calling_multisample.cc, set_model_id in small_model/inference.py (DeepVariant 1.9)
formats::VariantRecord variant_record(const genome::Candidate& candidate, const genome::ContigList& contigs, const std::string& sample);

// The same with all who show its alleles.
struct SampleNames {
  std::string reads;
  std::string haplotypes;
};
formats::CandidateRecord candidate_record(const genome::Candidate& candidate, const Partition& partition,
                                          const genome::ContigList& contigs, const SampleNames& samples, int vaf_window);

// A gVCF block: GQ, MIN_DP, and MED_DP where it is wanted.
formats::VariantRecord block_record(const genotype::ReferenceBlock& block, const std::string& contig, const std::string& sample,
                                    bool include_median_depth);

}  // namespace haploom::pipeline
