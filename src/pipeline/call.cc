#include "pipeline/call.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/usage.h"
#include "genotype/genotype.h"
#include "genotype/reference_confidence.h"
#include "model/cascade.h"
#include "model/model.h"
#include "pipeline/call_writer.h"
#include "pipeline/ordered_shards.h"
#include "pipeline/partition_blocks.h"
#include "pipeline/questions.h"
#include "pipeline/shard_worker.h"
#include "pipeline/weigh_sites.h"

namespace haploom::pipeline {
namespace {

constexpr size_t kWaitingShards = 64;  // calls are small: a slow shard need not hold up the others

// What a shard's reads say.
struct Found {
  std::vector<genotype::Call> calls;
  std::vector<genotype::GvcfBlock> blocks;  // if a gVCF is wanted
};

// What all threads look up.
struct Shared {
  const Inputs& inputs;
  const CallRequest& request;
  const model::Model& model;
  const std::optional<model::Cascade>& cascade;
  ExamineOptions options;
  genotype::CallOptions silent_output;  // of sites that the panel alone shows
  std::vector<genome::Region> haploid;         // where there is one copy
  std::vector<genome::Region> haploid_blocks;  // the same of reference blocks
  std::optional<genotype::ReferenceConfidences> confidences;  // if a gVCF is wanted

  genotype::Call call(const genome::Candidate& candidate, const std::vector<genome::GenotypeProbabilities>& answers, bool silent = false) const {
    const bool one_copy = contains(haploid, candidate.contig, candidate.start);
    return genotype::call_site(candidate, answers, silent ? silent_output : request.output.options, one_copy ? genotype::Ploidy::kHaploid : genotype::Ploidy::kDiploid);
  }
};

// One thread's share of the work.
struct Caller {
  explicit Caller(const Shared& all)
      : shared(all),
        worker(all.inputs, all.options, all.request.examples.shape),
        questions(all.model.session(), all.request.examples.shape.bytes()) {}

  Found run(const Shard& shard, const std::function<void()>& on_partition) {
    Found found;
    LookAtPartition look;
    if (shared.confidences) {
      look = [&](Partition& partition) {
        const auto blocks = gvcf_blocks(partition, *shared.confidences, shared.haploid_blocks, shared.request.examples.include_median_depth);
        found.blocks.insert(found.blocks.end(), blocks.begin(), blocks.end());
        worker.clock().lap(Stage::kGenotypes);
      };
    }
    if (shared.cascade) {
      weigh_sites(worker, questions, &*shared.cascade, shard, on_partition, look, [&](const genome::Candidate& candidate, const evidence::Shard& evidence, size_t site) {
        std::vector<genome::GenotypeProbabilities> answers;
        for (size_t set = 0; set < evidence.sites()[site].sets.size(); ++set) answers.push_back(shared.cascade->answer(evidence.row(site, set)));
        found.calls.push_back(shared.call(candidate, answers, evidence.sites()[site].silent));
      });
      worker.clock().lap(Stage::kGenotypes);
      return found;
    }
    const Questions::Take take = [&](genome::Candidate&& candidate, std::span<const genome::GenotypeProbabilities> answers) {
      found.calls.push_back(shared.call(candidate, {answers.begin(), answers.end()}));
    };
    worker.run(
        shard,
        [&](genome::Candidate&& candidate, std::span<const uint8_t> images) { questions.add(std::move(candidate), images, worker.clock(), take); },
        on_partition, look);
    questions.answer(worker.clock(), take);
    return found;
  }

  const Shared& shared;
  ShardWorker worker;
  Questions questions;
};

void add_stages(const std::vector<std::unique_ptr<Caller>>& callers, const StageClock& main_thread, const model::Model& model,
                report::RunSummary& summary) {
  for (int i = 0; i < kStages; ++i) {
    const auto stage = static_cast<size_t>(i);
    double seconds = main_thread.seconds()[stage];
    for (const auto& caller : callers) seconds += caller->worker.clock().seconds()[stage];
    if (static_cast<Stage>(i) == Stage::kNetwork) seconds += model.cpu_seconds();
    summary.stage_cpu_seconds.emplace_back(stage_name(static_cast<Stage>(i)), seconds);
  }
  for (const auto& caller : callers) {
    summary.reads += caller->worker.reads();
    summary.windows_with_candidates += caller->worker.examiner().windows().with_candidates;
    summary.windows_with_haplotypes += caller->worker.examiner().windows().with_haplotypes;
  }
}

// make_examples drew what it was told to, the network takes what it takes.
void check_fits(const model::ExampleInfo& trained, const CallRequest& request) {
  const tensor::ImageShape& drawn = request.examples.shape;
  model::ExampleInfo info;
  info.rows = drawn.rows();
  info.width = drawn.width;
  for (const tensor::Channel channel : drawn.channels) info.channels.push_back(static_cast<int>(channel));
  model::check_fits(trained, request.network.model_folder, info, "this run");
}

void warn_of_emptiness(const report::RunSummary& summary, const CallRequest& request, bool contig_known) {
  if (summary.reads == 0) {
    base::warn("pipeline", "no read of {} passed the filters inside the regions: the VCF holds no records", fmt::join(request.examples.inputs.reads, ", "));
  } else if (summary.sites == 0) {
    base::warn("pipeline", "no read shows a candidate inside the regions: the VCF holds no records");
  } else if (contig_known && summary.windows_with_haplotypes == 0) {
    base::warn("pipeline", "the pangenome had no haplotype for any window with a candidate: everything was called from reads alone");
  }
}

}  // namespace

report::RunSummary summary_of(const CallRequest& request, const Inputs& inputs, const std::string& sample) {
  report::RunSummary summary;
  summary.version = request.output.version;
  summary.command_line = request.output.command_line;
  summary.sample = sample;
  summary.output = request.output.output_vcf;
  summary.threads = request.threads;
  for (const genome::Region& region : inputs.calling) summary.bases += region.length();
  if (inputs.pangenome) {
    summary.image_name = inputs.pangenome->name();
    summary.image_bytes = static_cast<int64_t>(inputs.pangenome->bytes());
  }
  return summary;
}

std::string only_in_steps(const CallRequest& request) {
  const MakeExamplesRequest& examples = request.examples;
  const MakeExamplesOutputs& files = examples.outputs;
  const bool more_files = !(files.candidates + files.candidate_positions + files.run_info + files.runtime_by_region + files.sitelist + files.read_phases).empty();
  if (examples.mode != MakeExamplesMode::kCalling) return "another mode than calling";
  if (more_files) return "more outputs of make_examples";
  if (!examples.selected_types.empty()) return "a choice of variant types";
  if (!examples.population_vcfs.empty()) return "frequencies of a cohort";
  if (examples.write_phases) return "phases in the records";
  if (examples.inputs.proposed_variants) return "proposed variants";
  if (!examples.candidate_positions.empty()) return "partitions of a sweep's candidates";
  if (!examples.options.het_alt_images) return "images of single alts alone";
  if (request.network.limit) return "a limit of examples";
  if (!request.network.allow_empty_examples) return "an error where there are no examples";
  if (request.network.debug_info) return "debugging information";
  if (request.output.small_model_outputs) return "a small model";
  if (!request.output.group_variants) return "records that are not grouped";
  if (!request.output.regions.empty()) return "regions of records";
  return "";
}

void check_steps(const CallRequest& request) {
  check_fits(model::Model(request.network.model_folder).info(), request);
  const formats::Reference reference(request.output.reference);
  regions_of(request.output.regions, reference.contigs());
  haploid_regions(request.output.haploid_contigs, request.output.par_regions_bed.value_or(""), reference.contigs());
}

report::RunSummary call(const CallRequest& request) {
  check(only_in_steps(request).empty(), "nothing is asked for that only the steps do");
  const MakeExamplesRequest& examples = request.examples;
  const model::Model model(request.network.model_folder, request.threads);
  check_fits(model.info(), request);
  Inputs inputs(examples.inputs);
  PostprocessRequest output = request.output;
  output.model = model.name() + (request.cascade ? ", with its cascade" : "");
  const std::string sample = sample_names(examples, inputs).reads;
  const genome::ContigList& contigs = inputs.reference.contigs();
  std::optional<model::Cascade> cascade;
  if (request.cascade) cascade.emplace(request.network.model_folder, evidence::names());
  Shared shared{inputs, request, model, cascade, examples.options, output.options, haploid_regions(output.haploid_contigs, output.par_regions_bed.value_or(""), contigs),
                haploid_regions(examples.haploid_contigs, examples.par_regions_bed, contigs), std::nullopt};
  shared.options.panel_evidence = cascade.has_value();
  shared.silent_output.genotype_without_reads = true;
  if (output.output_gvcf) shared.confidences.emplace(examples.reference_model);
  CallWriter writer(inputs.reference, vcf_header(output, contigs, sample), output);
  inputs.attach_pangenome();
  const bool contig_known = inputs.warn_of_unknown_contigs();
  report::RunSummary summary = summary_of(request, inputs, sample);

  const std::vector<Shard> work = shards(inputs.calling, examples.partition_bases);
  const int threads = std::max(1, std::min(request.threads, static_cast<int>(work.size())));
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < threads; ++i) callers.push_back(std::make_unique<Caller>(shared));

  int64_t windows = 0;
  for (const Shard& shard : work) windows += std::ssize(shard.partitions);
  report::Progress progress(windows, "windows");
  StageClock output_clock;
  in_order<Found>(
      threads, work.size(),
      [&](int thread, size_t shard) { return callers[static_cast<size_t>(thread)]->run(work[shard], [&progress] { progress.add(); }); },
      [&](size_t shard, Found&& found) {
        summary.sites += std::ssize(found.calls);
        writer.add(work[shard].span(), std::move(found.calls), std::move(found.blocks));
        output_clock.lap(Stage::kOutput);
      },
      kWaitingShards);
  writer.finish();
  output_clock.lap(Stage::kOutput);
  summary.variants = writer.variants();

  add_stages(callers, output_clock, model, summary);
  warn_of_emptiness(summary, request, contig_known);
  summary.usage = base::process_usage();
  return summary;
}

}  // namespace haploom::pipeline
