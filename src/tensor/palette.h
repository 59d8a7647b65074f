// The colours of a block's rows. A pixel, up to eight channels of one column, is one 64-bit word with channel c in byte c,
// and comes about as the OR of a row's constant and of words looked up by base and by quality; only the two channels of
// homopolymers need a word a base besides. More than eight channels take more palettes.
//
// Source: pileup_channel_lib.cc, channels/*.cc, pileup_image.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "genome/read.h"
#include "tensor/tensor.h"
#include "tensor/trim.h"

namespace haploom::tensor {

using Pixel = uint64_t;
constexpr size_t kPixelChannels = sizeof(Pixel);

// 0..254: float32 arithmetic, truncated; a negative value wraps around at 256, as upstream's does.
uint8_t scaled(int value, int full);
uint8_t base_colour(char base);
uint8_t frequency_colour(float allele_frequency);

// Whose allele a read shows.
enum class Shows : uint8_t { kNone, kOther, kThese };

// What a row's pixels share.
struct RowFacts {
  Shows shows = Shows::kNone;
  uint8_t frequency = 0;  // colour, of the image's allele that it shows
  bool has_frequency = false;
};

class Palette {
 public:
  // channels: 1 to 8. blank: those that stay 0 in the rows of reads; the reference rows have all of them.
  Palette(std::span<const Channel> channels, const std::vector<Channel>& blank, const DrawOptions& options);

  // Pixels of the reference rows over a window: [window.size()].
  void reference(std::string_view window, std::vector<Pixel>& out);

  Pixel row(const Piece& piece, const RowFacts& facts) const;
  Pixel base(char read) const { return bases_[static_cast<uint8_t>(read)]; }
  Pixel quality(uint8_t phred) const { return qualities_[phred]; }
  Pixel matches() const { return matches_; }
  Pixel differs() const { return differs_; }  // also the mark of an indel on its anchor base, which has no base colour
  bool shows_runs() const { return shows_runs_; }
  void runs(std::string_view bases, std::vector<Pixel>& out);  // [bases.size()]

 private:
  uint8_t row_colour(Channel channel, const Piece& piece, const RowFacts& facts) const;
  void add_runs(const std::vector<Channel>& channels, std::string_view bases, std::vector<Pixel>& out);

  std::array<Pixel, 256> bases_{};
  std::array<Pixel, 256> qualities_{};
  std::array<Pixel, 256> reference_{};  // all but what depends on the window
  Pixel matches_ = 0;
  Pixel differs_ = 0;
  bool shows_runs_ = false;       // in rows of reads
  std::vector<Channel> channels_;
  std::vector<Channel> row_channels_;  // kBlank where blank
  uint8_t other_alt_;
  bool swap_haplotypes_;
  std::vector<int32_t> lengths_;  // of runs; between two calls only its memory matters
};

}  // namespace haploom::tensor
