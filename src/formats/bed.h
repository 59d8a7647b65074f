// Regions out of a BED file, plain or gzipped; of a .bedpe the first interval of each line.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "genome/region.h"

namespace haploom::formats {

// In the file's order; comments, `track` and `browser` lines and empty intervals are passed over.
// Errors (kRegions, with file and line): kInput: a file that cannot be read, a line that is malformed, reversed or starts
// before 0; kUsage: a contig that `contigs` lacks, an interval that leaves its contig.
std::vector<genome::Region> read_bed(const std::string& path, const genome::ContigList& contigs);

}  // namespace haploom::formats
