// The picture that the network looks at: haplotypes of the pangenome above, reads below, around one allele set.
//
// Shape:  uint8 [rows = pangenome block + reads block][width][channels], row-major, channel fastest
//         each block: 5 reference rows, then reads sorted by start, then black rows
// Source: pileup_image_native.cc, pileup_channel_lib.cc, make_examples_native.cc (DeepVariant 1.9); docs: pileup.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "pileup/pileup.h"

namespace haploom::tensor {

// DeepVariantChannelEnum numbers; drawn are 1..7 and 19.
enum class Channel : uint8_t {
  kReadBase = 1,
  kBaseQuality = 2,
  kMappingQuality = 3,
  kStrand = 4,
  kReadSupportsVariant = 5,
  kBaseDiffersFromRef = 6,
  kHaplotype = 7,
  kInsertSize = 19
};

// What upstream's WGS model sees.
inline const std::vector<Channel> kWgsChannels = {Channel::kReadBase, Channel::kBaseQuality, Channel::kMappingQuality,
                                                  Channel::kStrand, Channel::kReadSupportsVariant,
                                                  Channel::kBaseDiffersFromRef, Channel::kInsertSize};

struct ImageShape {
  int height_pangenome = 100;  // rows of the block, 5 reference rows included
  int height_reads = 100;
  int width = 221;             // odd; the variant's first base stands in the middle
  std::vector<Channel> channels = kWgsChannels;
  int rows() const { return height_pangenome + height_reads; }
  size_t bytes() const { return static_cast<size_t>(rows()) * static_cast<size_t>(width) * channels.size(); }
};

struct DrawOptions {
  int min_mapq = 0;
  int min_base_quality = 10;
  bool only_window_spanning_haplotypes = true;
  bool sort_by_haplotypes = true;  // rows by HP tag before start
};

// Draws partition after partition: begin() hands over what all images of a partition share, draw() makes one image.
// A read is drawn where it overlaps the candidate or the 5 bases beside it; a read that lacks base qualities is not drawn,
// nor one whose base at the variant's start is below min_base_quality. If there are more reads than rows, a fixed
// pseudo-random choice of them is shown, the same on every machine.
// Cost: about 20 us for 100 rows of 129 columns; no allocation once it is warm. One object for each thread.
class Painter {
 public:
  // A block of height 0 is left out; otherwise it needs room for its 5 reference rows and one read.
  Painter(ImageShape shape, DrawOptions options);
  ~Painter();
  Painter(Painter&&) noexcept;
  Painter& operator=(Painter&&) noexcept;

  // All referenced data must outlive the draw() calls. haplotypes may be null when there are none.
  void begin(const std::vector<genome::Read>* reads, const std::vector<genome::Read>* haplotypes,
             pileup::ReferenceWindow reference, int64_t contig_length);

  // Fills out (shape.bytes()). False, and out untouched, when the window does not lie inside the contig.
  bool draw(const genome::Candidate& candidate, const genome::AltSet& alts, std::span<uint8_t> out);

  const ImageShape& shape() const { return shape_; }

 private:
  struct State;
  ImageShape shape_;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::tensor
