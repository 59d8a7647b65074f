// From the reads of one partition to candidates and the images that the network is asked about.
//
// One per thread. The pangenome is asked only where reads show a candidate. Who wants more than images (records of candidates,
// reference blocks, labels, other alleles) looks at the partition before they are drawn, and may change its candidates.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "candidates/candidates.h"
#include "candidates/importer.h"
#include "formats/vcf_reader.h"
#include "genome/candidate.h"
#include "pileup/pileup.h"
#include "pipeline/partition_stream.h"
#include "pipeline/stage_clock.h"
#include "realign/realign.h"
#include "tensor/tensor.h"

namespace haploom::pipeline {

struct ExamineOptions {
  PartitionOptions reads;
  bool realign_reads = true;
  bool split_skip_reads = false;    // only where reads are realigned
  realign::RealignOptions realign;
  bool normalize_reads = true;
  pileup::CountOptions counts;
  candidates::Thresholds thresholds;
  bool complex_alleles = false;     // create_complex_alleles
  float reference_sites = 0;        // training_random_emit_ref_sites: share of the other positions that become candidates
  candidates::ImportOptions import;
  bool track_reference_reads = false;
  bool reverse_haplotypes = false;  // of phased reads: 1 is called 2
  bool phase_reads = false;         // needs track_reference_reads; a partition is looked at with a fifth of its length beside it
  int most_candidates_to_phase = 5000;  // phase_max_candidates; 0: no limit
  bool panel_evidence = false;      // the pangenome is asked everywhere, its indels are normalised, its haplotypes have owners
  bool het_alt_images = true;       // images of two alts together, too
  tensor::DrawOptions draw;
};

// The allele sets that images are drawn of: all alt_sets(), or the single alts alone; of those that a small model left, where
// it was asked.
std::vector<genome::AltSet> image_sets(const genome::Candidate& candidate, bool het_alt_images);

// images: one after another for image_sets(), shape.bytes() each.
using TakeExamples = std::function<void(genome::Candidate&& candidate, std::span<const uint8_t> images)>;

// A partition whose candidates are found and whose images are not yet drawn.
struct Partition {
  const genome::Region& region;
  const genome::Region& counted;  // what the counts stand for: the region, or more around it where reads are phased
  const genome::Contig& contig;
  const std::vector<genome::Read>& reads;       // in upstream's order, with the alignments that are drawn
  const std::vector<genome::Read>& haplotypes;  // none where reads show no candidate
  const pileup::ReferenceWindow& reference;
  const std::vector<pileup::PositionCounts>& counts;            // of the reads
  const std::vector<pileup::PositionCounts>& haplotype_counts;  // empty where there are no haplotypes
  const std::vector<uint32_t>& haplotype_owners;  // as haplotypes::Reader::owners(); empty where they are not known or not asked for
  std::vector<genome::Candidate>& candidates;   // what is taken out of it is not drawn
};
using LookAtPartition = std::function<void(Partition& partition)>;

// What else a partition is looked up in.
struct Sources {
  // The haplotypes of a partition as reads; an empty function: there is no pangenome.
  std::function<std::vector<genome::Read>(const genome::Region& partition, const genome::Contig& contig)> haplotypes = {};
  // Whose the last of these were; an empty function: nobody knows.
  std::function<std::vector<uint32_t>()> owners = {};
  // Records that propose the candidates; an empty function: the reads do.
  std::function<std::vector<formats::VcfRecord>(const genome::Region& partition)> proposed = {};
};

class Examiner {
 public:
  // All referenced objects must outlive this one.
  Examiner(const ExamineOptions& options, const tensor::ImageShape& shape, Sources sources, StageClock& clock);

  // contig: of the partition; reference: covers its reads with a margin. The reads come back as they were. look, if given,
  // sees every partition, also one without candidates.
  void examine(const genome::Region& partition, const genome::Contig& contig, std::vector<genome::Read>& reads,
               const pileup::ReferenceWindow& reference, const TakeExamples& take, const LookAtPartition& look = {});

  // Where there are candidates, of reads as they are in the file: candidate_sweep.
  std::vector<int64_t> positions(const genome::Region& partition, const std::vector<genome::Read>& reads,
                                 const pileup::ReferenceWindow& reference);

  // Whether the pangenome is asked from here on; it is at first.
  void trust_panel(bool trusted) { panel_is_trusted_ = trusted; }

  const tensor::Painter& painter() const { return painter_; }  // while a candidate is taken: whose rows its images show

  struct Windows {
    int64_t with_candidates = 0;
    int64_t with_haplotypes = 0;  // of those: the graph had some
  };
  const Windows& windows() const { return windows_; }
  void set_windows(const Windows& windows) { windows_ = windows; }

 private:
  void examine_aligned(const genome::Region& partition, const genome::Contig& contig, std::vector<genome::Read>& reads,
                       const pileup::ReferenceWindow& reference, const TakeExamples& take, const LookAtPartition& look);
  void paint(Partition& partition, const TakeExamples& take);
  realign::Realignment realignment(const genome::Region& partition, const genome::Contig& contig,
                                   const std::vector<genome::Read>& reads, const pileup::ReferenceWindow& reference);
  std::vector<int64_t> positions_of(const std::vector<pileup::PositionCounts>& counts, const genome::Region& counted,
                                    const pileup::ReferenceWindow& reference);
  std::vector<pileup::PositionCounts> counts_of(const genome::Region& counted, std::vector<genome::Read>& reads,
                                                const pileup::ReferenceWindow& reference);
  std::vector<genome::Candidate> candidates_of(const genome::Region& counted, const std::vector<pileup::PositionCounts>& counts,
                                               const std::vector<pileup::PositionCounts>& haplotype_counts,
                                               const pileup::ReferenceWindow& reference);
  std::vector<pileup::PositionCounts> haplotype_counts_of(const genome::Region& counted, std::vector<genome::Read>& haplotypes,
                                                          const pileup::ReferenceWindow& reference) const;
  void phase(const genome::Region& counted, const std::vector<pileup::PositionCounts>& counts,
             std::vector<genome::Candidate>& candidates, std::vector<genome::Read>& reads);
  // owners: filled where all haplotypes are kept.
  std::vector<genome::Read> haplotype_reads(const genome::Region& partition, const genome::Contig& contig, std::vector<uint32_t>& owners);

  const ExamineOptions& options_;
  realign::Realigner realigner_;
  tensor::Painter painter_;
  Sources sources_;
  pileup::FractionSampler reference_sites_;
  StageClock& clock_;
  std::vector<uint8_t> images_;
  bool panel_is_trusted_ = true;
  Windows windows_;
};

}  // namespace haploom::pipeline
