// A path graph as a GBZ file.
//
// In:     graph     its walks and bases are used up (and freed as soon as they stand in the file)
//         version   1 (read by every GBZ tool), 2 (sequences as zstd) or 3 (the BWT too)
// Out:    the file's bytes, to `sink`; only ids from the smallest to the largest visited one are kept, labels of ids
//         without visits are dropped, as gbwtgraph does; no document array samples
// Cost:   gbwt_builder.h, then twice the encoded BWT or the bases, whichever is more
// Errors: those of gbwt_builder.h
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "gbz/element_writer.h"
#include "gbz/path_graph.h"

namespace haploom::gbz {

void write_gbz(PathGraph graph, int version, const ElementWriter::Sink& sink);

}  // namespace haploom::gbz
