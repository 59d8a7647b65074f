// A pangenome before it is a GBZ: labelled nodes and the walks of its paths.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gbz/compact_walk.h"
#include "gbz/gbz.h"
#include "gbz/name_table.h"

namespace haploom::gbz {

struct PathGraph {
  // Label of node id first_id + i: `bases[offset .. offset + length)`; length 0 for an id without a node.
  struct Label {
    uint64_t offset = 0;
    uint32_t length = 0;
  };
  uint64_t first_id = 1;
  std::vector<Label> labels;
  std::string bases;
  // Segments and their first nodes, in rising order; empty when every segment is the node of its name.
  NameTable segments;
  std::vector<uint32_t> segment_firsts;

  std::vector<std::string> samples, contigs;
  std::vector<PathName> paths;
  std::vector<CompactWalk> walks;  // one for each path
  std::vector<std::string> reference_samples;

  std::string_view label(uint64_t id) const {
    const Label& at = labels[id - first_id];
    return std::string_view(bases).substr(at.offset, at.length);
  }
};

}  // namespace haploom::gbz
