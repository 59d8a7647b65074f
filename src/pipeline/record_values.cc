#include "pipeline/record_values.h"

#include "candidates/candidates.h"

namespace haploom::pipeline {
namespace {

constexpr const char* kUncalled = "UNCALLED_ALLELE";
constexpr const char* kSmallModel = "small_model";  // inference.py

// Supports of one list, told of by the counts at the candidate's start.
void add_supports(const genome::Support& support, const pileup::PositionCounts& at, const std::vector<genome::Read>& reads,
                  const std::string& sample, std::vector<formats::ReadSupportRecord>& out) {
  for (const candidates::ReadSupport& one : candidates::support_details(support, at, reads)) {
    out.push_back({reads[static_cast<size_t>(one.read)].key(), one.low_quality, one.mapq, one.base_quality, one.reverse, sample});
  }
}

}  // namespace

formats::VariantRecord variant_record(const genome::Candidate& candidate, const genome::ContigList& contigs, const std::string& sample) {
  formats::VariantRecord out;
  out.contig = contigs[candidate.contig].name;
  out.start = candidate.start;
  out.end = candidate.end();
  out.ref = candidate.ref;
  out.alts = candidate.alts;
  formats::SampleCallRecord& call = out.calls.emplace_back();
  call.sample = sample;
  call.genotype = {-1, -1};
  call.info["DP"] = {candidate.depth};
  if (candidate.small_model) call.info["MID"] = {std::string(kSmallModel)};
  if (candidate.allele_depth.empty()) return out;  // a site of the reference, in training
  auto& ad = call.info["AD"];
  auto& vaf = call.info["VAF"];
  for (const int depth : candidate.allele_depth) ad.emplace_back(depth);
  for (size_t i = 1; i < candidate.allele_depth.size(); ++i)
    vaf.emplace_back(candidate.depth > 0 ? static_cast<double>(candidate.allele_depth[i]) / candidate.depth : 0.0);
  return out;
}

formats::CandidateRecord candidate_record(const genome::Candidate& candidate, const Partition& partition,
                                          const genome::ContigList& contigs, const SampleNames& samples, int vaf_window) {
  formats::CandidateRecord out;
  out.variant = variant_record(candidate, contigs, samples.reads);
  out.alt_sets = candidate.unanswered;
  const auto at = static_cast<size_t>(candidate.start - partition.counted.start);
  const auto add = [&](const std::string& allele, const genome::Support& reads, const genome::Support& haplotypes) {
    if (reads.empty() && haplotypes.empty()) return;
    auto& supports = out.allele_support[allele];
    if (!reads.empty()) add_supports(reads, partition.counts[at], partition.reads, samples.reads, supports);
    if (!haplotypes.empty()) add_supports(haplotypes, partition.haplotype_counts[at], partition.haplotypes, samples.haplotypes, supports);
  };
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    const genome::Support none;
    add(candidate.alts[alt], alt < candidate.read_support.size() ? candidate.read_support[alt] : none,
        alt < candidate.haplotype_support.size() ? candidate.haplotype_support[alt] : none);
  }
  add(kUncalled, candidate.read_uncalled, candidate.haplotype_uncalled);
  if (!candidate.ref_support.empty())
    add_supports(candidate.ref_support, partition.counts[at], partition.reads, samples.reads, out.ref_support);
  if (!candidate.haplotype_ref_support.empty())
    add_supports(candidate.haplotype_ref_support, partition.haplotype_counts[at], partition.haplotypes, samples.haplotypes, out.ref_support);
  for (size_t alt = 0; alt < candidate.population_frequency.size(); ++alt)
    out.allele_frequency[candidate.alts[alt]] = candidate.population_frequency[alt];
  if (vaf_window > 0) {
    for (const auto& [position, percent] : candidates::frequencies_around(partition.counted, partition.counts, candidate.start, vaf_window))
      out.allele_frequency_at_position[static_cast<int>(position)] = percent;
  }
  return out;
}

formats::VariantRecord block_record(const genotype::ReferenceBlock& block, const std::string& contig, const std::string& sample,
                                    bool include_median_depth) {
  formats::VariantRecord out;
  out.contig = contig;
  out.start = block.start;
  out.end = block.end;
  out.ref = std::string(1, block.base);
  out.alts = {"<*>"};
  formats::SampleCallRecord& call = out.calls.emplace_back();
  call.sample = sample;
  const int allele = block.called ? 0 : -1;
  call.genotype = {allele, allele};
  call.likelihoods = {block.confidence.likelihoods.begin(), block.confidence.likelihoods.end()};
  call.info["GQ"] = {block.confidence.gq};
  call.info["MIN_DP"] = {block.min_depth};
  if (include_median_depth) call.info["MED_DP"] = {block.median_depth};
  return out;
}

}  // namespace haploom::pipeline
