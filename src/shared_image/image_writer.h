// A GBZ, laid flat as an image (image_layout.h).
//
// In:     gbz      must outlive the writer
// Out:    write    fills exactly bytes() bytes; the same GBZ gives the same bytes
// Cost:   constructor: each record decoded once, each generic and reference path walked once; write: each record decoded
//         once, each sequence walked twice (once a direction) in the image itself, about 10 ns a visit; memory: 16 bytes
//         for about every kPositionStep bases of those paths
// Errors: kInput/kGbzFormat for a graph that outgrows the layout's 32-bit places, and from write for one in which a path's
//         two directions are two walks; base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gbz/gbz.h"
#include "shared_image/image_layout.h"

namespace haploom::shared_image {

class ImageWriter {
 public:
  explicit ImageWriter(const gbz::Gbz& gbz);
  uint64_t bytes() const { return image_bytes_; }
  void write(std::span<std::byte> out) const;

 private:
  uint32_t place_of(gbz::NodeCode code) const;
  uint64_t first_id() const { return gbz::node_id(facts_.first_code); }

  void measure_records();
  void measure_names();
  void sort_indexed_paths();
  void sample_positions();
  void lay_out();

  void write_table(std::span<std::byte> out) const;
  void write_nodes(std::span<std::byte> out) const;
  void write_records(std::span<std::byte> out) const;
  void write_names(std::span<std::byte> out) const;
  void write_positions(std::span<std::byte> out) const;
  void walk_sequences(std::span<std::byte> out) const;  // owners, ends and lengths: last, it reads the image

  template <typename T>
  std::span<T> section(std::span<std::byte> out, ImageSection which) const {
    const SectionEntry& entry = table_[static_cast<size_t>(which)];
    return {reinterpret_cast<T*>(out.data() + entry.offset), entry.bytes / sizeof(T)};
  }

  const gbz::Gbz& gbz_;
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
