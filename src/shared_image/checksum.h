// XXH3 of many bytes, taken in steps: a signal ends it between two of them.
//
// The 64-bit sum is that of the sums of chunks of kChunkBytes, so that several threads may take a part each.
// Errors: base::Interrupted
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <xxhash.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace haploom::shared_image {

inline constexpr uint64_t kChunkBytes = uint64_t{16} << 20;

uint64_t checksum_of(std::span<const std::byte> bytes);                      // 64 bits
std::array<uint64_t, 2> wide_checksum_of(std::span<const std::byte> bytes);  // 128 bits: low, high; without chunks

// The same in parts: each chunk in order, from pieces as they come; then all of them.
class ChunkSum {
 public:
  ChunkSum();
  void start();
  void add(std::span<const std::byte> piece);
  uint64_t sum() const;

 private:
  std::unique_ptr<XXH3_state_s, XXH_errorcode (*)(XXH3_state_s*)> state_;
};
uint64_t checksum_of_chunks(std::span<const uint64_t> sums);

}  // namespace haploom::shared_image
