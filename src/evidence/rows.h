// The numbers of a candidate that its partition alone tells.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <span>
#include <vector>

#include "evidence/reads_at.h"

namespace haploom::evidence {

// A row for each of the candidate's sets, appended; what only the shard or the network tells is kNobodyKnows.
void append_rows(const Partition& partition, const genome::Candidate& candidate, const std::vector<genome::AltSet>& sets,
                 const std::vector<ReadAt>& reads, const std::vector<double>& likelihoods, PartitionReads& measured, Rows& out);

// Of a distribution over the site's genotypes (VCF order, of any scale): that of 0, 1 and 2 copies of the set's alleles, sum 1.
std::array<double, 3> copies(std::span<const double> genotypes, size_t alts, const genome::AltSet& set);

// Of log10 values: 10 to the power of each over the largest.
std::vector<double> scaled(std::span<const double> logs);

}  // namespace haploom::evidence
