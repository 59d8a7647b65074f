#include "pipeline/partition_stream.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace haploom::pipeline {
namespace {

// The reads of one file that still matter, in file order.
class Window {
 public:
  Window(formats::Alignments& alignments, const genome::ContigList& contigs, const Shard& shard, const formats::ReadFilter& filter)
      : query_(alignments.query(shard.span(), contigs, filter)), more_(query_.next(ahead_)) {}

  // Afterwards reads() are those that overlap the partition. Partitions must come in order.
  void move_to(const genome::Region& partition) {
    std::erase_if(reads_, [&partition](const genome::Read& read) { return read.end <= partition.start; });
    for (; more_ && ahead_.start < partition.end; more_ = query_.next(ahead_)) {
      if (ahead_.end <= partition.start) continue;
      reads_.push_back(std::move(ahead_));
      ++taken_;
    }
  }

  std::vector<genome::Read>& reads() { return reads_; }
  int64_t taken() const { return taken_; }

 private:
  formats::Alignments::Query query_;
  genome::Read ahead_;
  bool more_;
  int64_t taken_ = 0;
  std::vector<genome::Read> reads_;
};

// The reads of all windows in one list for as long as it lives; then each has its own again.
class Together {
 public:
  explicit Together(std::vector<Window>& windows) : windows_(windows) {
    for (Window& window : windows) std::move(window.reads().begin(), window.reads().end(), std::back_inserter(reads_));
  }
  ~Together() {
    auto from = reads_.begin();
    for (Window& window : windows_) {
      for (genome::Read& read : window.reads()) read = std::move(*from++);
    }
  }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;
  std::vector<genome::Read>& reads() { return reads_; }

 private:
  std::vector<Window>& windows_;
  std::vector<genome::Read> reads_;
};

std::vector<genome::Read> downsampled(std::vector<Window>& windows, std::vector<ReadsFile>& files) {
  std::vector<genome::Read> kept;
  for (size_t i = 0; i < windows.size(); ++i) {
    const std::vector<genome::Read>& reads = windows[i].reads();
    std::copy_if(reads.begin(), reads.end(), std::back_inserter(kept), [&](const genome::Read&) { return files[i].downsampler.keep(); });
  }
  return kept;
}

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

int64_t for_each_partition(std::vector<ReadsFile>& files, const genome::ContigList& contigs, const Shard& shard,
                           const PartitionOptions& options, StageClock& clock, const TakePartition& take) {
  std::vector<Window> windows;
  windows.reserve(files.size());
  for (ReadsFile& file : files) windows.emplace_back(file.alignments, contigs, shard, options.filter);
  const auto hand_out = [&](const genome::Region& partition, std::vector<genome::Read>& reads) {
    auto sample = sampled(reads, partition, options);
    clock.lap(Stage::kReads);
    take(partition, sample ? *sample : reads);
  };
  for (const genome::Region& partition : shard.partitions) {
    for (Window& window : windows) window.move_to(partition);
    if (options.downsample_fraction > 0) {
      std::vector<genome::Read> kept = downsampled(windows, files);
      hand_out(partition, kept);
    } else if (windows.size() == 1) {
      hand_out(partition, windows.front().reads());
    } else {
      Together all(windows);
      hand_out(partition, all.reads());
    }
  }
  int64_t taken = 0;
  for (const Window& window : windows) taken += window.taken();
  return taken;
}

}  // namespace haploom::pipeline
