// Reads of a partition turned into allele counts, one pass over each CIGAR.
//
// In:     region     the partition; must lie inside `reference`
//         reads      in any order; those that do not overlap the region are passed over. Each has one quality a base and
//                    a CIGAR that consumes no more bases than there are
//         reference  upper-case bases of the contig around the partition; must reach as far as the reads do, or to the
//                    contig's ends (deletions are spelled from it)
// Out:    [region.length()] counts, index 0 is region.start
// Cost:   a few machine words a base that agrees with the reference, an allocation a base that does not
// Errors: check() only: the caller has read the reads through formats::Alignments, which refuses broken ones
// Source: deepvariant/allelecounter.cc (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genome/read.h"
#include "genome/reference_window.h"
#include "genome/region.h"

namespace haploom::pileup {

// The first four in upstream's order, by which alleles of equal bases are told apart. kReference stands only where the
// reads of the reference are tracked.
enum class AlleleType : uint8_t { kSubstitution, kInsertion, kDeletion, kSoftClip, kReference };

// One allele that one read shows: another than the reference base, or that base where it is tracked.
struct AlleleObservation {
  int32_t read = 0;         // index into the reads given
  AlleleType type = AlleleType::kSubstitution;
  bool low_quality = false;
  uint8_t base_quality = 0;  // of the base; INS/SOFT_CLIP: mean of those bases, rounded down; DEL: of the base before it
  std::string bases;        // SUB: the base; INS/SOFT_CLIP: anchor + inserted; DEL: anchor + deleted reference bases
};

// Indels and soft clips stand at their anchor, the reference position before them; the anchor base in `bases` is the
// read's own, or the reference's when the operation opens the read.
struct PositionCounts {
  int32_t reference = 0;                    // reads with the reference base, not low quality; tracked ones, too
  std::vector<AlleleObservation> alleles;   // in read order; one per read key (name and number): the last one counts
};

// DP as DeepVariant counts it: the reference and every other allele that is not low quality, soft clips too; a deleted
// base is not counted.
int32_t depth(const PositionCounts& counts);

struct CountOptions {
  int min_mapq = 0;
  int min_base_quality = 10;
  bool legacy = true;  // keep_legacy_allele_counter_behavior: a low-quality base drops the allele instead of flagging it
};

using genome::ReferenceWindow;

// tracked: positions, rising, where the reads that show the reference base are listed as well, low-quality ones flagged.
std::vector<PositionCounts> count_alleles(const genome::Region& region, const std::vector<genome::Read>& reads,
                                          const ReferenceWindow& reference, const CountOptions& options,
                                          std::span<const int64_t> tracked = {});

// Algorithm R over a partition's reads with numpy's generator, RandomState(609314161).randint: indices kept, in slot
// order. keep <= 0 keeps all. items < 2^32.
// Source: make_examples_core.py reservoir_sample_reads, nucleus/util/utils.py (DeepVariant 1.9)
std::vector<int32_t> reservoir_sample(int64_t items, int64_t keep);

// The same with a second limit: what is kept covers `max_bases` and no more than one item beyond. overlaps: bases of the
// region that each item covers. keep <= 0: no limit on the number; max_bases <= 0: none on the bases.
std::vector<int32_t> reservoir_sample(std::span<const int64_t> overlaps, int64_t keep, int64_t max_bases);

// One answer after the other, "keep" with a given probability: of reads after the filter (one sampler a file, asked anew in
// each partition), and of reference sites in training.
// Source: nucleus/util/samplers.h (DeepVariant 1.9). A word of mt19937_64 over 2^64 is compared: what libc++'s
// uniform_real_distribution draws; libstdc++'s differs only in never giving 1.0
class FractionSampler {
 public:
  FractionSampler(float fraction, uint64_t seed) : fraction_(fraction), words_(seed) {}
  bool keep() { return static_cast<double>(words_()) * 0x1p-64 <= fraction_; }

 private:
  double fraction_;
  std::mt19937_64 words_;
};
inline constexpr uint64_t kReadSeed = 609314161;   // make_examples_options.py
inline constexpr uint64_t kSiteSeed = 1400605801;  // make_examples_core.py, make_vc_options

}  // namespace haploom::pileup
