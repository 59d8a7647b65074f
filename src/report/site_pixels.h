// Where a SiteView's parts lie in its images.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "report/site_view.h"

namespace haploom::report {

inline uint8_t pixel(const SiteView& view, const SiteImage& image, int row, int column, size_t channel) {
  const size_t at = static_cast<size_t>(row) * static_cast<size_t>(view.shape.width) + static_cast<size_t>(column);
  return image.pixels[at * view.shape.channels.size() + channel];
}

inline std::optional<size_t> index_of(const SiteView& view, tensor::Channel channel) {
  const auto& channels = view.shape.channels;
  const auto found = std::find(channels.begin(), channels.end(), channel);
  if (found == channels.end()) return std::nullopt;
  return static_cast<size_t>(found - channels.begin());
}

// A block of the image: its rows [first, end), and those of the view that it holds.
struct SiteBlock {
  std::string_view name;
  int first = 0;
  int end = 0;
  std::vector<const SiteRow*> rows;
  int black() const { return end - first - tensor::kReferenceRows - static_cast<int>(rows.size()); }
};

inline std::vector<SiteBlock> blocks_of(const SiteView& view) {
  std::vector<SiteBlock> out;
  const int middle = view.shape.height_pangenome;
  if (middle > 0) out.push_back({"pangenome", 0, middle, {}});
  if (view.shape.height_reads > 0) out.push_back({"reads", middle, view.shape.blocks_height(), {}});
  for (SiteBlock& block : out) {
    for (const SiteRow& row : view.rows) {
      if (row.row >= block.first && row.row < block.end) block.rows.push_back(&row);
    }
  }
  return out;
}

}  // namespace haploom::report
