// XXH3 of many bytes, taken in steps: a signal ends it between two of them.
//
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

// Of pieces as they come.
class Checksum {
 public:
  Checksum();
  void add(std::span<const std::byte> bytes);
  uint64_t sum() const;

 private:
  std::unique_ptr<XXH3_state_s, XXH_errorcode (*)(XXH3_state_s*)> state_;
};

uint64_t checksum_of(std::span<const std::byte> bytes);                      // 64 bits
std::array<uint64_t, 2> wide_checksum_of(std::span<const std::byte> bytes);  // 128 bits: low, high

}  // namespace haploom::shared_image
