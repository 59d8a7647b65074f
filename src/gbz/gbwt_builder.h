// The bidirectional BWT of walks.
//
// In:     walks of 32-bit node codes; path p gives sequence 2p as it is and 2p + 1 from the other end
// Out:    the record of every code, visits in the order of the GBWT: by the walk read backwards, the sequence number last
// How:    sequences wait at a node until all of its visits have come; then they stand in the order of the nodes they come
//         from, and in each of those in the order of its record, which is the order of this one. So the record is made once,
//         packed, and all go on. The two directions of the paths go separately, or else two inversions would make a circle
//         of all that lies between them; records of nodes that both visit are merged behind (strand_merge.h). Where walks of
//         one direction go in circles, nothing would ever be ready: such a knot is ordered by itself (knot_order.h) once
//         all have come that enter it
// Cost:   O(steps); memory besides the walks (compact_walk.h: a byte a step, or half a byte a visit, where ids that follow
//         each other are close): 40 bytes a node, the packed records (2-3 bytes an edge, 1-2 bytes a run), 32 bytes a
//         sequence. Where walks have knots, for a while 40 bytes a node and 8 bytes an edge more
// Errors: kInput/kGfaFormat where a node has 2^32 visits
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gbz/compact_walk.h"
#include "gbz/gbz.h"
#include "gbz/knot_order.h"
#include "gbz/knots.h"
#include "gbz/strand_merge.h"

namespace haploom::gbz {

class GbwtBuilder {
 public:
  // Codes of walks lie in first_code .. alphabet_size - 1; first_code is even, no walk is empty.
  GbwtBuilder(NodeCode first_code, uint64_t alphabet_size);

  void build(const std::vector<CompactWalk>& walks);

  // Record 0 is the endmarker, record i > 0 that of first_code + i - 1. Asked in order from 0, each once: the bases of
  // edges are the counts of what came before.
  void take_record(uint64_t record, Record& out);
  uint64_t records() const { return place_.size(); }
  uint64_t visit_total() const { return visit_total_; }

 private:
  // Sequences that wait at a node and came from the same one, in the order of its record; chained by behind_.
  struct Group {
    uint32_t from;
    uint32_t first, last;  // sequences
    uint32_t count;
    uint32_t rank;  // among the branches of `from`, while that is at work
    uint32_t next;  // group at the same node
  };

  uint64_t record_of(uint32_t code) const { return code == kEndmarker ? 0 : code - first_code_ + 1; }
  uint32_t code_of(uint64_t record) const { return record == 0 ? static_cast<uint32_t>(kEndmarker) : static_cast<uint32_t>(first_code_ + record - 1); }

  uint32_t visits(uint32_t code, unsigned direction) const { return total_[(code - first_code_) ^ direction]; }
  void start(const std::vector<CompactWalk>& walks);
  void count_visits(const CompactWalk& walk, bool turned);
  void finish_endmarker();
  unsigned direction_of(uint32_t sequence) const { return (sequence % 2) ^ unsigned{turned_[sequence / 2]}; }
  void run(unsigned direction);
  std::vector<uint32_t> take_groups(uint64_t record);
  void free_group(uint32_t group);
  uint32_t group_from(uint32_t from, uint32_t to);
  void append(uint32_t group, uint32_t sequence);
  void finish_record(uint64_t record);
  void send_on(uint32_t from, uint32_t sequence, uint32_t to);
  void deliver(uint32_t to, uint32_t count);
  void tie_knots();
  void finish_knot(const Knots::Knot& knot);
  void keep(uint32_t code, const std::vector<Branch>& in, const std::vector<Branch>& out, const std::vector<ShortRun>& runs);
  void pack(uint64_t record, const std::vector<Branch>& branches, const std::vector<ShortRun>& runs);

  NodeCode first_code_;
  uint64_t visit_total_ = 0;
  unsigned direction_ = 0;            // at work
  std::vector<bool> turned_;          // by path: its sequence 2p + 1 has direction 0
  std::vector<WalkCursor> cursors_;   // by sequence: the node at which it waits
  std::vector<uint32_t> behind_;      // by sequence: the next one of its group
  uint64_t under_way_ = 0;            // sequences that have not ended
  std::vector<Group> groups_;         // groups_[0] is none
  uint32_t free_groups_ = 0;
  std::vector<uint32_t> total_;       // by code: visits of direction 0; those of direction 1 are the other strand's
  std::vector<uint32_t> waiting_;     // by record: its groups
  std::vector<uint32_t> arrived_;     // by record: sequences in them; for take_record the visits from earlier records
  std::vector<uint32_t> ready_;       // records that all have come to
  Knots knots_;
  std::vector<uint64_t> knot_arrived_;
  std::vector<uint32_t> ready_knots_;
  StrandMerge shared_;
  std::vector<Branch> arrivals_, branches_;  // of the record at work
  std::vector<ShortRun> runs_;
  // Finished records, packed: successors and visits of each, then runs. They lie in blocks so that nothing is moved.
  std::vector<std::string> blocks_;
  std::vector<uint64_t> place_;       // by record: block, and offset in it + 1; 0 for a record without visits
  std::vector<uint32_t> order_, new_rank_;  // scratch of pack
  std::string packed_;
};

}  // namespace haploom::gbz
