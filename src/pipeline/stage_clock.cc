#include "pipeline/stage_clock.h"

#include "base/usage.h"

namespace haploom::pipeline {

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kReads: return "read decode";
    case Stage::kRealign: return "realign";
    case Stage::kCounts: return "normalise, count, candidates";
    case Stage::kHaplotypes: return "haplotypes";
    case Stage::kEvidence: return "evidence";
    case Stage::kTensors: return "tensors";
    case Stage::kNetwork: return "network";
    case Stage::kPrior: return "panel prior";
    case Stage::kGenotypes: return "genotypes";
    case Stage::kOutput: return "VCF";
  }
  return "";
}

StageClock::StageClock() : last_(base::thread_cpu_seconds()) {}

void StageClock::restart() { last_ = base::thread_cpu_seconds(); }

void StageClock::lap(Stage stage) {
  const double now = base::thread_cpu_seconds();
  seconds_[static_cast<size_t>(stage)] += now - last_;
  last_ = now;
}

}  // namespace haploom::pipeline
