// The slow and simple way to the haplotypes of a window, from the walks themselves: what query() is held against.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "genome/cigar.h"
#include "genome/dna.h"
#include "haplotypes/fixtures.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {

using Codes = std::vector<gbz::NodeCode>;

// The rule of walk_cigar.h by its whole table.
inline genome::Cigar table_cigar(const Codes& walk, const std::vector<uint32_t>& lengths, const Codes& reference,
                                 const std::vector<uint32_t>& reference_lengths) {
  std::vector<std::vector<uint32_t>> dp(walk.size() + 1, std::vector<uint32_t>(reference.size() + 1, 0));
  for (size_t p = 1; p <= walk.size(); ++p)
    for (size_t r = 1; r <= reference.size(); ++r)
      dp[p][r] = walk[p - 1] == reference[r - 1] ? dp[p - 1][r - 1] + 1 : std::max(dp[p - 1][r], dp[p][r - 1]);
  std::vector<std::pair<size_t, size_t>> matches;
  for (size_t p = walk.size(), r = reference.size(); p > 0 && r > 0;) {
    if (walk[p - 1] == reference[r - 1])
      matches.insert(matches.begin(), {--p, --r});
    else if (dp[p - 1][r] > dp[p][r - 1])
      --p;
    else
      --r;
  }
  matches.emplace_back(walk.size(), reference.size());
  genome::Cigar out;
  size_t p = 0, r = 0;
  for (const auto& [p_next, r_next] : matches) {
    const auto inserted = std::accumulate(lengths.begin() + static_cast<long>(p), lengths.begin() + static_cast<long>(p_next), 0);
    const auto deleted = std::accumulate(reference_lengths.begin() + static_cast<long>(r), reference_lengths.begin() + static_cast<long>(r_next), 0);
    if (inserted == deleted && inserted < 5) {
      genome::append(out, 'M', inserted);
    } else {
      genome::append(out, 'I', inserted);
      genome::append(out, 'D', deleted);
    }
    if (p_next < walk.size() && r_next < reference.size()) genome::append(out, 'M', static_cast<int32_t>(lengths[p_next]));
    p = p_next + 1;
    r = r_next + 1;
  }
  return out;
}

// A graph as its walks. Path 0 is the reference. Node ids count from 1.
struct SmallGraph {
  std::vector<std::string> labels;  // of id 1, 2, ...
  std::vector<Codes> walks;

  static SmallGraph random(uint32_t seed) {
    std::mt19937 draw(seed);
    SmallGraph graph;
    graph.labels.resize(2 + draw() % 12);
    for (auto& label : graph.labels)
      for (uint32_t length = 1 + draw() % 8; length > 0; --length) label += "ACGTN"[draw() % 5];
    graph.walks.resize(1 + draw() % 9);
    const bool tangled = seed % 2 == 0;
    for (auto& walk : graph.walks) {
      if (!graph.walks[0].empty() && draw() % 4 == 0) {  // some go the same way, or the same way back
        walk = graph.walks[0];
        if (draw() % 2 == 0) walk = flipped_walk(walk);
        continue;
      }
      const size_t steps = 1 + draw() % 20;
      gbz::NodeCode at = 1 + draw() % graph.labels.size();
      for (size_t i = 0; i < steps; ++i) {
        walk.push_back(2 * at + (draw() % (tangled ? 2 : 12) == 0 ? 1 : 0));
        at = tangled ? 1 + draw() % graph.labels.size() : (at + draw() % 2) % graph.labels.size() + 1;
      }
    }
    return graph;
  }
  static Codes flipped_walk(const Codes& walk) {
    Codes out(walk.rbegin(), walk.rend());
    for (auto& code : out) code ^= 1;
    return out;
  }

  uint32_t length(gbz::NodeCode code) const { return static_cast<uint32_t>(labels[code / 2 - 1].size()); }
  std::vector<uint32_t> lengths(const Codes& walk) const {
    std::vector<uint32_t> out;
    for (const auto code : walk) out.push_back(length(code));
    return out;
  }
  uint32_t bases(const Codes& walk) const {
    uint32_t sum = 0;
    for (const auto code : walk) sum += length(code);
    return sum;
  }
  std::string spelled(const Codes& walk) const {
    std::string out;
    for (const auto code : walk) out += code % 2 == 0 ? labels[code / 2 - 1] : genome::reverse_complement_acgt(labels[code / 2 - 1]);
    return out;
  }
  std::string gfa() const {
    std::string out = "H\tVN:Z:1.1\tRS:Z:GRCh38\n";
    for (size_t i = 0; i < labels.size(); ++i) out += fmt::format("S\t{}\t{}\n", i + 1, labels[i]);
    for (size_t i = 0; i < walks.size(); ++i) {
      out += i == 0 ? fmt::format("W\tGRCh38\t0\tchr1\t0\t{}\t", bases(walks[i])) : fmt::format("W\tH{}\t1\tc\t0\t{}\t", i, bases(walks[i]));
      for (const auto code : walks[i]) out += (code % 2 == 0 ? ">" : "<") + std::to_string(code / 2);
      out += "\n";
    }
    return out;
  }
};

// One row as the oracle finds it.
struct OracleRow {
  size_t sequence = 0;
  size_t step = 0;
  Codes walk;
  uint32_t offset = 0;
  bool is_reference = false;
  std::string cigar;
};
struct OracleAnswer {
  std::vector<uint64_t> node_ids;
  std::vector<OracleRow> rows;
  uint64_t reference_start = 0;
};

class Oracle {
 public:
  explicit Oracle(const SmallGraph& graph) : graph_(graph) {
    for (const Codes& walk : graph.walks) {
      sequences_.push_back(walk);
      sequences_.push_back(SmallGraph::flipped_walk(walk));
    }
    for (const Codes& sequence : sequences_)
      for (size_t i = 0; i + 1 < sequence.size(); ++i) successors_[sequence[i]].insert(sequence[i + 1]);
  }

  OracleAnswer ask(uint32_t offset, uint32_t context) {
    size_t at = 0;
    uint32_t within = offset;
    while (within >= graph_.length(sequences_[0][at])) within -= graph_.length(sequences_[0][at++]);
    collect_nodes(sequences_[0][at], within, context);

    OracleAnswer answer;
    answer.node_ids.assign(nodes_.begin(), nodes_.end());
    for (size_t sequence = 0; sequence < sequences_.size(); ++sequence) collect_rows(sequence, at, answer.rows);
    std::sort(answer.rows.begin(), answer.rows.end(), [this](const OracleRow& a, const OracleRow& b) { return history(a) < history(b); });
    const auto reference = *std::find_if(answer.rows.begin(), answer.rows.end(), [](const OracleRow& row) { return row.is_reference; });
    answer.reference_start = reference.offset;
    for (OracleRow& row : answer.rows)
      row.cigar = genome::text(table_cigar(row.walk, graph_.lengths(row.walk), reference.walk, graph_.lengths(reference.walk)));
    return answer;
  }

 private:
  void collect_nodes(gbz::NodeCode code, uint32_t offset, uint32_t context) {
    nodes_.clear();
    std::vector<std::tuple<uint32_t, gbz::NodeCode, uint32_t>> waiting{{0, code, offset}};
    while (!waiting.empty()) {
      const auto nearest = std::min_element(waiting.begin(), waiting.end());
      const auto [cost, here, inside] = *nearest;
      waiting.erase(nearest);
      if (!nodes_.insert(here / 2).second) continue;
      if (cost + graph_.length(here) - inside <= context)
        for (const auto to : successors_[here]) waiting.emplace_back(cost + graph_.length(here) - inside, to, 0);
      if (cost + inside + 1 <= context)
        for (const auto to : successors_[here ^ 1]) waiting.emplace_back(cost + inside + 1, to, 0);
    }
  }

  void collect_rows(size_t sequence, size_t reference_step, std::vector<OracleRow>& rows) const {
    const Codes& codes = sequences_[sequence];
    uint32_t offset = 0;
    for (size_t i = 0; i < codes.size();) {
      if (!nodes_.contains(codes[i] / 2)) {
        offset += graph_.length(codes[i++]);
        continue;
      }
      OracleRow row{sequence, i, {}, offset, false, ""};
      for (; i < codes.size() && nodes_.contains(codes[i] / 2); ++i) {
        row.walk.push_back(codes[i]);
        row.is_reference |= sequence == 0 && i == reference_step;
        offset += graph_.length(codes[i]);
      }
      if (row.is_reference || canonical(row.walk.front(), row.walk.back())) rows.push_back(row);
    }
  }

  static bool canonical(gbz::NodeCode first, gbz::NodeCode last) {
    if (first % 2 == last % 2) return first % 2 == 0;
    return first % 2 == 0 ? last / 2 >= first / 2 : last / 2 > first / 2 || (last / 2 == first / 2 && last % 2 == 0);
  }

  // The order of visits: by node, then by what came before, read backwards, then by sequence.
  Codes history(const OracleRow& row) const {
    const Codes& codes = sequences_[row.sequence];
    Codes out;
    for (size_t i = row.step + 1; i-- > 0;) out.push_back(codes[i]);
    out.push_back(0);
    out.push_back(row.sequence);
    return out;
  }

  const SmallGraph& graph_;
  std::vector<Codes> sequences_;
  std::map<gbz::NodeCode, std::set<gbz::NodeCode>> successors_;
  std::set<uint64_t> nodes_;
};

}  // namespace haploom::haplotypes
