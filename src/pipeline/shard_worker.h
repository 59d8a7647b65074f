// What one thread owns while it works through shards: its reader of the alignments, its haplotype reader, its painter.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <vector>

#include "formats/alignments.h"
#include "haplotypes/haplotypes.h"
#include "pipeline/examiner.h"
#include "pipeline/inputs.h"
#include "pipeline/partition_stream.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

class ShardWorker {
 public:
  // The referenced objects must outlive this one. To be used by one thread at a time.
  ShardWorker(const Inputs& inputs, const ExamineOptions& options, const tensor::ImageShape& shape);

  // What `look` may throw to have the shard streamed anew, with other options of the examiner: run() counts and draws then as if it had not begun
  // (reference sites, of training alone, go on).
  struct Again {};

  // Streams the shard once; `take` gets its candidates in order. on_partition, if given, after each partition; look, if given,
  // before the images of each.
  void run(const Shard& shard, const TakeExamples& take, const std::function<void()>& on_partition = {},
           const LookAtPartition& look = {});

  // Streams the shard once for the positions of its candidates, a call a partition.
  using TakePositions = std::function<void(const genome::Region& partition, const std::vector<int64_t>& positions)>;
  void sweep(const Shard& shard, const TakePositions& take);

  StageClock& clock() { return clock_; }
  int64_t reads() const { return reads_; }  // that passed the filter so far
  const Examiner& examiner() const { return examiner_; }
  Examiner& examiner() { return examiner_; }

 private:
  using Work = std::function<void(const genome::Region& partition, std::vector<genome::Read>& reads, const pileup::ReferenceWindow& window)>;
  void each_partition(const Shard& shard, const Work& work);
  Sources sources();

  const Inputs& inputs_;
  const ExamineOptions& options_;
  std::vector<ReadsFile> reads_files_;
  std::optional<haplotypes::Reader> haplotypes_;             // of a graph
  std::vector<formats::Alignments> haplotype_alignments_;    // of BAM or CRAM files
  std::optional<formats::VcfReader> proposed_;
  StageClock clock_;
  int64_t reads_ = 0;
  Examiner examiner_;
};

}  // namespace haploom::pipeline
