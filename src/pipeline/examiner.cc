#include "pipeline/examiner.h"

#include <fmt/format.h>

#include "base/error.h"

namespace haploom::pipeline {

ExamineOptions preset(const std::string& model_type) {
  ExamineOptions options;
  if (model_type == "WGS") {
    options.reads.filter.min_mapq = 0;
    options.reads.filter.keep_supplementary = true;
    options.reads.normalize = true;
    options.counts.legacy = true;
  } else if (model_type == "WES") {
    options.reads.filter.min_mapq = 5;
    options.reads.filter.keep_supplementary = true;
    options.reads.normalize = false;
    options.counts.legacy = false;
  } else {
    throw Error{Exit::kUsage, Reason::kUsage, "pipeline", fmt::format("--model_type '{}' is not known", model_type),
                "--model_type WGS or --model_type WES"};
  }
  options.counts.min_mapq = options.reads.filter.min_mapq;
  options.draw.min_mapq = options.reads.filter.min_mapq;
  return options;
}

Examiner::Examiner(const ExamineOptions& options, const tensor::ImageShape& shape, haplotypes::Reader* haplotypes,
                   StageClock& clock)
    : options_(options), painter_(shape, options.draw), haplotypes_(haplotypes), clock_(clock) {}

std::vector<genome::Read> Examiner::haplotype_reads(const genome::Region& partition, const genome::Contig& contig) {
  if (haplotypes_ == nullptr || painter_.shape().height_pangenome == 0) return {};
  std::vector<genome::Read> all = haplotypes_->reads(partition, contig.name);
  const int keep = options_.reads.max_reads;
  if (keep == 0 || all.size() <= static_cast<size_t>(keep)) return all;
  std::vector<genome::Read> sample;
  for (const int32_t i : pileup::reservoir_sample(static_cast<int64_t>(all.size()), keep))
    sample.push_back(all[static_cast<size_t>(i)]);
  return sample;
}

void Examiner::examine(const genome::Region& partition, const genome::Contig& contig, const std::vector<genome::Read>& reads,
                       const pileup::ReferenceWindow& reference, const TakeExamples& take) {
  const auto counts = pileup::count_alleles(partition, reads, reference, options_.counts);
  auto found = candidates::find(partition, counts, {}, reference, options_.thresholds);
  clock_.lap(Stage::kCounts);
  if (found.empty()) return;

  const std::vector<genome::Read> haplotypes = haplotype_reads(partition, contig);
  if (!haplotypes.empty()) {
    const auto haplotype_counts = pileup::count_alleles(partition, haplotypes, reference, options_.counts);
    found = candidates::find(partition, counts, haplotype_counts, reference, options_.thresholds);
  }
  clock_.lap(Stage::kHaplotypes);

  painter_.begin(&reads, &haplotypes, reference, contig.length);
  const size_t bytes = painter_.shape().bytes();
  for (genome::Candidate& candidate : found) {
    const auto sets = genome::alt_sets(static_cast<int>(candidate.alts.size()));
    images_.resize(bytes * sets.size());
    bool drawn = true;
    for (size_t i = 0; i < sets.size() && drawn; ++i)
      drawn = painter_.draw(candidate, sets[i], std::span(images_).subspan(i * bytes, bytes));
    clock_.lap(Stage::kTensors);
    if (drawn) take(std::move(candidate), images_);
  }
}

}  // namespace haploom::pipeline
