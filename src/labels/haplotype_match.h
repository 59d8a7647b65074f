// Genotypes for the candidates of a group that spell the same two haplotypes as the truth does.
//
// All genotypes of the candidates are tried against the truth's own genotypes, copies of which may be missed; of those that
// agree the best is the one with the fewest missed copies, then the fewest candidates without a copy, then the first in
// upstream's order (genotype_order.h). Reference everywhere always agrees.
//
// Cost:   the truth's haplotypes are spelled, at most kMaxTruthPairs pairs of them; candidates are then tried left to right,
//         and only as far as they spell the beginning of one of those. At most kMaxSteps of that
// Source: haplotype_labeler.py find_best_matching_haplotypes (DeepVariant 1.9). Upstream has no limits of its own here:
//         grouping keeps both far below, save where overlapping records are forced together
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "genome/reference_window.h"
#include "labels/genotype_order.h"

namespace haploom::labels {

inline constexpr int64_t kMaxTruthPairs = 1 << 20;
inline constexpr int64_t kMaxSteps = 1 << 24;

struct Variant {
  int64_t start = 0;
  int64_t end = 0;
  std::vector<std::string_view> alleles;  // REF, then ALTs
  std::vector<Genotype> genotypes;        // to be tried, in order
};

// The truth's genotype and what is left of it when one or both copies of an ALT are missed; ascending.
std::vector<Genotype> with_missed_copies(Genotype genotype);

// Copies of REF in a genotype.
int reference_copies(const Genotype& genotype);

struct Match {
  std::vector<Genotype> candidates;
  std::vector<Genotype> truths;
};

enum class Failure { kNone, kTooMany, kNoMatch };  // kNoMatch: a REF is not the reference's

// Both lists by start, every variant inside the window; truths' `genotypes` holds the true one at truth_genotypes.
std::optional<Match> best_match(const std::vector<Variant>& candidates, const std::vector<Variant>& truths,
                                const std::vector<Genotype>& truth_genotypes, const genome::ReferenceWindow& reference, Failure& failure);

}  // namespace haploom::labels
