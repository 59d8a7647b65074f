// A candidate as numbers, for the small model: who shows REF and ALT and how well, what kind of variant it is, and how much
// reads differ around it.
//
// Out:    [features] integers, in upstream's order:
//         12   over all samples: reads of REF, of ALT, both, depth; ALT as percent of depth, of both; means over REF and over
//              ALT of mapping quality, of base quality, of the reverse strand in percent
//         12 a sample, if there are several
//         7    SNP, insertion, deletion (0 or 1), length inserted, length deleted, several alts at the site, pair of alts
//         window  percents at the site's start - window / 2 .. + window / 2, 0 outside the partition
//         12 a sample and haplotype 0, 1, 2, if reads are phased
//         Means and percents are rounded down. Depth is everybody's: REF, all alts and what was not accepted.
// Source: small_model/make_small_model_examples.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "candidates/candidates.h"
#include "genome/candidate.h"

namespace haploom::candidates {

// What one sample shows of a candidate.
struct Evidence {
  std::vector<ReadSupport> reference;          // where it is tracked (--track_ref_reads)
  std::vector<std::vector<ReadSupport>> alts;  // [alts of the candidate]
  int uncalled = 0;
};
// at: the sample's counts at the candidate's start.
Evidence reads_evidence(const genome::Candidate& candidate, const pileup::PositionCounts& at, const std::vector<genome::Read>& reads);
Evidence haplotypes_evidence(const genome::Candidate& candidate, const pileup::PositionCounts& at, const std::vector<genome::Read>& haplotypes);

struct SummarySample {
  std::string name;
  Evidence evidence;
  std::vector<int> phases;  // by read: 0 unknown, 1, 2; a read beyond the end has 0
};

struct SummaryOptions {
  int window = 51;         // --small_model_vaf_context_window_size: odd, or 0 for none
  bool by_haplotype = false;  // --phase_reads
};

// samples: in the order of the sample's drawing; frequencies: of the reads around the candidate.
std::vector<int> summary_features(const genome::Candidate& candidate, const genome::AltSet& alts, const std::vector<SummarySample>& samples,
                                  const std::vector<PositionFrequency>& frequencies, const SummaryOptions& options);

// Names of those numbers; samples: their names.
std::vector<std::string> summary_feature_names(const std::vector<std::string>& samples, const SummaryOptions& options);

}  // namespace haploom::candidates
