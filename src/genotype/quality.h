// Probabilities as Phred and log10 numbers, with upstream's bounds and roundings.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

namespace haploom::genotype {

// Closest to certain that a probability may come: 1 - 1.25e-10, i.e. Phred 99.03.
// Source: _MAX_CONFIDENCE of nucleus/util/genomics_math.py (DeepVariant 1.9).
constexpr double kMostCertain = 1.0 - 1.25e-10;

// -10 log10 of the probability that the truth is another than this one, bounded.
double phred_of_error(double probability);

// QUAL: of the probability that some genotype other than the first (0/0) holds; rounded to 7 decimals, ties to even.
double site_quality(std::span<const double> genotype_probabilities);

// GQ: of the best genotype's probability, rounded to an integer (ties to even), at most 99.
int genotype_quality(double best_probability);

// log10 with a floor of log10(1 - kMostCertain).
double log10_likelihood(double probability);

}  // namespace haploom::genotype
