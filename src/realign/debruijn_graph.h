// Haplotypes of one window, assembled from its reads.
//
// In:     reference  the window's bases, 2 and more
//         reads      those that overlap the window, in any order, each with a quality a base
// Out:    k          the smallest without a repeated k-mer in the reference and without a cycle in the graph; 0: there is none
//         haplotypes paths from the first to the last k-mer of the reference over its own edges and those seen min_edge_weight
//                    times; sorted, distinct. Empty when they are more than max_num_paths; the reference alone when k is 0
// Cost:   one pass over the reads' bases for each k tried; a cycle at k + 1 is one at k, so k is found by bisection
// Source: deepvariant/realigner/debruijn_graph.cc (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genome/read.h"
#include "realign/kmer_table.h"
#include "realign/realign.h"

namespace haploom::realign {

struct Assembly {
  int k = 0;
  std::vector<std::string> haplotypes;
};

// Keeps its buffers between windows.
class DeBruijnGraph {
 public:
  explicit DeBruijnGraph(const GraphOptions& options) : options_(options) {}
  Assembly assemble(std::string_view reference, std::span<const genome::Read* const> reads);

 private:
  // Edges by the letter that they add; one that is none of ACGT stands on the reference alone.
  struct Vertex {
    std::array<int32_t, 5> to = {KmerTable::kNone, KmerTable::kNone, KmerTable::kNone, KmerTable::kNone, KmerTable::kNone};
    std::array<int32_t, 5> weight = {};
    uint8_t reference = 0;  // a bit an edge
    uint8_t reached = 0;
  };

  bool repeats(std::string_view reference, int k);
  int smallest_k(std::string_view reference);
  void find_runs(std::span<const genome::Read* const> reads);
  void build(std::string_view reference, int k);
  void add_run(std::string_view bases, bool is_reference);
  int32_t vertex(const char* kmer);
  bool has_cycle();
  void prune();
  void mark_reached(int32_t source, int32_t sink);
  std::vector<std::string> paths();
  Vertex& at(int32_t number) { return vertices_[static_cast<size_t>(number)]; }

  const GraphOptions options_;
  KmerTable kmers_;
  std::vector<Vertex> vertices_;
  std::vector<std::string_view> runs_;  // of the reads: ACGT of sufficient quality
  std::vector<int32_t> order_;          // vertices, each before its successors
  std::vector<int32_t> pending_;
  int32_t source_ = 0;
  int32_t sink_ = 0;
};

}  // namespace haploom::realign
