// CPU time by stage: a thread charges what it used since its last lap to the stage that it names.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <string_view>

namespace haploom::pipeline {

enum class Stage { kReads, kRealign, kCounts, kHaplotypes, kEvidence, kTensors, kNetwork, kPrior, kGenotypes, kOutput };
inline constexpr int kStages = 10;
std::string_view stage_name(Stage stage);  // the rows of `./run bench call`

using StageSeconds = std::array<double, kStages>;

// One per thread; a thread that takes it over calls restart() first.
class StageClock {
 public:
  StageClock();
  void restart();  // what was used since the last lap is nobody's
  void lap(Stage stage);
  const StageSeconds& seconds() const { return seconds_; }

 private:
  double last_;
  StageSeconds seconds_{};
};

}  // namespace haploom::pipeline
