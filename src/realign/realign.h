// Alignments moved to their normal form: indels shifted left inside the read (DeepVariant's normalize_reads).
//
// Source: allelecounter.cc NormalizeCigar, make_examples_core.py; docs: candidates.md section 6. The local assembly
// (windows, de Bruijn graph, fast-pass aligner; section 4) has its room here.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::realign {

// Shifts every indel of the read as far left as the bases allow; start, end and cigar are changed in place.
// Returns whether anything moved.
bool normalize(genome::Read& read, const pileup::ReferenceWindow& reference);

}  // namespace haploom::realign
