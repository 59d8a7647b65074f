#include "candidates/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace haploom::candidates {
namespace {

constexpr std::array<const char*, 12> kBaseFeatures = {
    "num_reads_supports_ref",   "num_reads_supports_alt",
    "alt_indices_depth",        "total_depth",
    "variant_allele_frequency", "alt_indices_variant_allele_frequency",
    "ref_mapping_quality",      "alt_mapping_quality",
    "ref_base_quality",         "alt_base_quality",
    "ref_reverse_strand_ratio", "alt_reverse_strand_ratio"};
constexpr std::array<const char*, 7> kVariantFeatures = {"is_snp",          "is_insertion",    "is_deletion",
                                                         "insertion_length", "deletion_length", "is_multiallelic",
                                                         "is_multiple_alt_alleles"};
constexpr int kHaplotypes = 3;

int percent(int64_t part, int64_t whole) { return whole == 0 ? 0 : static_cast<int>(100 * part / whole); }

// Sums over the reads that show one side.
struct Side {
  int64_t reads = 0, mapq = 0, base_quality = 0, reverse = 0;

  void add(const ReadSupport& each) {
    ++reads;
    mapq += each.mapq;
    base_quality += each.base_quality;
    reverse += each.reverse ? 1 : 0;
  }
  int mean(int64_t sum) const { return reads == 0 ? 0 : static_cast<int>(sum / reads); }
};

struct Sides {
  Side reference, alt;

  // haplotype: nothing for all reads.
  void add(const SummarySample& sample, const genome::AltSet& alts, std::optional<int> haplotype) {
    const auto counts = [&](const ReadSupport& each) {
      const auto read = static_cast<size_t>(each.read);
      return !haplotype || (read < sample.phases.size() ? sample.phases[read] : 0) == *haplotype;
    };
    for (const ReadSupport& each : sample.evidence.reference) {
      if (counts(each)) reference.add(each);
    }
    for (const int index : alts) {
      for (const ReadSupport& each : sample.evidence.alts[static_cast<size_t>(index)]) {
        if (counts(each)) alt.add(each);
      }
    }
  }
};

void append_base(std::vector<int>& out, const Sides& sides, int64_t depth) {
  const auto& [ref, alt] = sides;
  const int64_t both = ref.reads + alt.reads;
  for (const int64_t count : {ref.reads, alt.reads, both, depth}) out.push_back(static_cast<int>(count));
  out.push_back(percent(alt.reads, depth));
  out.push_back(percent(alt.reads, both));
  out.push_back(ref.mean(ref.mapq));
  out.push_back(alt.mean(alt.mapq));
  out.push_back(ref.mean(ref.base_quality));
  out.push_back(alt.mean(alt.base_quality));
  out.push_back(percent(ref.reverse, ref.reads));
  out.push_back(percent(alt.reverse, alt.reads));
}

void append_variant(std::vector<int>& out, const genome::Candidate& candidate, const genome::AltSet& alts) {
  const auto ref = static_cast<int>(candidate.ref.size());
  int shortest = INT32_MAX;
  int longest = 0;
  for (const int alt : alts) {
    const auto length = static_cast<int>(candidate.alts[static_cast<size_t>(alt)].size());
    shortest = std::min(shortest, length);
    longest = std::max(longest, length);
  }
  out.push_back(ref == 1 && longest == 1 && candidate.alts.front() != kNoAlt);
  out.push_back(shortest > ref);
  out.push_back(longest < ref);
  out.push_back(std::max(0, longest - ref));
  out.push_back(std::max(0, ref - shortest));
  out.push_back(candidate.alts.size() > 1);
  out.push_back(alts.size() > 1);
}

void append_window(std::vector<int>& out, int64_t start, const std::vector<PositionFrequency>& frequencies, int window) {
  if (window == 0) return;
  const size_t first = out.size();
  out.resize(first + static_cast<size_t>(window / 2 * 2 + 1));
  for (const auto& [position, value] : frequencies) {
    const int64_t at = position - start + window / 2;
    if (at >= 0 && at <= window / 2 * 2) out[first + static_cast<size_t>(at)] = value;
  }
}

int64_t depth_of(const std::vector<SummarySample>& samples) {
  int64_t depth = 0;
  for (const SummarySample& sample : samples) {
    depth += static_cast<int64_t>(sample.evidence.reference.size()) + sample.evidence.uncalled;
    for (const auto& alt : sample.evidence.alts) depth += static_cast<int64_t>(alt.size());
  }
  return depth;
}

Evidence evidence(const genome::Candidate& candidate, const std::vector<genome::Support>& alts, const genome::Support& reference, const genome::Support& uncalled,
                  const pileup::PositionCounts& at, const std::vector<genome::Read>& reads) {
  Evidence out;
  out.reference = support_details(reference, at, reads);
  for (const genome::Support& support : alts) out.alts.push_back(support_details(support, at, reads));
  out.alts.resize(candidate.alts.size());  // a reference site has no supporters, nor has a panel without haplotypes
  out.uncalled = static_cast<int>(uncalled.size());
  return out;
}

}  // namespace

Evidence reads_evidence(const genome::Candidate& candidate, const pileup::PositionCounts& at, const std::vector<genome::Read>& reads) {
  return evidence(candidate, candidate.read_support, candidate.ref_support, candidate.read_uncalled, at, reads);
}

Evidence haplotypes_evidence(const genome::Candidate& candidate, const pileup::PositionCounts& at, const std::vector<genome::Read>& haplotypes) {
  return evidence(candidate, candidate.haplotype_support, candidate.haplotype_ref_support, candidate.haplotype_uncalled, at, haplotypes);
}

std::vector<int> summary_features(const genome::Candidate& candidate, const genome::AltSet& alts, const std::vector<SummarySample>& samples,
                                  const std::vector<PositionFrequency>& frequencies, const SummaryOptions& options) {
  std::vector<int> out;
  const int64_t depth = depth_of(samples);
  Sides all;
  for (const SummarySample& sample : samples) all.add(sample, alts, std::nullopt);
  append_base(out, all, depth);
  const auto append_sample = [&](const SummarySample& sample, std::optional<int> haplotype) {
    Sides own;
    own.add(sample, alts, haplotype);
    append_base(out, own, depth);
  };
  if (samples.size() > 1) {
    for (const SummarySample& sample : samples) append_sample(sample, std::nullopt);
  }
  append_variant(out, candidate, alts);
  append_window(out, candidate.start, frequencies, options.window);
  for (const SummarySample& sample : samples) {
    for (int haplotype = 0; options.by_haplotype && haplotype < kHaplotypes; ++haplotype) append_sample(sample, haplotype);
  }
  return out;
}

std::vector<std::string> summary_feature_names(const std::vector<std::string>& samples, const SummaryOptions& options) {
  std::vector<std::string> out(kBaseFeatures.begin(), kBaseFeatures.end());
  for (const std::string& sample : samples) {
    for (const char* feature : kBaseFeatures) {
      if (samples.size() > 1) out.push_back(fmt::format("{}_{}", sample, feature));
    }
  }
  out.insert(out.end(), kVariantFeatures.begin(), kVariantFeatures.end());
  for (int offset = -(options.window / 2); options.window > 0 && offset <= options.window / 2; ++offset) {
    out.push_back(fmt::format("variant_allele_frequency_at_{}_{}", offset < 0 ? "minus" : "plus", std::abs(offset)));
  }
  for (const std::string& sample : samples) {
    for (int haplotype = 0; options.by_haplotype && haplotype < kHaplotypes; ++haplotype) {
      for (const char* feature : kBaseFeatures) out.push_back(fmt::format("{}_{}_hp_{}", sample, feature, haplotype));
    }
  }
  return out;
}

}  // namespace haploom::candidates
