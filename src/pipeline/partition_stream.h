// The reads of a shard, decoded once in file order and handed out partition by partition.
//
// In:     a shard; the alignments are read over its whole span in one pass
// Out:    for each partition in order: every read that overlaps it, in file order, those of the first file first; a read that
//         overlaps two partitions is handed out twice. Of more than the limits, a sample in the order that DeepVariant's
//         sampling leaves
// Cost:   memory is the reads over one partition, whatever the depth: 1 kb of a mitochondrion at 10,000x is some 50 MB
// Source: make_examples_core.py (region_reads_norealign, reservoir_sample_reads), DeepVariant 1.9
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "formats/alignments.h"
#include "genome/read.h"
#include "pileup/pileup.h"
#include "pipeline/plan.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

struct PartitionOptions {
  formats::ReadFilter filter;
  int max_reads = 1500;  // 0: all
  int max_depth = 0;     // what is kept covers so many bases for each of the partition's; 0: no limit
  float downsample_fraction = 0;  // of the reads that pass the filter; 0: all
};

// Reads may be changed while they are looked at, but must come back as they were: the next partition gets them too.
using TakePartition = std::function<void(const genome::Region& partition, std::vector<genome::Read>& reads)>;

// One file of a sample's reads, open, and who draws for downsample_fraction: DeepVariant has one for each task and file, which
// goes on from shard to shard. A read is drawn for in each partition that it overlaps.
struct ReadsFile {
  formats::Alignments alignments;
  pileup::FractionSampler downsampler;
};

// DeepVariant's sample of a partition's reads under max_reads and max_depth; nothing when all are kept.
std::optional<std::vector<genome::Read>> sampled(const std::vector<genome::Read>& reads, const genome::Region& partition,
                                                 const PartitionOptions& options);

// Returns how many reads were handed out at least once.
int64_t for_each_partition(std::vector<ReadsFile>& files, const genome::ContigList& contigs, const Shard& shard,
                           const PartitionOptions& options, StageClock& clock, const TakePartition& take);

}  // namespace haploom::pipeline
