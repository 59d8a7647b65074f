#include "pipeline/examiner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "phasing/phasing.h"
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
  AsRealigned(std::vector<genome::Read>& reads, realign::Realignment found)
      : reads_(reads), found_(std::move(found)), reordered_(!std::is_sorted(found_.order.begin(), found_.order.end())) {
    for (size_t i = 0; i < reads.size(); ++i) {
      const genome::Read& read = reads[i];
      const bool fixed = read.cigar.size() == 1 && genome::is_match(read.cigar.front().op);
      if (!fixed) originals_.push_back({static_cast<int32_t>(i), read.start, read.end, read.cigar});
    }
    realign::swap_alignments(reads_, found_.moved);
    if (reordered_) permute(reads_, found_.order);
  }
  ~AsRealigned() {
    if (reordered_) permute_back(reads_, found_.order);
    realign::swap_alignments(reads_, originals_);
    realign::swap_alignments(reads_, found_.moved);
  }
  AsRealigned(const AsRealigned&) = delete;
  AsRealigned& operator=(const AsRealigned&) = delete;

 private:
  std::vector<genome::Read>& reads_;
  realign::Realignment found_;
  bool reordered_;
  std::vector<realign::ReadAlignment> originals_;
};

// The same for reads that nobody needs as they were. Of pieces, those beside the partition are not looked at any more.
void settle(std::vector<genome::Read>& reads, realign::Realignment found, const genome::Region& partition) {
  realign::swap_alignments(reads, found.moved);
  permute(reads, found.order);
  std::erase_if(reads, [&partition](const genome::Read& read) { return read.end <= partition.start || read.start >= partition.end; });
}

// Source: PHASE_READS_REGION_PADDING_PCT in dv_constants.py, make_examples_core.py process (DeepVariant 1.9)
genome::Region padded(const genome::Region& region, const genome::Contig& contig) {
  constexpr int64_t kPercent = 20;
  const int64_t more = region.length() * kPercent / 100;
  return {region.contig, std::max<int64_t>(0, region.start - more), std::min(contig.length, region.end + more)};
}

// Reads are aligned to alternate haplotypes as they are to assembled ones.
tensor::DrawOptions draw_options(const ExamineOptions& options) {
  tensor::DrawOptions out = options.draw;
  out.aligner = options.realign.aligner;
  return out;
}

}  // namespace

std::vector<genome::AltSet> image_sets(const genome::Candidate& candidate, bool het_alt_images) {
  auto sets = candidate.unanswered.empty() ? genome::alt_sets(static_cast<int>(candidate.alts.size())) : candidate.unanswered;
  if (!het_alt_images) std::erase_if(sets, [](const genome::AltSet& set) { return set.size() > 1; });
  return sets;
}

Examiner::Examiner(const ExamineOptions& options, const tensor::ImageShape& shape, Sources sources, StageClock& clock)
    : options_(options),
      realigner_(options.realign),
      painter_(shape, draw_options(options)),
      sources_(std::move(sources)),
      reference_sites_(options.reference_sites, pileup::kSiteSeed),
      clock_(clock) {}

realign::Realignment Examiner::realignment(const genome::Region& partition, const genome::Contig& contig,
                                           const std::vector<genome::Read>& reads, const pileup::ReferenceWindow& reference) {
  if (!options_.realign_reads) return {};
  auto found = realigner_.realign(partition, reads, reference, contig.length);
  clock_.lap(Stage::kRealign);
  return found;
}

std::vector<genome::Read> Examiner::haplotype_reads(const genome::Region& partition, const genome::Contig& contig, std::vector<uint32_t>& owners) {
  if (!sources_.haplotypes || !panel_is_trusted_ || (painter_.shape().height_pangenome == 0 && !options_.panel_evidence)) return {};
  std::vector<genome::Read> all = sources_.haplotypes(partition, contig);
  if (options_.panel_evidence && sources_.owners) owners = sources_.owners();
  auto sample = sampled(all, partition, options_.reads);
  if (sample) owners.clear();
  return sample ? std::move(*sample) : std::move(all);
}

std::vector<int64_t> Examiner::positions_of(const std::vector<pileup::PositionCounts>& counts, const genome::Region& counted,
                                            const pileup::ReferenceWindow& reference) {
  return candidates::positions(counted, counts, {}, reference, options_.thresholds, options_.reference_sites > 0 ? &reference_sites_ : nullptr);
}

std::vector<int64_t> Examiner::positions(const genome::Region& partition, const std::vector<genome::Read>& reads,
                                         const pileup::ReferenceWindow& reference) {
  auto found = positions_of(pileup::count_alleles(partition, reads, reference, options_.counts), partition, reference);
  clock_.lap(Stage::kCounts);
  return found;
}

// The reads are left as they are drawn. Where reads of the reference are tracked is found before they are normalised.
std::vector<pileup::PositionCounts> Examiner::counts_of(const genome::Region& counted, std::vector<genome::Read>& reads,
                                                        const pileup::ReferenceWindow& reference) {
  std::vector<int64_t> tracked;
  if (options_.track_reference_reads)
    tracked = positions_of(pileup::count_alleles(counted, reads, reference, options_.counts), counted, reference);
  std::vector<realign::ReadAlignment> drawn;
  if (options_.normalize_reads) drawn = realign::normalize_for_counting(counted, reads, reference);
  auto counts = pileup::count_alleles(counted, reads, reference, options_.counts, tracked);
  realign::swap_alignments(reads, drawn);
  return counts;
}

// Haplotypes of the reference are tracked where the haplotypes alone would make a candidate, as upstream does.
std::vector<pileup::PositionCounts> Examiner::haplotype_counts_of(const genome::Region& counted, std::vector<genome::Read>& haplotypes,
                                                                  const pileup::ReferenceWindow& reference) const {
  std::vector<realign::ReadAlignment> drawn;
  if (options_.panel_evidence) drawn = realign::normalize_for_counting(counted, haplotypes, reference);
  auto counts = pileup::count_alleles(counted, haplotypes, reference, options_.counts);
  if (options_.track_reference_reads) {
    counts = pileup::count_alleles(counted, haplotypes, reference, options_.counts,
                                   candidates::positions(counted, counts, {}, reference, options_.thresholds));
  }
  realign::swap_alignments(haplotypes, drawn);
  return counts;
}

std::vector<genome::Candidate> Examiner::candidates_of(const genome::Region& counted, const std::vector<pileup::PositionCounts>& counts,
                                                       const std::vector<pileup::PositionCounts>& haplotype_counts,
                                                       const pileup::ReferenceWindow& reference) {
  if (sources_.proposed)
    return candidates::import_candidates(counted, counts, reference, options_.thresholds, sources_.proposed(counted), options_.import);
  const candidates::Extras extras{options_.complex_alleles, options_.reference_sites > 0 ? &reference_sites_ : nullptr};
  return candidates::find(counted, counts, haplotype_counts, reference, options_.thresholds, extras);
}

// Whatever phase the file tells of is gone, even where there are too many candidates to find another.
void Examiner::phase(const genome::Region& counted, const std::vector<pileup::PositionCounts>& counts,
                     std::vector<genome::Candidate>& candidates, std::vector<genome::Read>& reads) {
  for (genome::Read& read : reads) read.haplotype_tag = genome::kNoHaplotypeTag;
  if (options_.most_candidates_to_phase > 0 && std::ssize(candidates) > options_.most_candidates_to_phase) return;
  const phasing::Phasing phasing = phasing::phase(phasing::sites(candidates, counted, counts), reads);
  for (size_t i = 0; i < reads.size(); ++i) {
    const int phase = phasing.reads[i];
    reads[i].haplotype_tag = options_.reverse_haplotypes && phase > 0 ? 3 - phase : phase;
  }
  const auto phases = phasing::allele_phases(candidates, phasing);
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (phases[i]) candidates[i].allele_phases = *phases[i];
  }
}

void Examiner::examine(const genome::Region& region, const genome::Contig& contig, std::vector<genome::Read>& reads,
                       const pileup::ReferenceWindow& reference, const TakeExamples& take, const LookAtPartition& look) {
  if (options_.realign_reads && options_.split_skip_reads) {
    if (auto pieces = realign::split_at_skips(reads, options_.realign.max_read_length_to_realign)) {
      settle(*pieces, realignment(region, contig, *pieces, reference), region);
      examine_aligned(region, contig, *pieces, reference, take, look);
      return;
    }
  }
  const AsRealigned realigned(reads, realignment(region, contig, reads, reference));
  examine_aligned(region, contig, reads, reference, take, look);
}

void Examiner::examine_aligned(const genome::Region& region, const genome::Contig& contig, std::vector<genome::Read>& reads,
                               const pileup::ReferenceWindow& reference, const TakeExamples& take, const LookAtPartition& look) {
  const genome::Region counted = options_.phase_reads ? padded(region, contig) : region;
  const auto counts = counts_of(counted, reads, reference);
  const pileup::FractionSampler sampler_before = reference_sites_;
  auto found = candidates_of(counted, counts, {}, reference);
  clock_.lap(Stage::kCounts);
  if (found.empty() && !look) return;

  std::vector<genome::Read> haplotypes;
  std::vector<uint32_t> owners;
  std::vector<pileup::PositionCounts> haplotype_counts;
  if (!found.empty() || options_.panel_evidence) haplotypes = haplotype_reads(region, contig, owners);
  if (!haplotypes.empty()) {
    haplotype_counts = haplotype_counts_of(counted, haplotypes, reference);
    reference_sites_ = sampler_before;  // the same sites are drawn again
    found = candidates_of(counted, counts, haplotype_counts, reference);
  }
  windows_.with_candidates += !found.empty();
  windows_.with_haplotypes += !found.empty() && !haplotypes.empty();
  clock_.lap(Stage::kHaplotypes);
  if (options_.phase_reads) {
    phase(counted, counts, found, reads);
    std::erase_if(found, [&region](const genome::Candidate& candidate) { return !region.contains(candidate.start); });
  }
  Partition partition{region, counted, contig, reads, haplotypes, reference, counts, haplotype_counts, owners, found};
  if (look) look(partition);
  paint(partition, take);
}

void Examiner::paint(Partition& partition, const TakeExamples& take) {
  if (partition.candidates.empty()) return;
  painter_.begin(&partition.reads, &partition.haplotypes, partition.reference, partition.contig.length);
  const size_t bytes = painter_.shape().bytes();
  for (genome::Candidate& candidate : partition.candidates) {
    const auto sets = image_sets(candidate, options_.het_alt_images);
    images_.resize(bytes * sets.size());
    bool drawn = true;
    for (size_t i = 0; i < sets.size() && drawn; ++i)
      drawn = painter_.draw(candidate, sets[i], std::span(images_).subspan(i * bytes, bytes));
    clock_.lap(Stage::kTensors);
    if (drawn) take(std::move(candidate), images_);
  }
}

}  // namespace haploom::pipeline
