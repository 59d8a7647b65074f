// A GBZ, laid flat as an image (image_layout.h).
//
// In:     gbz      parse()d, or only open()ed: it is verified here, while its records are measured; must outlive the writer
//         threads  that constructor and write() may use
//         progress called with the share that is done (0..1) by the calling thread, some ten thousand times at most
// Out:    write    fills exactly bytes() bytes; the same GBZ gives the same bytes with any number of threads
// Cost:   constructor: each record decoded once, each generic and reference path walked once; write: each record decoded
//         once, then all sequences moved through the records together (sequence_sweep.h); memory: 16 bytes for about every
//         kPositionStep bases of those paths, 4 bytes for each node strand of the components (chromosomes) at work
// Errors: those of gbz.verify(); kInput/kGbzFormat for a graph that outgrows the layout's 32-bit places, and from write for
//         one in which a path's two directions are two walks (path_mark.h), or whose bases are none; kInput/kReadGbz for bytes that
//         changed since they were measured, where that is seen (never a write out of bounds); base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gbz/gbz.h"
#include "shared_image/block_writer.h"
#include "shared_image/image_layout.h"

namespace haploom::shared_image {

class ImageWriter {
 public:
  using Progress = std::function<void(double share)>;
  explicit ImageWriter(const gbz::Gbz& gbz, unsigned threads = 1, Progress progress = {});
  uint64_t bytes() const { return image_bytes_; }
  void write(std::span<std::byte> out) const;

 private:
  // Node ids (less the first) from `first` to the next one's, and where their steps lead at most.
  struct Component {
    uint64_t first = 0, low = 0, high = 0;
  };
  // kChunkIds node ids with both their strands: what one thread does at a time.
  struct Chunk {
    uint64_t bases = 0, words = 0, ends = 0;  // measured: of the chunk; then: of all chunks before
    uint64_t nodes = 0, owners = 0;
    BlockSum<char> labels;
    BlockSum<uint16_t> records;
    std::vector<Component> stretches;
  };
  // What is left of one of the three stages, told from the calling thread.
  class Stage;

  uint64_t first_id() const { return gbz::node_id(facts_.first_code); }

  void measure_records();
  void measure(const gbz::Gbz::Strands& at);
  void measure_record(const gbz::Record& record, gbz::NodeCode code, Chunk& sum) const;
  void sum_up_chunks();
  void find_components();
  void measure_names();
  void sort_indexed_paths();
  void sample_positions();
  void lay_out();

  void write_table(std::span<std::byte> out) const;
  // A whole number of blocks is followed by an empty one, which says where the last ends.
  bool is_tail(uint64_t chunk, uint64_t first, uint64_t items) const { return chunk + 1 == chunks_.size() && first == items; }
  void write_nodes(std::span<std::byte> out, uint64_t chunk, gbz::LabelReader& labels) const;
  void write_records(std::span<std::byte> out, uint64_t chunk) const;
  void write_names(std::span<std::byte> out) const;
  void write_positions(std::span<std::byte> out) const;
  void start_owners(std::span<std::byte> out) const;
  void sweep_sequences(std::span<std::byte> out) const;  // owners, ends and lengths: last, it reads the image
  std::vector<std::vector<uint32_t>> sequences_by_component() const;

  template <typename T>
  std::span<T> section(std::span<std::byte> out, ImageSection which) const {
    const SectionEntry& entry = table_[static_cast<size_t>(which)];
    return {reinterpret_cast<T*>(out.data() + entry.offset), entry.bytes / sizeof(T)};
  }

  const gbz::Gbz& gbz_;
  unsigned threads_;
  Progress progress_;
  std::vector<Chunk> chunks_;
  std::vector<uint64_t> components_;  // first id (less the first) of each part that no step leaves
  Facts facts_{};
  uint64_t bases_ = 0;
  uint64_t words_ = 0;
  uint64_t owners_ = 0;
  std::vector<std::string> texts_;       // samples, contigs, reference samples
  std::vector<uint32_t> indexed_paths_;
  std::vector<uint64_t> position_starts_;
  std::vector<Position> positions_;
  std::array<SectionEntry, kSectionCount> table_{};
  uint64_t image_bytes_ = 0;
};

}  // namespace haploom::shared_image
