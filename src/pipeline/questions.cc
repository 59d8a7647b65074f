#include "pipeline/questions.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kImagesInFlight = 128;  // bounds memory, keeps the network's batches full

}  // namespace

void Questions::add(genome::Candidate&& candidate, std::span<const uint8_t> images, StageClock& clock, const Take& take) {
  waiting_.push_back({std::move(candidate), images.size() / image_bytes_});
  images_.insert(images_.end(), images.begin(), images.end());
  clock.lap(Stage::kTensors);
  if (images_.size() >= kImagesInFlight * image_bytes_) answer(clock, take);
}

void Questions::answer(StageClock& clock, const Take& take) {
  answers_.clear();
  session_.infer(images_, images_.size() / image_bytes_, answers_);
  clock.lap(Stage::kNetwork);
  std::span<const genome::GenotypeProbabilities> rest = answers_;
  for (Waiting& one : waiting_) {
    take(std::move(one.candidate), rest.first(one.images));
    rest = rest.subspan(one.images);
  }
  forget();
  clock.lap(Stage::kGenotypes);
}

void Questions::forget() {
  waiting_.clear();
  images_.clear();
}

}  // namespace haploom::pipeline
