// A read's alignment to a haplotype and the haplotype's to the reference, made into one.
//
// Source: fast_pass_aligner.cc CalculateReadToRefAlignment, MergeCigarOp, SetPositionsMap, IsAlignmentNormalized
//         (DeepVariant 1.9), step by step, for the order of its choices
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

#include "genome/cigar.h"

namespace haploom::realign {

// read_cigar (= X I D S) from base `position` of the haplotype on; haplotype_cigar over the whole haplotype. The result is of
// M I D S. Empty when the read reaches beyond what the haplotype has.
genome::Cigar compose(int32_t read_length, const genome::Cigar& read_cigar, int32_t position, const genome::Cigar& haplotype_cigar);

// How many bases further right than on the haplotype base `position` of it lies on the reference, counted from where the
// haplotype's alignment begins.
int32_t shift_at(const genome::Cigar& haplotype_cigar, int32_t position);

// Whether no indel of the alignment, which starts at `start` of the reference, can move a base to the left.
bool is_leftmost(const genome::Cigar& cigar, int64_t start, std::string_view reference, std::string_view read);

}  // namespace haploom::realign
