// Which sequence each visit belongs to: all sequences of a part of the graph, moved along it together.
//
// A walk of one sequence after the other touches the records at random, once a visit. Here a node strand waits until all its
// visits have arrived and then hands their sequences on, run by run: copies of short arrays, once a run. In a cycle, where
// a strand waits for itself, what has arrived goes on alone; the oldest first.
//
// In:     image    its records; codes first .. end - 1 are a part that no step leaves; start: each sequence that starts there
// Out:    pass(code, first, sequences): visits first, first + 1, ... of the code belong to these sequences; each visit
//         once, those of one sequence in its order; code kEndmarker for sequences that end, in order of their end places
// Cost:   about 1.5 ns a visit and 50 ns a record; memory: 4 bytes a code and 4 bytes for each visit that waits
// Errors: base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "gbz/gbz.h"
#include "shared_image/pangenome.h"

namespace haploom::shared_image {

class SequenceSweep {
 public:
  using Pass = std::function<void(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences)>;
  using Tell = std::function<void(uint64_t visits)>;  // visits passed since it was last called, now and then
  SequenceSweep(const Pangenome& image, gbz::NodeCode first, gbz::NodeCode end, Pass pass, Tell tell);

  void start(gbz::Visit at, uint32_t sequence) { arrive(at, {&sequence, 1}); }
  void run();

 private:
  struct Waiting {
    gbz::NodeCode code = 0;
    std::vector<uint32_t> sequences;  // by visit; kAbsent before it arrives, kGone when it went on alone
    uint64_t arrived = 0;
    uint64_t gone = 0;
  };

  Waiting& waiting_at(gbz::NodeCode code);
  void arrive(gbz::Visit at, std::span<const uint32_t> sequences);
  void hand_on(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences);
  void finish(gbz::NodeCode code);
  void let_arrived_go(gbz::NodeCode code);
  void drop_closed();

  const Pangenome& image_;
  gbz::NodeCode first_;
  Pass pass_;
  Tell tell_;
  uint64_t untold_ = 0;
  std::vector<uint32_t> slots_;          // of each code: 1 + index into waiting_, or 0
  std::deque<Waiting> waiting_;          // stays in place while it grows
  std::vector<uint32_t> free_slots_;
  std::vector<gbz::NodeCode> complete_;  // all visits there; the last comes first
  std::deque<gbz::NodeCode> open_;       // something arrived, oldest first; may be complete or over by now
  std::vector<Stretch> stretches_;
};

}  // namespace haploom::shared_image
