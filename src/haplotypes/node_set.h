// The nodes of a window: those within `context` bases of one base, along any edges.
//
// Out:    ids, rising; index_of in O(1) where ids lie close, O(log nodes) else
// Cost:   O(edges log edges) of the window
// Source: mobinasri/gbwtgraph c96ca88, subgraph.cpp (find_subgraph)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

class NodeSet {
 public:
  explicit NodeSet(std::vector<uint64_t> ids);  // any order, each once
  const std::vector<uint64_t>& ids() const { return ids_; }
  std::optional<uint32_t> index_of(uint64_t id) const;

 private:
  std::vector<uint64_t> ids_;
  std::vector<uint32_t> direct_;  // index + 1 by id - ids_.front(); empty when ids lie far apart
};

NodeSet nodes_around(const shared_image::Pangenome& pangenome, const shared_image::PathPlace& place, uint64_t context);

}  // namespace haploom::haplotypes
