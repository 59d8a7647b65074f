// The colours of a block's rows. A pixel, all channels of one column, is one 64-bit word with channel c in byte c, and
// comes about as the OR of a row's constant and of words looked up by base and by quality.
//
// Source: pileup_channel_lib.cc, channels/*.cc, pileup_image.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "genome/read.h"
#include "tensor/tensor.h"

namespace haploom::tensor {

using Pixel = uint64_t;
constexpr size_t kMaxChannels = sizeof(Pixel);

// 0..254: float32 arithmetic, truncated.
uint8_t scaled(int value, int full);
uint8_t base_colour(char base);

class Palette {
 public:
  // blank: channels that stay 0 in the rows of reads; the reference rows have all of them.
  Palette(const std::vector<Channel>& channels, const std::vector<Channel>& blank);

  Pixel row(const genome::Read& read, bool supports) const;  // what all pixels of a read share
  Pixel base(char read) const { return bases_[static_cast<uint8_t>(read)]; }
  Pixel quality(uint8_t phred) const { return qualities_[phred]; }
  Pixel matches() const { return matches_; }
  Pixel differs() const { return differs_; }  // also the mark of an indel on its anchor base, which has no base colour
  Pixel reference(char base) const { return reference_[static_cast<uint8_t>(base)]; }

 private:
  std::array<Pixel, 256> bases_{};
  std::array<Pixel, 256> qualities_{};
  std::array<Pixel, 256> reference_{};
  Pixel matches_ = 0;
  Pixel differs_ = 0;
  std::vector<Channel> row_channels_;  // where blank: kReadBase, of which row() holds nothing
};

}  // namespace haploom::tensor
