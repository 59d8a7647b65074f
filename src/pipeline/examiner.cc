#include "pipeline/examiner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "realign/realign.h"

namespace haploom::pipeline {
namespace {

void permute(std::vector<genome::Read>& reads, const std::vector<int32_t>& order) {
  std::vector<genome::Read> out;
  out.reserve(reads.size());
  for (const int32_t i : order) out.push_back(std::move(reads[static_cast<size_t>(i)]));
  reads = std::move(out);
}

void permute_back(std::vector<genome::Read>& reads, const std::vector<int32_t>& order) {
  std::vector<genome::Read> out(reads.size());
  for (size_t i = 0; i < order.size(); ++i) out[static_cast<size_t>(order[i])] = std::move(reads[i]);
  reads = std::move(out);
}

// The reads with the realigner's alignments and in its order, as every later stage sees them. At the end of its life they
// are again what the file says: the next partition starts from there. Normalising may change what is no plain match.
class AsRealigned {
 public:
  AsRealigned(std::vector<genome::Read>& reads, realign::Realignment found) : reads_(reads), found_(std::move(found)) {
    for (size_t i = 0; i < reads.size(); ++i) {
      const genome::Read& read = reads[i];
      const bool fixed = read.cigar.size() == 1 && genome::is_match(read.cigar.front().op);
      if (!fixed) originals_.push_back({static_cast<int32_t>(i), read.start, read.end, read.cigar});
    }
    realign::swap_alignments(reads_, found_.moved);
    if (!std::is_sorted(found_.order.begin(), found_.order.end())) permute(reads_, found_.order);
  }
  ~AsRealigned() {
    if (!std::is_sorted(found_.order.begin(), found_.order.end())) permute_back(reads_, found_.order);
    realign::restore(reads_, std::move(originals_));
    realign::swap_alignments(reads_, found_.moved);
  }
  AsRealigned(const AsRealigned&) = delete;
  AsRealigned& operator=(const AsRealigned&) = delete;

 private:
  std::vector<genome::Read>& reads_;
  realign::Realignment found_;
  std::vector<realign::DrawnAlignment> originals_;
};

}  // namespace

ExamineOptions preset(const std::string& model_type) {
  ExamineOptions options;
  if (model_type == "WGS") {
    options.reads.filter.min_mapq = 0;
    options.reads.filter.keep_supplementary = true;
    options.normalize_reads = true;
    options.counts.legacy = true;
  } else if (model_type == "WES") {
    options.reads.filter.min_mapq = 5;
    options.reads.filter.keep_supplementary = true;
    options.normalize_reads = false;
    options.counts.legacy = false;
  } else {
    throw Error{Exit::kUsage, Reason::kUsage, "pipeline", fmt::format("--model_type '{}' is not known", model_type),
                "--model_type WGS or --model_type WES"};
  }
  options.realign.normalize_reads = options.normalize_reads;
  options.realign.windows.keep_legacy = options.counts.legacy;
  options.counts.min_mapq = options.reads.filter.min_mapq;
  options.draw.min_mapq = options.reads.filter.min_mapq;
  return options;
}

Examiner::Examiner(const ExamineOptions& options, const tensor::ImageShape& shape, haplotypes::Reader* haplotypes,
                   StageClock& clock)
    : options_(options), realigner_(options.realign), painter_(shape, options.draw), haplotypes_(haplotypes), clock_(clock) {}

realign::Realignment Examiner::realignment(const genome::Region& partition, const genome::Contig& contig,
                                           const std::vector<genome::Read>& reads, const pileup::ReferenceWindow& reference) {
  if (!options_.realign_reads) return {};
  auto found = realigner_.realign(partition, reads, reference, contig.length);
  clock_.lap(Stage::kRealign);
  return found;
}

std::vector<genome::Read> Examiner::haplotype_reads(const genome::Region& partition, const genome::Contig& contig) {
  if (haplotypes_ == nullptr || painter_.shape().height_pangenome == 0) return {};
  std::vector<genome::Read> all = haplotypes_->reads(partition, contig.name);
  auto sample = sampled(all, partition, options_.reads);
  return sample ? std::move(*sample) : std::move(all);
}

void Examiner::examine(const genome::Region& partition, const genome::Contig& contig, std::vector<genome::Read>& reads,
                       const pileup::ReferenceWindow& reference, const TakeExamples& take) {
  const AsRealigned realigned(reads, realignment(partition, contig, reads, reference));
  std::vector<realign::DrawnAlignment> drawn;
  if (options_.normalize_reads) drawn = realign::normalize_for_counting(partition, reads, reference);
  const auto counts = pileup::count_alleles(partition, reads, reference, options_.counts);
  realign::restore(reads, std::move(drawn));
  auto found = candidates::find(partition, counts, {}, reference, options_.thresholds);
  clock_.lap(Stage::kCounts);
  if (found.empty()) return;

  ++windows_with_candidates_;
  const std::vector<genome::Read> haplotypes = haplotype_reads(partition, contig);
  if (!haplotypes.empty()) {
    ++windows_with_haplotypes_;
    const auto haplotype_counts = pileup::count_alleles(partition, haplotypes, reference, options_.counts);
    found = candidates::find(partition, counts, haplotype_counts, reference, options_.thresholds);
  }
  clock_.lap(Stage::kHaplotypes);
  paint(std::move(found), contig, reads, haplotypes, reference, take);
}

void Examiner::paint(std::vector<genome::Candidate>&& found, const genome::Contig& contig, const std::vector<genome::Read>& reads,
                     const std::vector<genome::Read>& haplotypes, const pileup::ReferenceWindow& reference,
                     const TakeExamples& take) {
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
