// Candidates of a partition: the alleles that enough reads show, and who shows them.
//
// In:     counts            [region.length()] of the reads, the sample that is called
//         haplotype_counts  [region.length()] of the pangenome's haplotypes over the same region, or empty; they add to the
//                           support lists, never to depths, and to the thresholds only by min_fraction_multiplier and
//                           max_fraction_*_other
//         reference         covers the region
// Out:    one candidate a position at most, by position; all accepted alleles of a position together
// Cost:   positions with fewer than two other alleles cost a look each
// Source: variant_calling_multisample.cc, very_sensitive_caller.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::candidates {

// Defaults: those of make_examples_pangenome_aware_dv's vsc_* flags. Fractions are of DP; float32 as upstream's options
// hold them, compared as double.
struct Thresholds {
  int min_count_snps = 2;
  int min_count_indels = 2;
  float min_fraction_snps = 0.12F;
  float min_fraction_indels = 0.06F;
  // An allele that the reads show too seldom gets a second chance: reads and haplotypes summed, against the fractions times
  // this (the counts as they are). Infinite: no second chance; else candidates may arise that only haplotypes bear out.
  float min_fraction_multiplier = std::numeric_limits<float>::infinity();
  // Reads that show an allele which a haplotype has as well: so many suffice, whatever their fraction; 0: haplotypes do not help.
  // Ours, for shallow reads: the default model's cascade asks for 1.
  int min_count_of_panel_alleles = 0;
  float max_fraction_snps_other = 0;    // an allele that more of the haplotypes show is refused; 0: off
  float max_fraction_indels_other = 0;
};

struct Extras {
  // At a deletion, other alleles inside it that one read shows are joined to one allele as long as REF.
  bool complex_alleles = false;
  // Training: positions without an accepted allele become candidates with the alt kNoAlt as the sampler says.
  pileup::FractionSampler* reference_sites = nullptr;
};
inline constexpr std::string_view kNoAlt = ".";

// Support lists hold indices into the reads (haplotypes) that were counted, rising; two records of one read (same name
// and number) are one supporter, listed by the record that shows the allele. ref_support holds reads where the counts
// track them.
std::vector<genome::Candidate> find(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                    const std::vector<pileup::PositionCounts>& haplotype_counts,
                                    const pileup::ReferenceWindow& reference, const Thresholds& thresholds,
                                    const Extras& extras = {});

// Where haplotypes show alleles and no candidate stands: these alleles as candidates, which the reads may well show too seldom or
// not at all. found: of find(), by position. For who knows from elsewhere that the sample may have them.
std::vector<genome::Candidate> of_haplotypes(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                             const std::vector<pileup::PositionCounts>& haplotype_counts,
                                             const pileup::ReferenceWindow& reference, const std::vector<genome::Candidate>& found);

// Only where they are: for candidate_sweep, and for the positions to track reference reads at. Upstream counts the reads for
// it before normalisation (and in candidate_sweep before realignment).
std::vector<int64_t> positions(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                               const std::vector<pileup::PositionCounts>& haplotype_counts,
                               const pileup::ReferenceWindow& reference, const Thresholds& thresholds,
                               pileup::FractionSampler* reference_sites = nullptr);

// One entry of DeepVariantCall.allele_support_ext (the sample is the caller's: reads or haplotypes).
struct ReadSupport {
  int32_t read = 0;
  bool low_quality = false;
  uint8_t mapq = 0;
  uint8_t base_quality = 0;  // mean over the allele, as pileup::AlleleObservation has it
  bool reverse = false;
  bool operator==(const ReadSupport&) const = default;
};
// support: any list of a candidate; at: the counts at its start, of the sample that the list is about, with its reads.
std::vector<ReadSupport> support_details(const genome::Support& support, const pileup::PositionCounts& at,
                                         const std::vector<genome::Read>& reads);

// How much of the reads differ around a position, as whole percents rounded down: the positions of the region no further
// than window / 2 away, in order. Low-quality alleles and soft clips count.
struct PositionFrequency {
  int64_t position = 0;
  int percent = 0;
  bool operator==(const PositionFrequency&) const = default;
};
std::vector<PositionFrequency> frequencies_around(const genome::Region& region, const std::vector<pileup::PositionCounts>& counts,
                                                  int64_t position, int window);

// --select_variant_types: words of "snps indels insertions deletions multi-allelics all"; an empty list selects all.
class VariantTypes {
 public:
  VariantTypes() = default;
  explicit VariantTypes(std::string_view words);  // kUsage for an unknown word
  bool selects(const genome::Candidate& candidate) const;

 private:
  unsigned types_ = 0;
};

}  // namespace haploom::candidates
