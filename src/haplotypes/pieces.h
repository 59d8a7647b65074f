// The pieces of paths inside a window's nodes.
//
// In:     nodes      the window
//         reference  a visit inside it
// Out:    pieces     maximal runs of consecutive visits in the window, by (start node code, start visit); of the two
//                    directions that every path is stored in, the canonical one. The piece that holds `reference` is
//                    kept whatever its direction
//         walks      node codes of the distinct ones
// How:    visits that step together are followed together, as ranges; a range splits where its paths part
// Cost:   O(runs of the window's records) + O(nodes x distinct walks)
// Errors: kInput/kCorrupt when the image's visits contradict each other (no loop, whatever the bytes say)
// Source: mobinasri/gbwtgraph c96ca88, subgraph.cpp (extract_paths, path_is_canonical)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "haplotypes/node_set.h"
#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

struct Pieces {
  struct Found {
    gbz::Visit start;
    uint32_t walk = 0;
  };
  std::vector<Found> found;
  std::vector<std::vector<gbz::NodeCode>> walks;  // each held by some piece; in order of their first piece
  uint32_t reference = 0;             // index into found
  uint64_t nodes_before_reference = 0;  // steps of that piece before the reference visit
};

Pieces find_pieces(const shared_image::Pangenome& pangenome, const NodeSet& nodes, gbz::Visit reference);

// Of a walk and its reversal, the one that is kept (both, for a walk that is its own reversal).
bool is_canonical(gbz::NodeCode first, gbz::NodeCode last);

}  // namespace haploom::haplotypes
