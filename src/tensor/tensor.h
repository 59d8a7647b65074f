// The picture that the network looks at: haplotypes of the pangenome above, reads below, around one allele set.
//
// Shape:  uint8 [rows = pangenome block + reads block][width][channels], row-major, channel fastest
//         each block: 5 reference rows, then reads sorted by start, then black rows
// Source: pileup_image_native.cc, pileup_channel_lib.cc, make_examples_native.cc, alt_aligned_pileup_lib.cc
//         (DeepVariant 1.9); docs: pileup.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "pileup/pileup.h"
#include "realign/realign.h"
#include "tensor/channel.h"

namespace haploom::tensor {

// At the head of each block. Source: reference_band_height in pileup_image.py (DeepVariant 1.9)
constexpr int kReferenceRows = 5;

struct ImageShape {
  int height_pangenome = 100;  // rows of the block, 5 reference rows included
  int height_reads = 100;
  int width = 221;             // odd; the variant's first base stands in the middle
  std::vector<Channel> channels = kWgsChannels;  // those of alternate alleles, if any, stand last
  // Two images more below the first: the same blocks with the reads aligned to the set's first and second alt.
  bool alt_aligned_rows = false;

  int blocks_height() const { return height_pangenome + height_reads; }
  int rows() const { return blocks_height() * (alt_aligned_rows ? 3 : 1); }
  size_t bytes() const { return static_cast<size_t>(rows()) * static_cast<size_t>(width) * channels.size(); }
};

// As realign::HaplotypeAligner::align().
using AlignToHaplotype = std::function<std::span<const realign::HaplotypeAlignment>(
    std::string_view haplotype, std::span<const std::string_view> pieces)>;

struct DrawOptions {
  int min_mapq = 0;
  int min_base_quality = 10;
  bool only_window_spanning_haplotypes = true;
  bool sort_by_haplotypes = true;       // rows by HP tag before start
  int polished_haplotype = 0;           // hp_tag_for_assembly_polishing: reads with this HP tag above all others; 0: none
  bool colour_other_alts = false;       // add_supporting_other_alt_color
  bool blank_haplotypes_of_snps = false;    // variant_types_to_blank: the haplotypes' rows are black
  bool blank_haplotypes_of_indels = false;
  bool alt_align_snps = false;          // types_to_alt_align: all; otherwise alt-aligned is what has an indel
  realign::AlignerOptions aligner = {};     // of shapes with alt-aligned channels or rows
  AlignToHaplotype align_to_haplotype = {};  // instead of a realign::HaplotypeAligner
};

// A read or haplotype and where an image shows it.
struct DrawnRow {
  int row = 0;
  bool is_haplotype = false;
  const genome::Read* read = nullptr;
};

// Draws partition after partition: begin() hands over what all images of a partition share, draw() makes one image.
// A read is drawn where it overlaps the candidate or the 5 bases beside it; a read that lacks base qualities is not drawn,
// nor one whose base at the variant's start is below min_base_quality. If there are more reads than rows, a fixed
// pseudo-random choice of them is shown, the same on every machine.
// Cost: about 60 us for 200 rows of 221 columns (bench/tensor_bench.cc); no allocation once it is warm, but for
//       alignments to haplotypes. One object for each thread.
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

  // Whose rows the last image shows, from top to bottom, reference and black rows left out; alike for all allele sets of a
  // candidate. Valid until begin().
  std::vector<DrawnRow> drawn_rows() const;

  const ImageShape& shape() const { return shape_; }

 private:
  struct State;
  ImageShape shape_;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::tensor
