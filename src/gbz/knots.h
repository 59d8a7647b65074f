// Knots of a set of walks: the parts where a walk can come back to a node, as loops and tandem copies make them.
//
// In:     cursors    where each walk stands; what lies ahead of them is looked at
// Out:    the strongly connected parts of the nodes ahead, of two nodes and more or of one with a step to itself
// Cost:   two passes over what lies ahead; memory for each record ahead 16 bytes, for each pair of neighbours 8
// Source: Tarjan 1972, doi:10.1137/0201010, without recursion
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "gbz/compact_walk.h"

namespace haploom::gbz {

struct Knots {
  struct Knot {
    std::vector<uint32_t> nodes;  // codes
    uint64_t entries = 0;         // times that a walk comes in, or stands at a node of it already
  };
  std::vector<uint32_t> of;  // by code - first_code: 1 + index into knots, 0 for a node of none
  std::vector<Knot> knots;
};

Knots find_knots(const std::vector<WalkCursor>& cursors, uint32_t first_code, uint64_t codes);

}  // namespace haploom::gbz
