// Reads of a partition turned into allele counts, one pass over each CIGAR.
//
// Source: deepvariant/allelecounter.cc (1.9); docs: candidates.md section 5.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "genome/read.h"
#include "genome/region.h"

namespace haploom::pileup {

enum class AlleleType : uint8_t { kSubstitution, kInsertion, kDeletion, kSoftClip };

// One allele that one read shows, not the reference base.
struct AlleleObservation {
  int32_t read = 0;         // index into the reads given
  AlleleType type = AlleleType::kSubstitution;
  bool low_quality = false;
  std::string bases;        // SUB: the base; INS/SOFT_CLIP: anchor + inserted; DEL: anchor + deleted reference bases
};

struct PositionCounts {
  int32_t reference = 0;                    // reads with the reference base, not low quality
  std::vector<AlleleObservation> alleles;   // in read order; one per read
};

struct CountOptions {
  int min_mapq = 0;
  int min_base_quality = 10;
  bool legacy = true;  // keep_legacy_allele_counter_behavior: a low-quality base drops the allele instead of flagging it
};

// [region.length()] counts. reference_bases holds [reference_start, ...) of the contig, upper case, and must cover every
// read with a margin (deletions are spelled from it).
struct ReferenceWindow {
  int64_t start = 0;
  std::string_view bases;
  char at(int64_t position) const {  // 'N' outside
    const int64_t i = position - start;
    return i < 0 || i >= static_cast<int64_t>(bases.size()) ? 'N' : bases[static_cast<size_t>(i)];
  }
};
std::vector<PositionCounts> count_alleles(const genome::Region& region, const std::vector<genome::Read>& reads,
                                          const ReferenceWindow& reference, const CountOptions& options);

// Algorithm R over a partition's reads with numpy's generator, seed 609314161: indices kept, in slot order.
// Source: reservoir_sample_reads; docs: candidates.md section 3.
std::vector<int32_t> reservoir_sample(int64_t items, int64_t keep);

}  // namespace haploom::pileup
