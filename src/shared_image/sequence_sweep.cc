#include "shared_image/sequence_sweep.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/signals.h"

namespace haploom::shared_image {
namespace {

constexpr uint32_t kAbsent = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kGone = kAbsent - 1;
constexpr uint64_t kTurnsBetweenTelling = 65536;

}  // namespace

SequenceSweep::SequenceSweep(const Pangenome& image, gbz::NodeCode first, gbz::NodeCode end, Pass pass, Tell tell)
    : image_(image), first_(first), pass_(std::move(pass)), tell_(std::move(tell)), slots_(end - first, 0) {}

SequenceSweep::Waiting& SequenceSweep::waiting_at(gbz::NodeCode code) {
  check(code - first_ < slots_.size(), "no step leaves its part of the graph");
  uint32_t& slot = slots_[code - first_];
  if (slot == 0) {
    if (free_slots_.empty()) {
      waiting_.emplace_back();
      free_slots_.push_back(static_cast<uint32_t>(waiting_.size()));
    }
    slot = free_slots_.back();
    free_slots_.pop_back();
    Waiting& fresh = waiting_[slot - 1];
    fresh.code = code;
    fresh.sequences.assign(image_.visits(code), kAbsent);
    fresh.arrived = fresh.gone = 0;
  }
  return waiting_[slot - 1];
}

void SequenceSweep::arrive(gbz::Visit at, std::span<const uint32_t> sequences) {
  if (at.node == gbz::kEndmarker) return pass_(at.node, at.visit, sequences);
  Waiting& waiting = waiting_at(at.node);
  check(at.visit <= waiting.sequences.size() && sequences.size() <= waiting.sequences.size() - at.visit, "a step leads to a visit that is there");
  if (waiting.arrived == waiting.gone) open_.push_back(at.node);
  std::copy(sequences.begin(), sequences.end(), waiting.sequences.begin() + static_cast<int64_t>(at.visit));
  waiting.arrived += sequences.size();
  if (waiting.arrived == waiting.sequences.size()) complete_.push_back(at.node);
}

void SequenceSweep::hand_on(gbz::NodeCode code, uint64_t first, std::span<const uint32_t> sequences) {
  pass_(code, first, sequences);
  untold_ += sequences.size();
  image_.follow(code, first, sequences.size(), stretches_);
  for (const Stretch& stretch : stretches_) {
    arrive(stretch.to, sequences.first(stretch.count));
    sequences = sequences.subspan(stretch.count);
  }
}

void SequenceSweep::finish(gbz::NodeCode code) {
  const uint32_t slot = slots_[code - first_];
  Waiting& waiting = waiting_[slot - 1];
  waiting.gone == 0 ? hand_on(code, 0, waiting.sequences) : let_arrived_go(code);
  slots_[code - first_] = 0;
  free_slots_.push_back(slot);
}

void SequenceSweep::let_arrived_go(gbz::NodeCode code) {
  Waiting& waiting = waiting_at(code);
  const auto waits = [](uint32_t sequence) { return sequence < kGone; };
  std::vector<uint32_t> together;
  for (auto from = waiting.sequences.begin(); (from = std::find_if(from, waiting.sequences.end(), waits)) != waiting.sequences.end();) {
    const auto to = std::find_if_not(from, waiting.sequences.end(), waits);
    together.assign(from, to);
    std::fill(from, to, kGone);  // first: the step may lead back here
    waiting.gone += together.size();
    hand_on(code, static_cast<uint64_t>(from - waiting.sequences.begin()), together);
    from = to;
  }
  if (waiting.arrived > waiting.gone) open_.push_back(code);  // came back to a place that was passed
}

void SequenceSweep::drop_closed() {
  if (open_.size() < 1024 + 2 * waiting_.size()) return;
  std::erase_if(open_, [this](gbz::NodeCode code) {
    const uint32_t slot = slots_[code - first_];
    return slot == 0 || waiting_[slot - 1].arrived == waiting_[slot - 1].gone;
  });
}

void SequenceSweep::run() {
  for (uint64_t turn = 1; !complete_.empty() || !open_.empty(); ++turn) {
    base::throw_if_stopped(turn);
    if (turn % kTurnsBetweenTelling == 0) tell_(std::exchange(untold_, 0));
    drop_closed();
    if (!complete_.empty()) {
      const gbz::NodeCode code = complete_.back();
      complete_.pop_back();
      finish(code);
      continue;
    }
    const gbz::NodeCode code = open_.front();
    open_.pop_front();
    const uint32_t slot = slots_[code - first_];
    if (slot != 0 && waiting_[slot - 1].arrived > waiting_[slot - 1].gone) let_arrived_go(code);
  }
  tell_(std::exchange(untold_, 0));
}

}  // namespace haploom::shared_image
