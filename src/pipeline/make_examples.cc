#include "pipeline/make_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>

#include "base/error.h"
#include "base/log.h"
#include "base/usage.h"
#include "candidates/population.h"
#include "formats/bed.h"
#include "formats/candidate_positions.h"
#include "pipeline/example_files.h"
#include "pipeline/partition_blocks.h"
#include "pipeline/record_values.h"
#include "pipeline/run_info.h"
#include "pipeline/shard_worker.h"

namespace haploom::pipeline {
namespace {

// Ends of calling regions, to be asked whether a partition is the last of one.
class RegionEnds {
 public:
  explicit RegionEnds(const std::vector<genome::Region>& calling) {
    for (const genome::Region& region : calling) ends_.emplace_back(region.contig, region.end);
    std::sort(ends_.begin(), ends_.end());
  }
  bool has(const genome::Region& partition) const {
    return std::binary_search(ends_.begin(), ends_.end(), std::pair(partition.contig, partition.end));
  }

 private:
  std::vector<std::pair<int, int64_t>> ends_;
};

// What the truth says of candidates; those that it says nothing of are taken out.
class Truth {
 public:
  Truth(const MakeExamplesRequest& request, const Inputs& inputs)
      : labeler_(request.truth.labels, request.truth.truth_variants, confident_regions(request, inputs), inputs.reference),
        has_denovo_(!request.truth.denovo_regions.empty()),
        denovo_(has_denovo_ ? genome::merged(formats::read_bed(request.truth.denovo_regions, inputs.reference.contigs())) : std::vector<genome::Region>()) {}

  void label(const genome::Region& region, std::vector<genome::Candidate>& candidates) {
    const std::vector<labels::Label> all = labeler_.label(region, candidates);
    labels_.clear();
    std::vector<genome::Candidate> confident;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (!all[i].confident) continue;
      labels_.emplace(key(candidates[i]), all[i]);
      confident.push_back(std::move(candidates[i]));
    }
    candidates = std::move(confident);
  }

  const labels::Label& of(const genome::Candidate& candidate) const { return labels_.at(key(candidate)); }

  const labels::Metrics& metrics() const { return labeler_.metrics(); }

  // Nothing where no de novo regions were given.
  std::optional<bool> denovo(const genome::Candidate& candidate) const {
    if (!has_denovo_) return std::nullopt;
    return std::any_of(denovo_.begin(), denovo_.end(), [&candidate](const genome::Region& region) {
      return region.contig == candidate.contig && region.contains(candidate.start);
    });
  }

 private:
  // As the file has them: a truth record may reach into a calling region from outside. Without a BED, everywhere.
  static std::vector<genome::Region> confident_regions(const MakeExamplesRequest& request, const Inputs& inputs) {
    const genome::ContigList& contigs = inputs.reference.contigs();
    if (!request.truth.confident_regions.empty()) return formats::read_bed(request.truth.confident_regions, contigs);
    std::vector<genome::Region> everywhere;
    for (int contig = 0; contig < contigs.size(); ++contig) everywhere.push_back({contig, 0, contigs[contig].length});
    return everywhere;
  }

  // A VCF may propose several candidates of one start.
  using Key = std::tuple<int64_t, std::string, std::vector<std::string>>;
  static Key key(const genome::Candidate& candidate) { return {candidate.start, candidate.ref, candidate.alts}; }

  labels::Labeler labeler_;
  bool has_denovo_;
  std::vector<genome::Region> denovo_;
  std::map<Key, labels::Label> labels_;  // of the partition
};

std::vector<genome::Region> partitions_of(const MakeExamplesRequest& request, const Inputs& inputs) {
  if (request.candidate_positions.empty()) return all_partitions(inputs.calling, request.partition_bases);
  return partitions_by_candidates(inputs.calling, formats::read_candidate_positions(request.candidate_positions));
}

// One task at work: what a partition comes to goes to the files.
class Task {
 public:
  Task(const MakeExamplesRequest& request, const Inputs& inputs, const SampleNames& samples, ExampleFiles& files)
      : request_(request),
        contigs_(inputs.reference.contigs()),
        files_(files),
        samples_(samples),
        types_(request.selected_types),
        confidences_(request.reference_model),
        haploid_(haploid_regions(request.haploid_contigs, request.par_regions_bed, contigs_)),
        worker_(inputs, request.options, request.shape) {
    if (request.mode == MakeExamplesMode::kTraining) truth_.emplace(request, inputs);
    const bool calls = files.wants_call_outputs();
    if (calls || files.wants_summaries())
      summaries_.emplace(samples_, request.shape.height_pangenome > 0, candidates::SummaryOptions{request.vaf_window, request.options.phase_reads});
    if (calls) small_model_.emplace(request.small_model, *summaries_);
    if (!request.population_vcfs.empty()) population_.emplace(request.population_vcfs, inputs.reference);
  }

  void run(const Shard& shard) {
    worker_.run(
        shard, [this](genome::Candidate&& candidate, std::span<const uint8_t> images) { write_examples(candidate, images); },
        [this] { end_partition(); }, [this](Partition& partition) { look(partition); });
  }

  void sweep(const Shard& shard, const RegionEnds& ends) {
    worker_.sweep(shard, [&](const genome::Region& partition, const std::vector<int64_t>& positions) {
      files_.positions(positions, ends.has(partition));
      counts_.candidates += std::ssize(positions);
      ++counts_.partitions;
    });
  }

  const MakeExamplesCounts& counts() const { return counts_; }
  // Nothing outside of training, and of labelers that do not count.
  std::optional<labels::Metrics> labeling() const {
    if (!truth_ || request_.truth.labels.algorithm != labels::Algorithm::kHaplotype) return std::nullopt;
    return truth_->metrics();
  }
  int64_t reads() const { return worker_.reads(); }
  const Examiner& examiner() const { return worker_.examiner(); }

 private:
  void look(Partition& partition) {
    std::erase_if(partition.candidates, [this](const genome::Candidate& candidate) { return !types_.selects(candidate); });
    if (population_) population_->annotate(partition.candidates);
    counts_.candidates += std::ssize(partition.candidates);
    if (files_.wants_costs()) {
      cost_.region = genome::plain_text(partition.region, contigs_);
      cost_.read_count = std::ssize(partition.reads) + std::ssize(partition.haplotypes);
      cost_.candidate_count = std::ssize(partition.candidates);
    }
    if (small_model_) ask_small_model(partition);
    if (files_.wants_candidates()) {
      for (const genome::Candidate& candidate : partition.candidates)
        files_.candidate(with_origin(candidate_record(candidate, partition, contigs_, samples_, request_.vaf_window), candidate));
    }
    if (files_.wants_reference()) write_reference(partition);
    if (files_.wants_phases()) files_.phases(partition.reads, counts_.partitions + 1);
    if (small_model_) keep_unanswered(partition.candidates);
    if (truth_) truth_->label(partition.region, partition.candidates);
    if (files_.wants_summaries()) write_summaries(partition);
    if (!request_.images) partition.candidates.clear();
    worker_.clock().lap(Stage::kOutput);
  }

  void ask_small_model(Partition& partition) {
    SmallModelCost cost;
    const double start = base::thread_cpu_seconds();
    auto answers = small_model_->answers(partition, *summaries_, cost);
    forget_halves(partition, answers);
    const double answered = base::thread_cpu_seconds();
    for (const auto& [candidate, alts, probabilities] : answers) {
      formats::VariantRecord variant = variant_record(*candidate, contigs_, samples_.reads);
      add_origin(variant, *candidate);
      files_.call_output({formats::encode(variant), alts, {probabilities.begin(), probabilities.end()}, std::nullopt});
    }
    counts_.small_model_answers += std::ssize(answers);
    small_model_seconds_ = base::thread_cpu_seconds() - start;
    if (cost.answers) {
      cost.records = base::thread_cpu_seconds() - answered;
      cost.all = small_model_seconds_;
    }
    cost_.small_model = cost;
  }

  // Near a contig's end nothing is drawn. A site that is answered in part would come to postprocess_variants without the rest,
  // which stops it (so in DeepVariant 1.9): it is left out, as without a small model.
  void forget_halves(Partition& partition, std::vector<SmallModelCaller::Answer>& answers) const {
    for (genome::Candidate& candidate : partition.candidates) {
      const int64_t start = candidate.start - request_.shape.width / 2;
      const bool drawn = start >= 0 && start + request_.shape.width <= partition.contig.length;
      if (drawn || !candidate.small_model || candidate.unanswered.empty()) continue;
      std::erase_if(answers, [&candidate](const auto& answer) { return answer.candidate == &candidate; });
      candidate.small_model = false;
      candidate.unanswered = genome::alt_sets(static_cast<int>(candidate.alts.size()));
    }
  }

  void write_summaries(const Partition& partition) {
    summaries_->begin(partition);
    for (const genome::Candidate& candidate : partition.candidates) {
      if (!is_for_small_model(candidate, request_.small_model)) continue;
      for (const formats::SummaryRecord& record : summary_records(candidate, truth_->of(candidate), contigs_, *summaries_)) {
        files_.summary(record);
        ++counts_.summaries;
      }
    }
  }

  void write_reference(const Partition& partition) {
    for (const auto& block : reference_blocks(partition, confidences_, haploid_)) {
      files_.reference(block_record(block, partition.contig.name, samples_.reads, request_.include_median_depth));
      ++counts_.reference_records;
    }
  }

  void write_examples(const genome::Candidate& candidate, std::span<const uint8_t> images) {
    formats::VariantRecord variant = variant_record(candidate, contigs_, samples_.reads);
    add_origin(variant, candidate);
    const labels::Label* label = truth_ ? &truth_->of(candidate) : nullptr;
    if (label != nullptr && !label->genotype.empty()) variant.calls.front().genotype = label->genotype;
    formats::ExampleRecord example;
    example.locus = fmt::format("{}:{}-{}", variant.contig, variant.start + 1, variant.end);
    example.variant = formats::encode(variant);
    example.shape = {request_.shape.rows(), request_.shape.width, std::ssize(request_.shape.channels)};
    example.variant_type = formats::example_variant_type(candidate.ref, candidate.alts);
    example.sequencing_type = request_.sequencing_type;
    size_t at = 0;
    for (genome::AltSet& set : image_sets(candidate, request_.options.het_alt_images)) {
      example.alt_set = std::move(set);
      example.image = images.subspan(at, request_.shape.bytes());
      at += request_.shape.bytes();
      if (label != nullptr) add_label(*label, candidate, example);
      files_.example(example, variant);
      ++counts_.examples;
      ++(example.variant_type == 2 ? counts_.indels : counts_.snps);
    }
    worker_.clock().lap(Stage::kOutput);
  }

  void add_label(const labels::Label& label, const genome::Candidate& candidate, formats::ExampleRecord& example) {
    example.label = label.value(example.alt_set);
    if (*example.label >= 0 && *example.label < std::ssize(counts_.labels)) ++counts_.labels[static_cast<size_t>(*example.label)];
    const auto denovo = truth_->denovo(candidate);
    if (denovo) example.denovo_label = *denovo ? 1 : 0;
    ++(denovo.value_or(false) ? counts_.denovo : counts_.not_denovo);
  }

  // What a variant says of where it comes from: the reads' file in training, its alleles' phases.
  void add_origin(formats::VariantRecord& variant, const genome::Candidate& candidate) const {
    if (truth_) variant.info["BAM_FNAME"] = {file_names()};
    if (!request_.write_phases || candidate.allele_phases.empty()) return;
    auto& phases = variant.info["ALT_PS"];
    for (const int phase : candidate.allele_phases) phases.emplace_back(phase);
    variant.info["PS_CONTIG"] = {fmt::format("{}-{}", request_.task, counts_.partitions + 1)};
  }
  formats::CandidateRecord with_origin(formats::CandidateRecord record, const genome::Candidate& candidate) const {
    add_origin(record.variant, candidate);
    return record;
  }

  std::string file_names() const {
    // Of several files DeepVariant takes the whole list for one path: the last folder's name ends where the last file begins.
    const auto name = [](const std::vector<std::string>& files) { return std::filesystem::path(fmt::format("{}", fmt::join(files, ","))).filename().string(); };
    const auto& paths = request_.inputs;
    if (paths.pangenome) return name(paths.reads) + "|" + name({*paths.pangenome});
    if (!paths.haplotype_reads.empty()) return name(paths.reads) + "|" + name(paths.haplotype_reads);
    return name(paths.reads);
  }

  void end_partition() {
    ++counts_.partitions;
    if (files_.wants_costs()) write_cost();
    if (counts_.candidates / request_.log_every > reported_) {
      reported_ = counts_.candidates / request_.log_every;
      base::info("pipeline", "{} candidates ({} examples)", counts_.candidates, counts_.examples);
    }
  }

  void write_cost() {
    const StageSeconds& now = worker_.clock().seconds();
    const auto spent = [&](Stage stage) { return now[static_cast<size_t>(stage)] - before_[static_cast<size_t>(stage)]; };
    cost_.reads = spent(Stage::kReads) + spent(Stage::kRealign);
    cost_.candidates = spent(Stage::kCounts) + spent(Stage::kHaplotypes);
    cost_.images = spent(Stage::kTensors);
    cost_.output = spent(Stage::kOutput) - small_model_seconds_;
    cost_.example_count = counts_.examples - examples_before_;
    files_.cost(cost_);
    before_ = now;
    examples_before_ = counts_.examples;
  }

  const MakeExamplesRequest& request_;
  const genome::ContigList& contigs_;
  ExampleFiles& files_;
  SampleNames samples_;
  candidates::VariantTypes types_;
  genotype::ReferenceConfidences confidences_;
  std::vector<genome::Region> haploid_;
  ShardWorker worker_;
  std::optional<Truth> truth_;
  std::optional<Summaries> summaries_;
  std::optional<SmallModelCaller> small_model_;
  std::optional<candidates::PopulationFrequencies> population_;
  MakeExamplesCounts counts_;
  int64_t reported_ = 0;
  PartitionCost cost_;
  double small_model_seconds_ = 0;  // of the partition
  StageSeconds before_{};
  int64_t examples_before_ = 0;
};

}  // namespace

SampleNames sample_names(const MakeExamplesRequest& request, const Inputs& inputs) {
  SampleNames out{request.reads_sample.value_or(inputs.sample_name), request.pangenome_sample};
  const auto& haplotypes = request.inputs.haplotype_reads;
  if (out.haplotypes.empty() && !haplotypes.empty()) out.haplotypes = inputs.open(haplotypes.front()).header().sample_name;
  if ((request.inputs.pangenome || !haplotypes.empty()) && out.reads == out.haplotypes) {
    throw Error{Exit::kUsage, Reason::kUsage, "pipeline", fmt::format("the reads and the pangenome are both named {}", out.reads),
                "give --sample_name_pangenome another name"};
  }
  return out;
}

MakeExamplesCounts make_examples(const MakeExamplesRequest& request) {
  const bool sweep = request.mode == MakeExamplesMode::kCandidateSweep;
  Inputs inputs(request.inputs);
  const SampleNames samples = sample_names(request, inputs);
  ExampleFiles files(request.outputs, request.shape, !sweep);
  if (!sweep) inputs.attach_pangenome();
  Task task(request, inputs, samples, files);
  const RegionEnds ends(inputs.calling);
  for (const Shard& shard : shards_of(partitions_of(request, inputs), request.task, request.tasks)) {
    if (sweep) {
      task.sweep(shard, ends);
    } else {
      task.run(shard);
    }
  }
  MakeExamplesCounts counts = task.counts();
  counts.sample = samples.reads;
  counts.reads = task.reads();
  counts.windows_with_candidates = task.examiner().windows().with_candidates;
  counts.windows_with_haplotypes = task.examiner().windows().with_haplotypes;
  files.finish(run_info(request, counts, task.labeling()));
  if (task.reads() == 0 && request.tasks == 1)
    base::warn("pipeline", "no read of {} passed the filters inside the regions", fmt::join(request.inputs.reads, ", "));
  return counts;
}

}  // namespace haploom::pipeline
