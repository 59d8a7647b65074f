// One block of an image: the reference rows, the reads (or haplotypes) around one candidate, black rows.
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
  std::string reference;       // [width]
  int64_t variant_start = 0;
  int64_t variant_end = 0;
  int64_t cut_start = 0;       // reads are trimmed to [cut_start, cut_end)
  int64_t cut_end = 0;
};

struct BlockOptions {
  int height = 100;
  DrawOptions draw;
  std::vector<Channel> blank;      // channels that stay 0 in the rows of this block's reads
  int64_t min_reference_bases = 0;  // rows that keep fewer after trimming are dropped
};

class Block {
 public:
  Block(const std::vector<Channel>& channels, int width, BlockOptions options);

  void begin(const std::vector<genome::Read>* reads);  // null: none
  // support: [alts] of the candidate, indices into the reads. out: height * width * channels bytes.
  void draw(const Canvas& canvas, const std::vector<genome::Support>& support, const genome::AltSet& alts, uint8_t* out);

 private:
  struct Row {
    int32_t read = 0;
    TrimmedAlignment kept;
  };
  struct Span {
    int64_t start = 0;
    int64_t end = 0;
  };

  void mark(const std::vector<genome::Support>& support, const genome::AltSet& alts);
  void unmark(const std::vector<genome::Support>& support);
  template <class Act>
  void for_each_record(int32_t read, Act act);
  void gather(const Canvas& canvas);  // -> near_
  void choose(const Canvas& canvas);  // near_ -> rows_
  bool drawable(const genome::Read& read, const TrimmedAlignment& kept, int64_t variant_start) const;
  bool before(const Row& a, const Row& b) const;
  void paint(const genome::Read& read, const TrimmedAlignment& kept, Pixel constant, const Canvas& canvas);
  void paint_matches(const char* bases, const uint8_t* quality, const char* reference, int64_t columns, Pixel constant,
                     int64_t column);
  void put(int64_t column, Pixel pixel);

  BlockOptions options_;
  Palette palette_;
  size_t channels_;
  int width_;
  const std::vector<genome::Read>* reads_ = nullptr;
  std::vector<Span> spans_;       // of the reads
  std::vector<uint8_t> support_;  // of the reads; 0 between two images
  std::vector<int32_t> twins_;    // of the reads; see twins.h
  RowOrder order_;
  std::vector<Row> near_;
  std::vector<Row> rows_;
  std::vector<uint8_t> line_;     // one row, and room for the last pixel's unused channels
};

}  // namespace haploom::tensor
