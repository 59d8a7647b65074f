// The order in which upstream tries a candidate's genotypes: that of a CPython set.
//
// It decides between assignments that explain the truth equally well, hence the label. Upstream fills a set of tuples
// (i, j) for j = 0..alts, i = 0..j and walks it; tuples of small integers hash alike in every process since CPython 3.8.
//
// Source: haplotype_labeler.py genotype_options_for_variants (DeepVariant 1.9); CPython's tuple hash (xxHash's mixing) and
//         open-addressed set with nine linear probes, checked against python3 for 1 to 5 alts
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace haploom::labels {

using Genotype = std::array<int, 2>;

// All (i, j), i <= j <= alts, in that order.
std::vector<Genotype> genotype_order(size_t alts);

}  // namespace haploom::labels
