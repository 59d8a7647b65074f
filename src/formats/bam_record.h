// One htslib record: whether it is wanted, and as a Read.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <htslib/sam.h>

#include <stdexcept>
#include <string>

#include "formats/alignments.h"
#include "genome/read.h"

namespace haploom::formats {

// Whether the filter lets the record pass and it has a place, bases and a CIGAR.
bool passes(const bam1_t& record, const ReadFilter& filter);

// What makes a record unusable, in words that follow its name; the caller knows the file.
struct BadRecord : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// `contig` is the reference's index. original_qualities: those of the tag OQ. Throws BadRecord for a CIGAR that does not fit
// the bases or has an operation outside MIDNSHP=X, and for bases without qualities.
genome::Read decoded(const bam1_t& record, int contig, bool original_qualities = false);

// The record's name as far as it can be told, also of a record that htslib refused.
std::string name_of(const bam1_t& record);

}  // namespace haploom::formats
