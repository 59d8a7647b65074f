// Candidates at the sites that a VCF proposes, whatever the reads show there (--variant_caller vcf_candidate_importer).
//
// Source: vcf_candidate_importer.py, variant_calling.cc (DeepVariant 1.9). In training the truth VCF proposes.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "candidates/candidates.h"
#include "formats/vcf_reader.h"

namespace haploom::candidates {

struct ImportOptions {
  std::string path;            // of the VCF, for messages
  bool skip_uncalled = false;  // records whose first sample is ./.; in training
};

// proposed: records that overlap the region; those that start before it belong to another. Their REF is lengthened, alts
// with it, where the reads show a longer deletion. Alts stay in the file's order.
// Out:    one candidate a record; ALT counts are of reads that show the same allele, 0 without any. Reads that show an
//         accepted allele which the record does not propose stand among read_uncalled
// Errors: kInput/kVariants for a REF that is not the reference's. Records with alts that are not spelled in ACGTN are passed
//         over, with one warning
std::vector<genome::Candidate> import_candidates(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                                 const pileup::ReferenceWindow& reference, const Thresholds& thresholds,
                                                 const std::vector<formats::VcfRecord>& proposed, const ImportOptions& options);

}  // namespace haploom::candidates
