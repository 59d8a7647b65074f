#include "pipeline/partition_stream.h"

#include <utility>

#include "pileup/pileup.h"

namespace haploom::pipeline {
namespace {

// Reads that still matter, in file order, and the partition that waits for its last one.
class Window {
 public:
  Window(const Shard& shard, const PartitionOptions& options, StageClock& clock, const TakePartition& take)
      : shard_(shard), options_(options), clock_(clock), take_(take) {}

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
    if (auto sample = sampled(reads_, options_.max_reads)) {
      take_(partition, *sample);
    } else {
      take_(partition, reads_);
    }
    if (next_ == shard_.partitions.size()) return;
    const int64_t start = shard_.partitions[next_].start;
    std::erase_if(reads_, [start](const genome::Read& read) { return read.end <= start; });
  }

  const Shard& shard_;
  const PartitionOptions& options_;
  StageClock& clock_;
  const TakePartition& take_;
  size_t next_ = 0;
  int64_t taken_ = 0;
  std::vector<genome::Read> reads_;
};

}  // namespace

std::optional<std::vector<genome::Read>> sampled(const std::vector<genome::Read>& reads, int most) {
  if (most == 0 || reads.size() <= static_cast<size_t>(most)) return std::nullopt;
  std::vector<genome::Read> sample;
  for (const int32_t i : pileup::reservoir_sample(static_cast<int64_t>(reads.size()), most))
    sample.push_back(reads[static_cast<size_t>(i)]);
  return sample;
}

int64_t for_each_partition(formats::Alignments& alignments, const genome::ContigList& contigs, const Shard& shard,
                           const PartitionOptions& options, StageClock& clock, const TakePartition& take) {
  Window window(shard, options, clock, take);
  alignments.for_each(shard.span(), contigs, options.filter, [&window](genome::Read&& read) { window.add(std::move(read)); });
  window.finish();
  return window.taken();
}

}  // namespace haploom::pipeline
