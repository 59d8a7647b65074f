// A site with several alts: which alts stay, and one probability for each genotype out of the answers about each alt set.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "genome/candidate.h"
#include "genome/genotype_index.h"

namespace haploom::genotype {

using genome::genotype_count;
using genome::genotype_index;

// Alts (rising indices) whose own answer, the one about the set {alt}, has a QUAL of at least `least_quality`; if none
// has, the one with the largest, the first of equals. One alt always stays.
std::vector<int> kept_alts(const std::vector<genome::AltSet>& sets,
                           const std::vector<genome::GenotypeProbabilities>& probabilities, double least_quality);

// [genotype_count(1 + listed.size())], VCF order over REF and the listed alts, of which the kept ones are a part; sums to 1.
//
// Each answer about a set S of kept alts bounds what it speaks of: 0 copies bounds 0/0, 1 copy every 0/s, 2 copies every
// s/t with s, t in S. A genotype gets the least of its bounds, 0 if it has an alt that was not kept; then all are divided
// by their sum.
std::vector<double> merged_probabilities(const std::vector<genome::AltSet>& sets,
                                         const std::vector<genome::GenotypeProbabilities>& probabilities,
                                         const std::vector<int>& kept, const std::vector<int>& listed);

// The same six genotypes of two kept alts, as the small network that upstream trained for them says.
std::vector<double> modelled_probabilities(const std::vector<genome::AltSet>& sets,
                                           const std::vector<genome::GenotypeProbabilities>& probabilities,
                                           const std::vector<int>& kept);

// Heterozygous genotypes to 0 and the others to a sum of 1; all 0 if only heterozygous ones had any.
void make_haploid(std::vector<double>& genotype_probabilities);

}  // namespace haploom::genotype
