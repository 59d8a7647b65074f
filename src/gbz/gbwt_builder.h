// The bidirectional BWT of walks.
//
// In:     walks of 32-bit node codes; path p gives sequence 2p as it is and 2p + 1 from the other end
// Out:    the record of every code, visits in the order of the GBWT: by the walk read backwards, the sequence number last
// How:    all sequences advance one step at a time; each step puts one visit into one record (its place known from the step
//         before) and learns from that record the place of the next, as batch insertion into a dynamic GBWT does
// Cost:   O(steps x runs of the record stepped into); memory: walks + ~200 bytes a record + 8 bytes a run
// Source: Siren et al. 2020, doi:10.1093/bioinformatics/btz575, section 3.3
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "gbz/gbz.h"
#include "gbz/path_graph.h"

namespace haploom::gbz {

class GbwtBuilder {
 public:
  // Codes of walks lie in first_code .. alphabet_size - 1; no walk is empty.
  GbwtBuilder(NodeCode first_code, uint64_t alphabet_size);

  void build(const std::vector<Walk>& walks);

  // Record 0 is the endmarker, record i > 0 that of first_code + i - 1. Asked in order from 0, each once: the bases of
  // edges are the counts of what came before.
  void take_record(uint64_t record, Record& out);
  uint64_t records() const { return nodes_.size(); }
  uint64_t visit_total() const { return visit_total_; }

 private:
  struct Count {
    uint32_t code;
    uint32_t visits;
  };
  struct ShortRun {
    uint32_t rank;
    uint32_t length;
  };
  struct Node {
    std::vector<Count> out;  // by order of appearance, which is the rank in runs
    std::vector<Count> in;   // rising code
    std::vector<ShortRun> runs;
  };
  // One sequence on its way: its visit number `place` of `node` is to be inserted.
  struct Traveller {
    uint32_t node;
    uint32_t place;
    uint32_t next;
    uint32_t sequence;
    uint32_t steps;
  };

  Node& node(uint32_t code) { return nodes_[code == 0 ? 0 : code - first_code_ + 1]; }
  static uint32_t step_of(const Walk& walk, bool reverse, uint64_t index);
  uint32_t rank_of(Node& node, uint32_t successor);
  static uint32_t arrived_before(const Node& node, uint32_t code);
  void start(const std::vector<Walk>& walks);
  void advance(const std::vector<Walk>& walks);
  void insert_group(size_t from, size_t to);
  void append_run(uint32_t rank, uint32_t length);

  NodeCode first_code_;
  std::vector<Node> nodes_;
  std::vector<Traveller> travellers_;
  std::vector<ShortRun> merged_;     // scratch of insert_group
  std::vector<uint32_t> passed_;     // scratch: visits by rank
  std::unordered_map<uint32_t, uint32_t> ranks_;  // scratch: the ranks of a record with many successors
  std::vector<uint64_t> arrived_;    // of take_record
  uint64_t visit_total_ = 0;
};

}  // namespace haploom::gbz
