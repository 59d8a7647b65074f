#include "pipeline/stage_clock.h"

#include <ctime>

namespace haploom::pipeline {
namespace {

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kReads: return "read decode";
    case Stage::kCounts: return "normalise, count, candidates";
    case Stage::kHaplotypes: return "haplotypes";
    case Stage::kTensors: return "tensors";
    case Stage::kNetwork: return "network";
    case Stage::kGenotypes: return "genotypes";
    case Stage::kOutput: return "VCF";
  }
  return "";
}

StageClock::StageClock() : last_(thread_cpu_seconds()) {}

void StageClock::lap(Stage stage) {
  const double now = thread_cpu_seconds();
  seconds_[static_cast<size_t>(stage)] += now - last_;
  last_ = now;
}

}  // namespace haploom::pipeline
