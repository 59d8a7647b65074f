// Genotypes of a site in VCF order: 0/0 0/1 1/1 0/2 1/2 2/2 ...
//
// Source: VCF 4.2, 1.4.2, field GL
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <concepts>

namespace haploom::genome {

// Of two alleles, in either order.
template <std::integral Index>
constexpr Index genotype_index(Index a, Index b) {
  return a <= b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b;
}

// How many there are.
template <std::integral Index>
constexpr Index genotype_count(Index alleles) {
  return alleles * (alleles + 1) / 2;
}

}  // namespace haploom::genome
