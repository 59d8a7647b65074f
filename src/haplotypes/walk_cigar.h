// The CIGAR of one walk against another by their common nodes: DeepVariant 1.9's rule.
//
// Rule:   dp[p][r] = longest common subsequence of the first p nodes of the walk and the first r of the reference, nodes
//         compared with their strand. Back from the ends: equal nodes match; else leave a walk node if dp[p-1][r] >
//         dp[p][r-1], else a reference node. Matched nodes are M; between them, equal lengths of 1..4 bases are M, other
//         lengths I (walk) then D (reference); equal neighbours are merged
// How:    the rule asks of the table only whether dp[p][r] > dp[p][r-1] (where nodes differ, that is dp[p-1][r] > dp[p][r-1]).
//         Row p is the set of r where it holds, and differs from row p - 1 by the matches of one node, so the rows are
//         made forward and unmade on the way back; nothing quadratic is kept
// Cost:   O(walk + reference + matches); one object serves all walks against one reference, of one thread
// Source: mobinasri/gbwtgraph c96ca88, subgraph.cpp (align_paths); the row update: Hunt and Szymanski 1977,
//         doi:10.1145/359581.359603
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "genome/cigar.h"
#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

class WalkAligner {
 public:
  // lengths: bases of each node of the reference.
  WalkAligner(std::span<const gbz::NodeCode> reference, std::span<const uint32_t> lengths);
  genome::Cigar cigar(std::span<const gbz::NodeCode> walk, std::span<const uint32_t> lengths);

 private:
  struct Change {  // of one row to the next: `added` became a step of the table, `removed` ceased to be one
    uint32_t row;
    uint32_t added;
    uint32_t removed;
  };
  struct Occurrence {
    gbz::NodeCode code;
    uint32_t column;  // 1-based
  };

  void make_rows(std::span<const gbz::NodeCode> walk, uint32_t columns);
  void add_match(uint32_t row, uint32_t column, uint32_t columns);
  void unmake_row(uint32_t row);
  uint32_t step_at_or_after(uint32_t column, uint32_t columns) const;
  bool is_step(uint32_t column) const { return (steps_[column / 64] >> (column % 64) & 1) != 0; }

  std::span<const gbz::NodeCode> reference_;
  std::span<const uint32_t> reference_lengths_;
  std::vector<Occurrence> occurrences_;  // by code, then falling column
  std::vector<uint64_t> steps_;          // bit r: dp[p][r] > dp[p][r-1] in the current row p
  std::vector<Change> changes_;
  std::vector<std::pair<uint32_t, uint32_t>> matches_;  // (walk, reference) indices, from the ends
};

}  // namespace haploom::haplotypes
