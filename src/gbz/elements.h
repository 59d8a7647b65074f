// The building blocks of a simple-sds file: 64-bit elements, vectors of bytes, packed integers, bit and sparse vectors.
//
// In:     the whole file; every structure starts and ends at a multiple of 8 bytes
// Out:    views into the file, or decoded values; nothing is allocated before the bytes that justify it were seen
// Errors: kInput/kGbzFormat with the file, the piece, the byte offset and what is wrong there
// Source: simple-sds serialization format, github.com/jltsiren/simple-sds, SERIALIZATION.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::gbz {

static_assert(sizeof(size_t) == 8, "64-bit offsets");

// Packed integers, least significant bit first; items straddle words.
struct PackedInts {
  const std::byte* words = nullptr;
  uint64_t size = 0;
  unsigned width = 1;  // 1..64

  uint64_t operator[](uint64_t index) const;
};

struct Bits {
  const std::byte* words = nullptr;
  uint64_t bits = 0;
  uint64_t ones = 0;
  uint64_t word_count = 0;
};

// A sorted list of integers, decoded.
struct SparseInts {
  uint64_t universe = 0;
  std::vector<uint64_t> values;  // never falling
};

// Reads a file from front to back. `piece` names what is being read in messages.
class Elements {
 public:
  Elements(std::span<const std::byte> bytes, std::string source) : bytes_(bytes), source_(std::move(source)) {}

  uint64_t offset() const { return at_; }
  uint64_t remaining() const { return bytes_.size() - at_; }
  uint64_t file_bytes() const { return bytes_.size(); }
  const std::string& source() const { return source_; }

  // Ends the parse: `piece` at `offset` is not what the format allows.
  [[noreturn]] void refuse(std::string_view piece, uint64_t offset, std::string_view cause) const;

  uint64_t element(std::string_view piece);
  std::pair<uint32_t, uint32_t> halves(std::string_view piece);  // two 32-bit numbers in one element
  std::span<const std::byte> raw(std::string_view piece, uint64_t size);  // size: a multiple of 8
  std::span<const std::byte> byte_vector(std::string_view piece);
  PackedInts packed_ints(std::string_view piece);
  Bits bits(std::string_view piece);
  SparseInts sparse_ints(std::string_view piece);
  // Size in bytes of an optional structure; 0 when absent. The structure itself is not skipped.
  uint64_t optional_size(std::string_view piece);

 private:
  void skip_optional(std::string_view piece);

  std::span<const std::byte> bytes_;
  std::string source_;
  uint64_t at_ = 0;
};

inline uint64_t load_word(const std::byte* words, uint64_t index) {
  uint64_t word;
  std::memcpy(&word, words + 8 * index, 8);
  return word;
}

inline uint64_t PackedInts::operator[](uint64_t index) const {
  const uint64_t bit = index * width;
  const unsigned shift = bit & 63;
  uint64_t value = load_word(words, bit >> 6) >> shift;
  if (shift + width > 64) value |= load_word(words, (bit >> 6) + 1) << (64 - shift);
  return width == 64 ? value : value & ((uint64_t{1} << width) - 1);
}

}  // namespace haploom::gbz
