// Records of nodes that walks of both directions visit, from those of each direction.
//
// In:     the record of each direction, and for nodes where walks of both begin how their sequences mingle
// Out:    the record of both. Visits that come from different nodes are in the order of those; where both directions come
//         from one node, that node's merged record says how they mingle. So records are merged along such steps. What is
//         left where these go in a circle (a tandem copy within an inversion) is a knot (knot_order.h), whose walks are
//         followed through the records of their direction
// Cost:   O(runs), and knot_order.h for what is left; memory: the records in, unpacked, which is little: both directions
//         meet where something is inverted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "gbz/knot_order.h"

namespace haploom::gbz {

// A record and where its visits come from; in: rising code.
struct Strand {
  std::vector<Branch> in, out;
  std::vector<ShortRun> runs;
};

class StrandMerge {
 public:
  using Take = std::function<void(uint32_t code, const std::vector<Branch>& out, const std::vector<ShortRun>& runs)>;

  void add(uint32_t code, unsigned direction, Strand strand) { nodes_[code].strands[direction] = std::move(strand); }
  // `length` more sequences of a direction begin at the node. In the order of the endmarker.
  void begin(uint32_t code, unsigned direction, uint32_t length) { mingle(kEndmarker, code, direction, length); }
  // Hands out every record, in no order.
  void merge(const Take& take);

 private:
  struct Node {
    std::array<Strand, 2> strands;
    uint32_t before = 0;  // nodes to be merged before it
  };
  // A walk at visit `place` of the record of its direction.
  struct Follower {
    unsigned direction;
    uint32_t code, place;
  };
  struct Reader {
    size_t run = 0;
    uint32_t used = 0;  // visits of that run
  };

  static bool has(const std::vector<Branch>& branches, uint32_t code);
  void mingle(uint32_t from, uint32_t to, unsigned direction, uint32_t length);
  template <typename Visit>
  void each_arrival(uint32_t code, const Node& node, Visit visit) const;
  bool is_left(uint32_t code) const;
  uint32_t advance(Follower& follower) const;
  void merge_left(const Take& take) const;
  void merge_node(uint32_t code, const Node& node);
  void read(uint32_t code, const Node& node, unsigned direction, uint32_t visits);

  std::unordered_map<uint32_t, Node> nodes_;
  std::unordered_map<uint64_t, std::vector<ShortRun>> mingled_;  // by from and to; rank: direction
  // Of the node at work.
  std::array<Reader, 2> readers_;
  std::vector<Branch> out_;
  std::vector<ShortRun> runs_;
  struct Target {
    uint32_t rank;
    bool is_shared;  // both directions go there
  };
  std::unordered_map<uint32_t, Target> targets_;  // by successor
};

}  // namespace haploom::gbz
