// Which sequence each visit belongs to: all sequences of a part of the graph, moved along it together.
//
// A walk of one sequence after the other touches the records at random, once a visit. Here a node strand waits until all its
// visits have arrived and then hands their sequences on, run by run: copies of short arrays, once a run. In a cycle, where
// a strand waits for itself, what has arrived goes on alone; the oldest first.
//
// In:     image    its records; codes first .. end - 1 are a part that no step leaves; start: each sequence that starts there
// Out:    pass(code, first, sequences): visits first, first + 1, ... of the code belong to these sequences; each visit
//         once, those of one sequence in its order; code kEndmarker for sequences that end, in order of their end places
// Cost:   copies: 0.1 ns a visit, and 30 ns a record; memory: 4 bytes a code and 4 bytes for each visit that waits
// Errors: base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/signals.h"
#include "gbz/gbz.h"
#include "shared_image/pangenome.h"

namespace haploom::shared_image {

template <typename Pass>  // Pass(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences)
class SequenceSweep {
 public:
  using Tell = std::function<void(uint64_t visits)>;  // visits passed since it was last called, now and then
  SequenceSweep(const Pangenome& image, gbz::NodeCode first, gbz::NodeCode end, Pass pass, Tell tell)
      : image_(image), first_(first), pass_(std::move(pass)), tell_(std::move(tell)), slots_(end - first, 0), waiting_(1) {}

  void start(gbz::Visit at, uint32_t sequence) { arrive(at, {&sequence, 1}); }
  void run();

 private:
  static constexpr uint64_t kTurnsBetweenTelling = 65536;

  struct Stay {
    uint64_t first = 0, count = 0;
  };
  struct Waiting {
    gbz::NodeCode code = 0;
    uint64_t visits = 0;
    uint64_t arrived = 0;
    uint64_t gone = 0;
    std::unique_ptr<uint32_t[]> sequences;  // by visit; of those that have not arrived: anything
    uint64_t room = 0;
    std::vector<Stay> stays;                // visits that arrived and are still here
    uint32_t older = 0, newer = 0;          // neighbours in the ring of those with stays, whose hub is slot 0
  };

  uint32_t slot_of(gbz::NodeCode code);
  void arrive(gbz::Visit at, std::span<const uint32_t> sequences);
  void hand_on(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences);
  void finish(uint32_t slot);
  void let_arrived_go(uint32_t slot);
  void join_ring(uint32_t slot);
  void leave_ring(uint32_t slot);

  const Pangenome& image_;
  gbz::NodeCode first_;
  Pass pass_;
  Tell tell_;
  uint64_t untold_ = 0;
  std::vector<uint32_t> slots_;      // of each code: index into waiting_, or 0
  std::deque<Waiting> waiting_;      // stays in place while it grows
  std::vector<uint32_t> free_slots_;
  std::vector<uint32_t> complete_;   // slots whose visits are all there; the last comes first
  std::vector<Stretch> stretches_;
  std::vector<Stay> going_;
};

template <typename Pass>
void SequenceSweep<Pass>::join_ring(uint32_t slot) {
  Waiting& hub = waiting_[0];
  waiting_[slot].older = hub.older;
  waiting_[slot].newer = 0;
  waiting_[hub.older].newer = slot;
  hub.older = slot;
}

template <typename Pass>
void SequenceSweep<Pass>::leave_ring(uint32_t slot) {
  Waiting& gone = waiting_[slot];
  waiting_[gone.older].newer = gone.newer;
  waiting_[gone.newer].older = gone.older;
}

template <typename Pass>
uint32_t SequenceSweep<Pass>::slot_of(gbz::NodeCode code) {
  check(code - first_ < slots_.size(), "no step leaves its part of the graph");
  uint32_t& slot = slots_[code - first_];
  if (slot != 0) return slot;
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<uint32_t>(waiting_.size()));
    waiting_.emplace_back();
  }
  slot = free_slots_.back();
  free_slots_.pop_back();
  Waiting& fresh = waiting_[slot];
  fresh.code = code;
  fresh.visits = image_.visits(code);
  fresh.arrived = fresh.gone = 0;
  if (fresh.room < fresh.visits) {
    fresh.room = fresh.visits;
    fresh.sequences = std::make_unique_for_overwrite<uint32_t[]>(fresh.room);
  }
  return slot;
}

template <typename Pass>
void SequenceSweep<Pass>::arrive(gbz::Visit at, std::span<const uint32_t> sequences) {
  if (at.node == gbz::kEndmarker) return pass_(at.node, at.visit, sequences);
  const uint32_t slot = slot_of(at.node);
  Waiting& waiting = waiting_[slot];
  check(at.visit <= waiting.visits && sequences.size() <= waiting.visits - at.visit, "a step leads to a visit that is there");
  if (waiting.stays.empty()) join_ring(slot);
  waiting.stays.push_back({at.visit, sequences.size()});
  std::copy(sequences.begin(), sequences.end(), waiting.sequences.get() + at.visit);
  waiting.arrived += sequences.size();
  if (waiting.arrived == waiting.visits) complete_.push_back(slot);
}

template <typename Pass>
void SequenceSweep<Pass>::hand_on(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences) {
  pass_(code, first, sequences);
  untold_ += sequences.size();
  image_.follow(code, first, sequences.size(), stretches_);
  for (const Stretch& stretch : stretches_) {
    arrive(stretch.to, sequences.first(stretch.count));
    sequences = sequences.subspan(stretch.count);
  }
}

template <typename Pass>
void SequenceSweep<Pass>::finish(uint32_t slot) {
  Waiting& waiting = waiting_[slot];
  if (waiting.gone == 0) {
    leave_ring(slot);
    waiting.stays.clear();
    hand_on(waiting.code, 0, {waiting.sequences.get(), waiting.visits});
  } else if (!waiting.stays.empty()) {
    leave_ring(slot);
    let_arrived_go(slot);
  }
  slots_[waiting.code - first_] = 0;
  free_slots_.push_back(slot);
}

// Those that have arrived, without waiting for the others; the slot is not in the ring.
template <typename Pass>
void SequenceSweep<Pass>::let_arrived_go(uint32_t slot) {
  Waiting& waiting = waiting_[slot];
  going_.clear();
  std::swap(going_, waiting.stays);  // first: a step may lead back here
  std::sort(going_.begin(), going_.end(), [](const Stay& a, const Stay& b) { return a.first < b.first; });
  for (size_t i = 0; i < going_.size();) {
    Stay together = going_[i++];
    for (; i < going_.size() && going_[i].first == together.first + together.count; ++i) together.count += going_[i].count;
    waiting.gone += together.count;
    hand_on(waiting.code, together.first, {waiting.sequences.get() + together.first, together.count});
  }
}

template <typename Pass>
void SequenceSweep<Pass>::run() {
  for (uint64_t turn = 1; !complete_.empty() || waiting_[0].newer != 0; ++turn) {
    base::throw_if_stopped(turn);
    if (turn % kTurnsBetweenTelling == 0) tell_(std::exchange(untold_, 0));
    if (!complete_.empty()) {
      const uint32_t slot = complete_.back();
      complete_.pop_back();
      finish(slot);
      continue;
    }
    const uint32_t oldest = waiting_[0].newer;
    leave_ring(oldest);
    let_arrived_go(oldest);
  }
  tell_(std::exchange(untold_, 0));
}

}  // namespace haploom::shared_image
