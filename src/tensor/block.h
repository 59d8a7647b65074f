// One block of an image: the reference rows, the reads (or haplotypes) around one candidate, black rows.
//
// For each image: begin_image(), draw(), where wanted align() and the draw_aligned...() of each alt, end_image().
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "tensor/palette.h"
#include "tensor/row_order.h"
#include "tensor/trim.h"

namespace haploom::tensor {

// What the blocks of an image have in common.
struct Canvas {
  int64_t start = 0;           // reference position of column 0
  std::string reference;       // [width]; of an alt-aligned pileup: the haplotype's bases
  int64_t variant_start = 0;
  int64_t variant_end = 0;
  int64_t cut_start = 0;       // reads are trimmed to [cut_start, cut_end)
  int64_t cut_end = 0;
};

struct BlockOptions {
  int height = 100;
  DrawOptions draw;
  std::vector<Channel> blank;      // channels that stay 0 in the rows of this block's reads
  bool blank_snps = false;         // candidates for which they all stay 0
  bool blank_indels = false;
  int64_t min_reference_bases = 0;  // rows that keep fewer after trimming are dropped
};

class Block {
 public:
  // channels: of the image. Those of an alternate allele stay 0 until draw_aligned_channel().
  Block(const std::vector<Channel>& channels, int width, BlockOptions options);

  void begin(const std::vector<genome::Read>* reads);  // null: none

  // support: [alts] of the candidate, indices into the reads. The canvas must live until end_image().
  void begin_image(const Canvas& canvas, const genome::Candidate& candidate, const std::vector<genome::Support>& support,
                   const genome::AltSet& alts);
  void end_image(const std::vector<genome::Support>& support);

  void draw(const Canvas& canvas, uint8_t* out);  // height * width * channels bytes

  // What draw_aligned...() show; haplotype: of the alt, as long as it is.
  void align(const Canvas& canvas, std::string_view haplotype, const AlignToHaplotype& to_haplotype);
  void draw_aligned(const Canvas& canvas, uint8_t* out);  // as draw()
  void draw_aligned_channel(const Canvas& canvas, size_t channel, uint8_t* out);  // that byte of each pixel

  // Reads in the order of their rows, which begin behind the reference rows; of the last draw().
  const std::vector<const genome::Read*>& drawn() const { return drawn_; }

 private:
  struct Row {
    int32_t read = 0;
    Piece piece;
  };
  struct Span {
    int64_t start = 0;
    int64_t end = 0;
  };
  struct Layer {
    Palette palette;
    size_t at;  // byte of its first channel in a pixel
  };
  // Layers that make up a line, and the bytes of a pixel there.
  struct Print {
    std::vector<Layer> layers;
    size_t pixel_bytes;
  };

  void mark(const genome::Candidate& candidate, const std::vector<genome::Support>& support, const genome::AltSet& alts);
  template <class Act>
  void for_each_record(int32_t read, Act act);
  void gather(const Canvas& canvas);                            // -> near_
  void choose(const Canvas& canvas, const std::vector<Row>& from);  // -> rows_
  bool drawable(const Piece& piece, int64_t variant_start) const;
  bool before(const Row& a, const Row& b) const;
  template <class Take>
  void print(Print& how, const Canvas& canvas, Take take);  // take(line) for each row of the block
  void print_rows(const Canvas& canvas, uint8_t* out);
  void paint(const Print& how, Layer& layer, const Row& row, const Canvas& canvas);
  template <bool kRuns>
  void paint_matches(const Layer& layer, size_t pixel_bytes, const Piece& piece, int64_t offset, const char* reference,
                     int64_t columns, Pixel constant, int64_t column);

  BlockOptions options_;
  size_t channels_;
  int width_;
  Print full_;
  Print alternate_;  // the one channel that is repeated for alternate alleles; no layer if there is none
  bool aligns_;      // its reads are aligned to haplotypes
  const std::vector<genome::Read>* reads_ = nullptr;
  std::vector<Span> spans_;       // of the reads
  std::vector<RowFacts> facts_;   // of the reads; the default between two images
  std::vector<int32_t> twins_;    // of the reads; see twins.h
  RowOrder order_;
  std::vector<Row> near_;
  std::vector<Row> aligned_;      // near_ against the last haplotype
  std::vector<std::string_view> pieces_;
  std::vector<Row> rows_;
  std::vector<const genome::Read*> drawn_;
  std::vector<Pixel> words_;      // of the reference's columns, or of a piece's bases
  std::vector<uint8_t> line_;     // one row, and room for the last pixel's unused channels
};

}  // namespace haploom::tensor
