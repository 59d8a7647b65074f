#include "pipeline/partition_stream.h"

#include <algorithm>
#include <utility>

namespace haploom::pipeline {
namespace {

// Reads that still matter, in file order, and the partition that waits for its last one.
class Window {
 public:
  Window(const Shard& shard, const PartitionOptions& options, StageClock& clock, const TakePartition& take,
         pileup::FractionSampler& downsampler)
      : shard_(shard), options_(options), clock_(clock), take_(take), downsampler_(downsampler) {}

  void add(genome::Read&& read) {
    while (next_ < shard_.partitions.size() && read.start >= shard_.partitions[next_].end) close_partition();
    if (next_ == shard_.partitions.size() || read.end <= shard_.partitions[next_].start) return;
    reads_.push_back(std::move(read));
    ++taken_;
  }

  void finish() {
    while (next_ < shard_.partitions.size()) close_partition();
  }

  int64_t taken() const { return taken_; }

 private:
  void close_partition() {
    clock_.lap(Stage::kReads);
    const genome::Region& partition = shard_.partitions[next_++];
    if (options_.downsample_fraction > 0) {
      std::vector<genome::Read> kept;
      std::copy_if(reads_.begin(), reads_.end(), std::back_inserter(kept), [this](const genome::Read&) { return downsampler_.keep(); });
      hand_out(partition, kept);
    } else {
      hand_out(partition, reads_);
    }
    if (next_ == shard_.partitions.size()) return;
    const int64_t start = shard_.partitions[next_].start;
    std::erase_if(reads_, [start](const genome::Read& read) { return read.end <= start; });
  }

  void hand_out(const genome::Region& partition, std::vector<genome::Read>& reads) {
    auto sample = sampled(reads, partition, options_);
    take_(partition, sample ? *sample : reads);
  }

  const Shard& shard_;
  const PartitionOptions& options_;
  StageClock& clock_;
  const TakePartition& take_;
  pileup::FractionSampler& downsampler_;
  size_t next_ = 0;
  int64_t taken_ = 0;
  std::vector<genome::Read> reads_;
};

}  // namespace

std::optional<std::vector<genome::Read>> sampled(const std::vector<genome::Read>& reads, const genome::Region& partition,
                                                 const PartitionOptions& options) {
  if (options.max_depth <= 0 && (options.max_reads <= 0 || reads.size() <= static_cast<size_t>(options.max_reads))) return std::nullopt;
  std::vector<int64_t> overlaps;
  for (const genome::Read& read : reads) overlaps.push_back(genome::overlap(partition, {partition.contig, read.start, read.end}));
  std::vector<genome::Read> sample;
  for (const int32_t i : pileup::reservoir_sample(overlaps, options.max_reads, options.max_depth * partition.length()))
    sample.push_back(reads[static_cast<size_t>(i)]);
  return sample;
}

int64_t for_each_partition(formats::Alignments& alignments, const genome::ContigList& contigs, const Shard& shard,
                           const PartitionOptions& options, StageClock& clock, const TakePartition& take,
                           pileup::FractionSampler& downsampler) {
  Window window(shard, options, clock, take, downsampler);
  alignments.for_each(shard.span(), contigs, options.filter, [&window](genome::Read&& read) { window.add(std::move(read)); });
  window.finish();
  return window.taken();
}

}  // namespace haploom::pipeline
