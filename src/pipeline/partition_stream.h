// The reads of a shard, decoded once in file order and handed out partition by partition.
//
// In:     a shard; the alignments are read over its whole span in one pass
// Out:    for each partition in order: every read that overlaps it, in file order, already normalised when asked;
//         a read that overlaps two partitions is handed out twice
// Cost:   memory is the reads of one partition; more than `max_reads` of them are sampled as DeepVariant does
// Source: make_examples_core.py (region_reads, reservoir_sample_reads), DeepVariant 1.9
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <vector>

#include "formats/alignments.h"
#include "genome/read.h"
#include "pileup/pileup.h"
#include "pipeline/plan.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

struct PartitionOptions {
  formats::ReadFilter filter;
  bool normalize = true;
  int max_reads = 1500;  // 0: all
};

using TakePartition = std::function<void(const genome::Region& partition, const std::vector<genome::Read>& reads)>;

// Returns how many reads were handed out at least once.
int64_t for_each_partition(formats::Alignments& alignments, const genome::ContigList& contigs, const Shard& shard,
                           const pileup::ReferenceWindow& reference, const PartitionOptions& options, StageClock& clock,
                           const TakePartition& take);

}  // namespace haploom::pipeline
