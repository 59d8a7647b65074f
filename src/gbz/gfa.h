// GFA 1.0 and 1.1 as a graph with paths.
//
// In:     S lines become nodes, cut into pieces of at most `max_node` bases; W lines become haplotype or reference walks
//         with their four name fields, P lines generic paths; the H line's RS tag lists the reference samples. L lines are
//         checked but not kept: a GBZ holds the edges that its paths use. Plain or gzip, lines in any order. Bases become
//         upper case, as gbwtgraph makes them
// Out:    node ids are the segment names where all are numbers, none is cut and the numbers lie close; else 1, 2, 3 ... in
//         the order of the S lines, with the names kept beside
// Cost:   two passes over the file; memory for the bases (twice that while they are read), the walks (compact_walk.h: about a
//         byte a step), 16 bytes a node, the names and 25 bytes each (while S lines are read, or to the end where names are
//         no node ids), and one line
// Errors: kInput/kGfaFormat with file and line: unknown segment, name used twice, malformed walk, a walk of more or fewer
//         bases than its start and end say, overlaps other than 0M; with the file: no paths, no regular file
// Source: GFA-spec, github.com/GFA-spec/GFA-spec, GFA1.md (W lines: version 1.1)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "gbz/path_graph.h"

namespace haploom::gbz {

PathGraph read_gfa(const std::string& path, uint32_t max_node = kMaxNodeBases);

}  // namespace haploom::gbz
