// Labels by position alone: the truth record that starts where the candidate does.
//
// Source: positional_labeler.py, customized_classes_labeler.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "genome/candidate.h"
#include "labels/truth.h"

namespace haploom::labels {

// REF and ALTs without the bases that all of them end with; one base stays of the shortest.
struct Alleles {
  std::string ref;
  std::vector<std::string> alts;
  bool operator==(const Alleles&) const = default;
};
Alleles simplified(std::string ref, std::vector<std::string> alts);

// The record of the same start and, if there is one, of the same alleles (the last such); else the first of the same
// start; null without any. Alleles are compared simplified.
const Truth* matching(const genome::Candidate& candidate, const std::vector<Truth>& truths);

// The truth's genotype in the candidate's allele numbers, in the order of the truth's; what the candidate lacks is 0.
std::vector<int> genotype_in(const genome::Candidate& candidate, const Truth& truth);

// The candidate's alt that the classed record names: its first ALT, if the two REFs agree and the record is not 0/0; else -1.
int classed_alt(const genome::Candidate& candidate, const Truth& truth);

}  // namespace haploom::labels
