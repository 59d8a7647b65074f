// Genotypes of a site in VCF order: 0/0 0/1 1/1 0/2 1/2 2/2 ...
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace haploom::evidence {

constexpr size_t genotype_index(size_t a, size_t b) { return a < b ? b * (b + 1) / 2 + a : a * (a + 1) / 2 + b; }
constexpr size_t genotypes(size_t alleles) { return alleles * (alleles + 1) / 2; }

}  // namespace haploom::evidence
