// Which contigs of the reference can be called from a reads file: DeepVariant's rule.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "genome/region.h"

namespace haploom::formats {

// Decoys, alternate and unplaced scaffolds, HLA alleles and viruses of the human references, which DeepVariant never
// calls; chrM, X and Y are none of them.
// Source: exclude_contigs.py (DeepVariant 1.9), its 3402 names put as their naming schemes
bool is_excluded_contig(std::string_view name);

// Indices of the reference's contigs, without the excluded ones, that the reads' header has with equal name and length.
// Errors: kInput/kContigs when they hold less than 90 % of the bases of the reference's contigs that are not excluded;
// the message names contigs that are missing or differ. The paths are for the message.
std::vector<int> callable_contigs(const genome::ContigList& reference, const std::string& reference_path,
                                  const genome::ContigList& reads, const std::string& reads_path);

}  // namespace haploom::formats
