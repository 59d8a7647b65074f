#include "pipeline/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/log.h"
#include "base/usage.h"
#include "genotype/genotype.h"
#include "genotype/reference_confidence.h"
#include "model/model.h"
#include "pipeline/call_writer.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/partition_blocks.h"
#include "pipeline/shard_worker.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kWaitingShards = 64;    // calls are small: a slow shard need not hold up the others
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

// What a shard's reads say.
struct Found {
  std::vector<genotype::Call> calls;
  std::vector<genotype::GvcfBlock> blocks;  // if a gVCF is wanted
};

// One thread's share of the work.
struct Caller {
  // wanted: null when no gVCF is wanted.
  Caller(const Inputs& inputs, const CallRequest& request, const model::Model& model, const genotype::ReferenceConfidences* wanted)
      : worker(inputs, request.options, model.shape()), questions(model.session(), model.shape().bytes()), confidences(wanted) {}

  Found run(const Shard& shard, const std::function<void()>& on_partition) {
    Found found;
    const auto add_blocks = [&](Partition& partition) {
      const std::vector<genotype::GvcfBlock> blocks = gvcf_blocks(partition, *confidences);
      found.blocks.insert(found.blocks.end(), blocks.begin(), blocks.end());
      worker.clock().lap(Stage::kGenotypes);
    };
    worker.run(
        shard,
        [&](genome::Candidate&& candidate, std::span<const uint8_t> images) {
          questions.add(std::move(candidate), images);
          worker.clock().lap(Stage::kTensors);
          if (questions.full()) questions.answer(worker.clock(), found.calls);
        },
        on_partition, confidences == nullptr ? LookAtPartition() : add_blocks);
    questions.answer(worker.clock(), found.calls);
    return found;
  }

  ShardWorker worker;
  Questions questions;
  const genotype::ReferenceConfidences* confidences;
};

std::string header_text(const Inputs& inputs, const CallRequest& request, const std::string& sample, const std::string& model) {
  return genotype::vcf_header(inputs.reference.contigs(), sample,
                              {fmt::format("##haploom_version={}", request.version),
                               fmt::format("##haploom_model={}", model),
                               fmt::format("##haploom_command={}", request.command_line)});
}

// A contig that the graph lacks is called from its reads alone: said once for each. Whether the graph knows any.
bool warn_of_unknown_contigs(const Inputs& inputs) {
  if (!inputs.pangenome) return false;
  bool any_known = false;
  const haplotypes::Reader reader(inputs.pangenome->image(), inputs.pangenome->naming());
  int contig = -1;
  for (const genome::Region& region : inputs.calling) {
    if (region.contig == contig) continue;
    contig = region.contig;
    const std::string& name = inputs.reference.contigs()[contig].name;
    if (reader.contig_known(name)) {
      any_known = true;
    } else {
      base::warn("pipeline", "the pangenome has no {} of {}: it is called from reads alone", name, inputs.pangenome->naming().sample);
    }
  }
  return any_known;
}

report::RunSummary summary_of(const CallRequest& request, const Inputs& inputs, const std::string& sample) {
  report::RunSummary summary;
  summary.version = request.version;
  summary.command_line = request.command_line;
  summary.sample = sample;
  summary.output = request.output_vcf;
  summary.threads = request.threads;
  for (const genome::Region& region : inputs.calling) summary.bases += region.length();
  if (inputs.pangenome) {
    summary.image_name = inputs.pangenome->name();
    summary.image_bytes = static_cast<int64_t>(inputs.pangenome->bytes());
  }
  return summary;
}

void add_stages(const std::vector<std::unique_ptr<Caller>>& callers, const StageClock& main_thread, report::RunSummary& summary) {
  for (int i = 0; i < kStages; ++i) {
    const auto stage = static_cast<size_t>(i);
    double seconds = main_thread.seconds()[stage];
    for (const auto& caller : callers) seconds += caller->worker.clock().seconds()[stage];
    summary.stage_cpu_seconds.emplace_back(stage_name(static_cast<Stage>(i)), seconds);
  }
  for (const auto& caller : callers) {
    summary.reads += caller->worker.reads();
    summary.windows_with_candidates += caller->worker.examiner().windows_with_candidates();
    summary.windows_with_haplotypes += caller->worker.examiner().windows_with_haplotypes();
  }
}

void warn_of_emptiness(const report::RunSummary& summary, const CallRequest& request, bool contig_known) {
  if (summary.reads == 0) {
    base::warn("pipeline", "no read of {} passed the filters inside the regions: the VCF holds no records", request.inputs.reads);
  } else if (summary.sites == 0) {
    base::warn("pipeline", "no read shows a candidate inside the regions: the VCF holds no records");
  } else if (contig_known && summary.windows_with_haplotypes == 0) {
    base::warn("pipeline", "the pangenome had no haplotype for any window with a candidate: everything was called from reads alone");
  }
}

}  // namespace

report::RunSummary call(const CallRequest& request) {
  const model::Model model(request.model_folder, request.threads);
  Inputs inputs(request.inputs);
  const std::string sample = request.sample_name.value_or(inputs.header.sample_name);
  CallWriter writer(inputs.reference, header_text(inputs, request, sample, model.name()), request.output_vcf, request.output_gvcf);
  inputs.attach_pangenome();
  const bool contig_known = warn_of_unknown_contigs(inputs);
  report::RunSummary summary = summary_of(request, inputs, sample);

  const int threads = std::max(1, std::min(request.threads, static_cast<int>(inputs.work.size())));
  std::optional<genotype::ReferenceConfidences> confidences;
  if (request.output_gvcf) confidences.emplace(genotype::ReferenceModel{});
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < threads; ++i) callers.push_back(std::make_unique<Caller>(inputs, request, model, confidences ? &*confidences : nullptr));

  int64_t windows = 0;
  for (const Shard& shard : inputs.work) windows += static_cast<int64_t>(shard.partitions.size());
  report::Progress progress(windows, "windows");
  StageClock output_clock;
  in_order<Found>(
      threads, inputs.work.size(),
      [&](int thread, size_t shard) {
        return callers[static_cast<size_t>(thread)]->run(inputs.work[shard], [&progress] { progress.add(); });
      },
      [&](size_t shard, Found&& found) {
        summary.sites += static_cast<int64_t>(found.calls.size());
        writer.add(inputs.work[shard].span(), std::move(found.calls), std::move(found.blocks));
        output_clock.lap(Stage::kOutput);
      },
      kWaitingShards);
  writer.finish();
  output_clock.lap(Stage::kOutput);
  summary.variants = writer.variants();

  add_stages(callers, output_clock, summary);
  warn_of_emptiness(summary, request, contig_known);
  summary.usage = base::process_usage();
  return summary;
}

}  // namespace haploom::pipeline
