// What one thread owns while it works through shards: its reader of the alignments, its haplotype reader, its painter.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "formats/alignments.h"
#include "haplotypes/haplotypes.h"
#include "pipeline/examiner.h"
#include "pipeline/inputs.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

class ShardWorker {
 public:
  // The referenced objects must outlive this one. To be used by one thread at a time.
  ShardWorker(const Inputs& inputs, const ExamineOptions& options, const tensor::ImageShape& shape);

  // Streams the shard once; `take` gets its candidates in order. on_partition, if given, after each partition.
  void run(const Shard& shard, const TakeExamples& take, const std::function<void()>& on_partition = {});

  StageClock& clock() { return clock_; }
  int64_t reads() const { return reads_; }  // that passed the filter so far
  const Examiner& examiner() const { return examiner_; }

 private:
  const Inputs& inputs_;
  const ExamineOptions& options_;
  formats::Alignments alignments_;
  std::optional<haplotypes::Reader> haplotypes_;
  StageClock clock_;
  int64_t reads_ = 0;
  Examiner examiner_;
};

}  // namespace haploom::pipeline
