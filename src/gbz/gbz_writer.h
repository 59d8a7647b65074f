// A path graph as a GBZ file.
//
// In:     graph     its walks are used up (and freed as soon as they stand in the BWT)
//         version   1 (read by every GBZ tool), 2 (sequences as zstd) or 3 (the BWT too)
// Out:    the file's bytes, to `sink`; only ids from the smallest to the largest visited one are kept, labels of ids
//         without visits are dropped, as gbwtgraph does; no document array samples
// Errors: none of its own but a graph whose walks are more than 2^32 steps
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "gbz/element_writer.h"
#include "gbz/path_graph.h"

namespace haploom::gbz {

void write_gbz(PathGraph graph, int version, const ElementWriter::Sink& sink);

}  // namespace haploom::gbz
