// The order of visits within one knot (see knots.h).
//
// In:     its nodes; the walks that come in, in the order of their visits; then what each of them does from step to step
// Out:    the visits of every node, and the walks that leave, in the order in which they left each node
// How:    all walks in the knot advance one step at a time; each step puts one visit into one record, its place known from
//         the step before, and learns from that record the place of the next, as batch insertion into a dynamic GBWT does.
//         Then each walk is followed once more through the finished records to see in which order they leave
// Cost:   O(steps in the knot x runs of the record stepped into); memory: ~250 bytes a node of the knot and 8 bytes a run
// Source: Siren et al. 2020, doi:10.1093/bioinformatics/btz575, section 3.3
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "gbz/gbz.h"

namespace haploom::gbz {

// A successor of a record, and the visits that go there.
struct Branch {
  uint32_t code;
  uint32_t visits;
};
struct ShortRun {
  uint32_t rank;  // index into branches
  uint32_t length;
};

// Visits that come from nodes with a smaller code; arrivals by rising code.
uint32_t arrived_before(const std::vector<Branch>& arrivals, uint32_t code);
// What a visit of a record goes to, and how many visits before it go there too.
struct Place {
  uint32_t rank, same;
};
Place locate(const std::vector<ShortRun>& runs, uint32_t visit);

class KnotOrder {
 public:
  // Code of the next step of a sequence; the endmarker behind its last one.
  using Advance = std::function<uint32_t(uint32_t sequence)>;
  struct Exit {
    uint32_t from, to;
    uint32_t place;  // among those that go from `from` to `to`
    uint32_t sequence;
  };

  explicit KnotOrder(const std::vector<uint32_t>& nodes);

  // The next sequence that comes into node `to`. Call by rising `from`, and in the order of the record of `from`.
  void enter(uint32_t from, uint32_t to, uint32_t sequence);
  void solve(const Advance& advance);

  const std::vector<Branch>& arrivals(uint32_t code) const { return nodes_.at(code).in; }  // rising code
  const std::vector<Branch>& branches(uint32_t code) const { return nodes_.at(code).out; }
  const std::vector<ShortRun>& runs(uint32_t code) const { return nodes_.at(code).runs; }
  const std::vector<Exit>& exits() const { return exits_; }  // by from, to, place

 private:
  struct Node {
    std::vector<Branch> out;  // by order of appearance
    std::vector<Branch> in;   // rising code
    std::vector<ShortRun> runs;
  };
  // One sequence on its way: its visit number `place` of `node` is to be inserted.
  struct Traveller {
    uint32_t node, place, next, sequence;
  };
  // How it came in: number `index` of those from `from`.
  struct Entry {
    uint32_t from, to, index, sequence;
  };

  static uint32_t count_arrival(Node& node, uint32_t from);
  uint32_t rank_of(Node& node, uint32_t successor);
  void insert_group(size_t from, size_t to);
  void append_run(uint32_t rank, uint32_t length);
  void step(const Advance& advance);
  Exit followed(const Entry& entry) const;

  std::unordered_map<uint32_t, Node> nodes_;
  std::vector<Traveller> travellers_;
  std::vector<Entry> entries_;
  std::vector<Exit> exits_;
  std::vector<ShortRun> merged_;                  // scratch of insert_group
  std::vector<uint32_t> passed_;                  // scratch: visits by rank
  std::unordered_map<uint32_t, uint32_t> ranks_;  // scratch: the ranks of a record with many successors
};

}  // namespace haploom::gbz
