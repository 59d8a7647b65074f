// From the reads of one partition to candidates and the images that the network is asked about.
//
// One per thread. The pangenome is asked only where reads show a candidate.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "candidates/candidates.h"
#include "genome/candidate.h"
#include "haplotypes/haplotypes.h"
#include "pileup/pileup.h"
#include "pipeline/partition_stream.h"
#include "pipeline/stage_clock.h"
#include "realign/realign.h"
#include "tensor/tensor.h"

namespace haploom::pipeline {

struct ExamineOptions {
  PartitionOptions reads;
  bool realign_reads = true;
  realign::RealignOptions realign;
  bool normalize_reads = true;
  pileup::CountOptions counts;
  candidates::Thresholds thresholds;
  tensor::DrawOptions draw;
};

// DeepVariant's presets for pangenome-aware calling. Source: run_pangenome_aware_deepvariant.py (1.9)
ExamineOptions preset(const std::string& model_type);  // "WGS" or "WES"; kUsage for others

// images: one after another for alt_sets(candidate.alts.size()), shape.bytes() each.
using TakeExamples = std::function<void(genome::Candidate&& candidate, std::span<const uint8_t> images)>;

class Examiner {
 public:
  // haplotypes: null when there is no pangenome. All referenced objects must outlive this one.
  Examiner(const ExamineOptions& options, const tensor::ImageShape& shape, haplotypes::Reader* haplotypes, StageClock& clock);

  // contig: of the partition; reference: covers its reads with a margin. The reads come back as they were.
  void examine(const genome::Region& partition, const genome::Contig& contig, std::vector<genome::Read>& reads,
               const pileup::ReferenceWindow& reference, const TakeExamples& take);

  int64_t windows_with_candidates() const { return windows_with_candidates_; }
  int64_t windows_with_haplotypes() const { return windows_with_haplotypes_; }  // of those: the graph had some

 private:
  void paint(std::vector<genome::Candidate>&& found, const genome::Contig& contig, const std::vector<genome::Read>& reads,
             const std::vector<genome::Read>& haplotypes, const pileup::ReferenceWindow& reference, const TakeExamples& take);
  realign::Realignment realignment(const genome::Region& partition, const genome::Contig& contig,
                                   const std::vector<genome::Read>& reads, const pileup::ReferenceWindow& reference);
  std::vector<genome::Read> haplotype_reads(const genome::Region& partition, const genome::Contig& contig);

  const ExamineOptions& options_;
  realign::Realigner realigner_;
  tensor::Painter painter_;
  haplotypes::Reader* haplotypes_;
  StageClock& clock_;
  std::vector<uint8_t> images_;
  int64_t windows_with_candidates_ = 0;
  int64_t windows_with_haplotypes_ = 0;
};

}  // namespace haploom::pipeline
