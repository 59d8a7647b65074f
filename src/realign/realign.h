// Alignments moved to their normal form: indels shifted left inside the read (DeepVariant's normalize_reads).
//
// For each partition: normalize_for_counting(), pileup::count_alleles(), restore(). In between stand the alignments that
// upstream counts; after it those that upstream draws. The two differ for reads that open with an insertion.
// The local assembly (windows, de Bruijn graph, fast-pass aligner) has its room here.
//
// Source: allelecounter.cc NormalizeCigar, make_examples_core.py (DeepVariant 1.9); Tan, Abecasis and Kang 2015,
//         doi:10.1093/bioinformatics/btv112
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::realign {

// Shifts every indel of the read as far left as the bases allow; start, end and cigar are changed in place.
// Returns whether anything moved.
//
// As upstream, to the letter: at most ten rounds of one shift each; operations of the same kind merged, I beside D
// becomes M and the rest; the operation after a shifted indel grows whatever its kind, so that the CIGAR may end up
// consuming fewer bases than the read has (never more); a read that opens with a deletion loses it, one that opens with
// an insertion has it aligned and starts earlier.
bool normalize(genome::Read& read, const pileup::ReferenceWindow& reference);

// The alignment of a read before it was normalised for counting only.
struct DrawnAlignment {
  int32_t read = 0;  // index into the reads
  int64_t start = 0;
  int64_t end = 0;
  genome::Cigar cigar;
};

// Normalises those of the partition's reads that overlap it. Returns what restore() needs to undo where upstream counts
// the normal form but leaves the read as it was (an opening indel with nothing else to shift).
std::vector<DrawnAlignment> normalize_for_counting(const genome::Region& region, std::vector<genome::Read>& reads,
                                                   const pileup::ReferenceWindow& reference);
void restore(std::vector<genome::Read>& reads, std::vector<DrawnAlignment> drawn);

}  // namespace haploom::realign
