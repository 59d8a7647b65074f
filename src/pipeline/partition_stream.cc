#include "pipeline/partition_stream.h"

#include <utility>

#include "realign/realign.h"

namespace haploom::pipeline {
namespace {

// Reads that still matter, in file order, and the partition that waits for its last one.
class Window {
 public:
  Window(const Shard& shard, const pileup::ReferenceWindow& reference, const PartitionOptions& options, StageClock& clock,
         const TakePartition& take)
      : shard_(shard), reference_(reference), options_(options), clock_(clock), take_(take) {}

  void add(genome::Read&& read) {
    clock_.lap(Stage::kReads);
    while (next_ < shard_.partitions.size() && read.start >= shard_.partitions[next_].end) close_partition();
    if (next_ == shard_.partitions.size() || read.end <= shard_.partitions[next_].start) return;
    mapped_.push_back({read.start, read.end});
    if (options_.normalize) realign::normalize(read, reference_);
    reads_.push_back(std::move(read));
    ++taken_;
    clock_.lap(Stage::kCounts);
  }

  void finish() {
    clock_.lap(Stage::kReads);
    while (next_ < shard_.partitions.size()) close_partition();
  }

  int64_t taken() const { return taken_; }

 private:
  // Where a read lay before normalisation: that decides which partitions it belongs to, as in DeepVariant.
  struct Mapped {
    int64_t start, end;
  };

  void close_partition() {
    const genome::Region& partition = shard_.partitions[next_++];
    const auto keep = static_cast<size_t>(options_.max_reads);
    if (keep == 0 || reads_.size() <= keep) {
      take_(partition, reads_);
    } else {
      std::vector<genome::Read> sample;
      for (const int32_t i : pileup::reservoir_sample(static_cast<int64_t>(reads_.size()), options_.max_reads))
        sample.push_back(reads_[static_cast<size_t>(i)]);
      take_(partition, sample);
    }
    if (next_ < shard_.partitions.size()) drop_before(shard_.partitions[next_].start);
  }

  void drop_before(int64_t start) {
    size_t kept = 0;
    for (size_t i = 0; i < reads_.size(); ++i) {
      if (mapped_[i].end <= start) continue;
      if (kept != i) {
        reads_[kept] = std::move(reads_[i]);
        mapped_[kept] = mapped_[i];
      }
      ++kept;
    }
    reads_.resize(kept);
    mapped_.resize(kept);
  }

  const Shard& shard_;
  const pileup::ReferenceWindow& reference_;
  const PartitionOptions& options_;
  StageClock& clock_;
  const TakePartition& take_;
  size_t next_ = 0;
  int64_t taken_ = 0;
  std::vector<genome::Read> reads_;
  std::vector<Mapped> mapped_;
};

}  // namespace

int64_t for_each_partition(formats::Alignments& alignments, const genome::ContigList& contigs, const Shard& shard,
                           const pileup::ReferenceWindow& reference, const PartitionOptions& options, StageClock& clock,
                           const TakePartition& take) {
  Window window(shard, reference, options, clock, take);
  alignments.for_each(shard.span(), contigs, options.filter, [&window](genome::Read&& read) { window.add(std::move(read)); });
  window.finish();
  return window.taken();
}

}  // namespace haploom::pipeline
