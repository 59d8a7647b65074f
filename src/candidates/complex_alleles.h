// Alleles inside a deletion, joined read by read to alleles of the deletion's length (--create_complex_alleles).
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string_view>

#include "pileup/pileup.h"

namespace haploom::candidates {

struct JoinedAlleles {
  // What stands at the deletion's position now: joined alleles as substitutions, reads that come out as REF as kReference;
  // `reference` counts the latter alone.
  pileup::PositionCounts counts;
  bool joined = false;  // false: nothing inside the deletion, or another deletion
};

// counts: from the deletion's position to the region's end. ref: REF of the site.
// Reads are told apart by record, so that a read's supplementary record stands for itself; upstream tells them by key.
// Source: CreateCombinedAllelesSupport, CreateComplexAllelesSupport, ReassignReadSupportForComplexAlleles
JoinedAlleles join_alleles(std::span<const pileup::PositionCounts> counts, std::string_view ref);

}  // namespace haploom::candidates
