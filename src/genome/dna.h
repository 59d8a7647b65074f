// Bases as letters.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace haploom::genome {

constexpr bool is_acgt(char base) { return base == 'A' || base == 'C' || base == 'G' || base == 'T'; }

constexpr char upper_case(char base) { return base >= 'a' && base <= 'z' ? static_cast<char>(base - 'a' + 'A') : base; }
std::string upper_case(std::string bases);

// DeepVariant's complement: A<->T, C<->G, every other byte (lower case too) stays as it is.
// Source: nucleus/io/gbz_reader.cc (DeepVariant 1.9).
constexpr char complement_acgt(char base) {
  switch (base) {
    case 'A': return 'T';
    case 'C': return 'G';
    case 'G': return 'C';
    case 'T': return 'A';
    default: return base;
  }
}
std::string reverse_complement_acgt(std::string_view bases);

}  // namespace haploom::genome
