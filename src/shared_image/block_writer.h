// Writing items of many sizes (labels, records) in blocks, so that each is found by a block's start and a short distance.
//
// Layout: image_layout.h, "Blocked"
// Errors: kInput/kGbzFormat for a block that outgrows 32-bit distances
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "shared_image/image_layout.h"
#include "shared_image/narrow.h"

namespace haploom::shared_image {

// Items of a block with the table that a long one begins with.
template <typename Item>
uint64_t block_size(std::span<const uint64_t> sizes) {
  const uint64_t sum = std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
  return sum > kNearBlock ? sum + kFarTable<Item> : sum;
}

// Items of all blocks, of which the first item begins one.
template <typename Item>
class BlockSum {
 public:
  void add(uint64_t size) {
    block_ += size;
    if (++items_ % kBlock == 0) end_block();
  }
  // Of those added until now; add no more after an unfinished block.
  uint64_t total() {
    end_block();
    return total_;
  }

 private:
  void end_block() {
    total_ += block_ > kNearBlock ? block_ + kFarTable<Item> : block_;
    block_ = 0;
  }
  uint64_t items_ = 0, block_ = 0, total_ = 0;
};

// One block of a Blocked: says where its items go.
template <typename Item>
class BlockPlacer {
 public:
  BlockPlacer(std::span<uint64_t> blocks, std::span<uint16_t> starts, Item* data) : blocks_(blocks), starts_(starts), data_(data) {}

  // The items first, first + 1, ... of these sizes (a whole block, or the last, shorter one) begin at `written`. Gives the end.
  uint64_t place(uint64_t first, std::span<const uint64_t> sizes, uint64_t written) {
    const uint64_t size = block_size<Item>(sizes);
    const bool far = size > kNearBlock;
    blocks_[first / kBlock] = far ? written | kFarBlock : written;
    uint64_t distance = far ? kFarTable<Item> : 0;
    for (uint64_t i = 0; i <= sizes.size() && i < kBlock; ++i) {
      starts_[first + i] = far ? 0 : static_cast<uint16_t>(distance);
      at_[i] = data_ + written + distance;
      if (far) put_far(data_ + written, i, narrow(distance, "bytes or words in a block"));
      if (i < sizes.size()) distance += sizes[i];
    }
    if (far)
      for (uint64_t i = sizes.size() + 1; i < kBlock; ++i) put_far(data_ + written, i, static_cast<uint32_t>(size));
    return written + size;
  }
  Item* at(uint64_t index_in_block) const { return at_[index_in_block]; }

 private:
  static void put_far(Item* block, uint64_t i, uint32_t distance) {
    std::memcpy(block + i * sizeof distance / sizeof(Item), &distance, sizeof distance);
  }

  std::span<uint64_t> blocks_;
  std::span<uint16_t> starts_;
  Item* data_;
  std::array<Item*, kBlock> at_{};
};

}  // namespace haploom::shared_image
