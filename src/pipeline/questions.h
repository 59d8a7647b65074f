// Candidates whose images wait for the network, until there are enough of them for full batches.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "genome/candidate.h"
#include "model/model.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

class Questions {
 public:
  Questions(model::Model::Session session, size_t image_bytes) : session_(std::move(session)), image_bytes_(image_bytes) {}

  // answers: those of the candidate's images, in their order.
  using Take = std::function<void(genome::Candidate&& candidate, std::span<const genome::GenotypeProbabilities> answers)>;

  // May hand over what waits.
  void add(genome::Candidate&& candidate, std::span<const uint8_t> images, StageClock& clock, const Take& take);
  // Hands over all that waits, in the order in which it came.
  void answer(StageClock& clock, const Take& take);
  // Nobody wants to know any more.
  void forget();

 private:
  struct Waiting {
    genome::Candidate candidate;
    size_t images = 0;
  };
  model::Model::Session session_;
  size_t image_bytes_;
  std::vector<Waiting> waiting_;
  std::vector<uint8_t> images_;
  std::vector<genome::GenotypeProbabilities> answers_;
};

}  // namespace haploom::pipeline
