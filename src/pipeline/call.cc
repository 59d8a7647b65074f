#include "pipeline/call.h"

#include <fmt/format.h>

#include "base/log.h"
#include "formats/vcf_writer.h"
#include "genotype/genotype.h"
#include "model/model.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/overlap_stream.h"
#include "pipeline/shard_worker.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kImagesInFlight = 128;  // per thread: bounds memory, keeps the network's batches full

// Candidates whose images wait for the network.
class Questions {
 public:
  Questions(model::Model::Session session, size_t image_bytes) : session_(std::move(session)), image_bytes_(image_bytes) {}

  void add(genome::Candidate&& candidate, std::span<const uint8_t> images) {
    candidates_.push_back(std::move(candidate));
    images_.insert(images_.end(), images.begin(), images.end());
  }

  bool full() const { return images_.size() >= kImagesInFlight * image_bytes_; }

  void answer(StageClock& clock, std::vector<genotype::Call>& calls) {
    answers_.clear();
    session_.infer(images_, images_.size() / image_bytes_, answers_);
    clock.lap(Stage::kNetwork);
    auto next = answers_.begin();
    for (const genome::Candidate& candidate : candidates_) {
      const auto sets = genome::alt_sets(static_cast<int>(candidate.alts.size())).size();
      const std::vector<genome::GenotypeProbabilities> own(next, next + static_cast<std::ptrdiff_t>(sets));
      next += static_cast<std::ptrdiff_t>(sets);
      calls.push_back(genotype::call_site(candidate, own, {}));
    }
    candidates_.clear();
    images_.clear();
    clock.lap(Stage::kGenotypes);
  }

 private:
  model::Model::Session session_;
  size_t image_bytes_;
  std::vector<genome::Candidate> candidates_;
  std::vector<uint8_t> images_;
  std::vector<genome::GenotypeProbabilities> answers_;
};

// One thread's share of the work.
struct Caller {
  Caller(const Inputs& inputs, const CallRequest& request, const model::Model& model)
      : worker(inputs, request.options, model.shape()), questions(model.session(), model.shape().bytes()) {}

  std::vector<genotype::Call> run(const Shard& shard, const std::function<void()>& on_partition) {
    std::vector<genotype::Call> calls;
    worker.run(
        shard,
        [&](genome::Candidate&& candidate, std::span<const uint8_t> images) {
          questions.add(std::move(candidate), images);
          worker.clock().lap(Stage::kTensors);
          if (questions.full()) questions.answer(worker.clock(), calls);
        },
        on_partition);
    questions.answer(worker.clock(), calls);
    return calls;
  }

  ShardWorker worker;
  Questions questions;
};

}  // namespace

report::RunSummary call(const CallRequest& request) {
  const Inputs inputs(request.inputs);
  const genome::ContigList& contigs = inputs.reference.contigs();
  const std::string sample = request.sample_name.value_or(inputs.header.sample_name);
  formats::VcfWriter writer(request.output_vcf,
                            genotype::vcf_header(contigs, sample,
                                                 {fmt::format("##haploom_version={}", request.version),
                                                  fmt::format("##haploom_command={}", request.command_line)}));
  const model::Model model(request.model_folder);
  return {};
}

}  // namespace haploom::pipeline
