// A pangenome before it is a GBZ: labelled nodes and the walks of its paths.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gbz/gbz.h"

namespace haploom::gbz {

// Node codes of one path, front to back. 32 bits: half the memory, and enough for 2^31 nodes.
using Walk = std::vector<uint32_t>;
constexpr uint64_t kMostNodeIds = (uint64_t{1} << 31) - 1;

struct PathGraph {
  // Label of node id first_id + i: `bases[offset .. offset + length)`; length 0 for an id without a node.
  struct Label {
    uint64_t offset = 0;
    uint32_t length = 0;
  };
  uint64_t first_id = 1;
  std::vector<Label> labels;
  std::string bases;
  std::vector<Gbz::Segment> segments;  // empty when every segment is the node of its name

  std::vector<std::string> samples, contigs;
  std::vector<PathName> paths;
  std::vector<Walk> walks;  // one for each path
  std::vector<std::string> reference_samples;

  std::string_view label(uint64_t id) const {
    const Label& at = labels[id - first_id];
    return std::string_view(bases).substr(at.offset, at.length);
  }
};

}  // namespace haploom::gbz
