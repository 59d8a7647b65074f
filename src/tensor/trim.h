// An alignment cut to the reference bases of an image, without copying it: a view into the read's CIGAR and bases.
//
// Both cut ends may fall inside an operation. An insertion or a clip that stands right at an end is kept, and so is, with
// length 0, whatever begins at the right end: a deletion there still marks its anchor base.
//
// Source: alt_aligned_pileup_lib.cc TrimCigar, TrimRead (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "genome/read.h"

namespace haploom::tensor {

struct TrimmedAlignment {
  int64_t position = 0;          // on the reference, of the first kept operation
  int64_t reference_length = 0;  // of the kept operations, deletions included
  int32_t first_op = 0;          // kept: cigar[first_op, end_op)
  int32_t end_op = 0;
  int32_t first_length = 0;      // what is left of cigar[first_op]
  int32_t last_length = 0;       // and of cigar[end_op - 1]; equal to first_length if only one is kept
  int32_t read_start = 0;        // kept bases: bases[read_start, read_start + read_length)
  int32_t read_length = 0;

  int32_t length_of(const genome::Cigar& cigar, int32_t op) const {
    if (op == first_op) return first_length;
    return op + 1 == end_op ? last_length : cigar[static_cast<size_t>(op)].length;
  }
};

// What an image shows of a read: a stretch of its bases, and how they are aligned.
struct Piece {
  const genome::Read* read = nullptr;
  const genome::Cigar* cigar = nullptr;  // the read's own, or one against a haplotype
  TrimmedAlignment kept;

  std::string_view bases() const {
    return std::string_view(read->bases).substr(static_cast<size_t>(kept.read_start), static_cast<size_t>(kept.read_length));
  }
  std::span<const uint8_t> quality() const {
    return std::span(read->quality).subspan(static_cast<size_t>(kept.read_start), static_cast<size_t>(kept.read_length));
  }
  char kind(int32_t op) const { return (*cigar)[static_cast<size_t>(op)].op; }
  int64_t length(int32_t op) const { return kept.length_of(*cigar, op); }
};

// [start, end) of the reference. A read outside it, or one whose CIGAR tells of more bases than it has, keeps nothing:
// read_length == 0.
TrimmedAlignment trimmed(const genome::Read& read, int64_t start, int64_t end);

}  // namespace haploom::tensor
