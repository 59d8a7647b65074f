// The building blocks of a simple-sds file: 64-bit elements, vectors of bytes, packed integers, bit and sparse vectors.
//
// In:     the whole file; every structure starts and ends at a multiple of 8 bytes
// Out:    views into the file; nothing is allocated before the bytes that justify it were seen
// Errors: kInput/kGbzFormat with the file, the piece, the byte offset and what is wrong there
// Source: simple-sds serialization format, github.com/jltsiren/simple-sds, SERIALIZATION.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
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

// A sorted list of integers (never falling), where the file has them: Elias-Fano. Beside it, a byte for every 8 of them.
class SparseInts {
 public:
  uint64_t size() const { return low_.size; }
  uint64_t universe() const { return universe_; }
  uint64_t last() const { return last_; }  // the largest; 0 when there is none
  uint64_t operator[](uint64_t index) const;  // index < size()

 private:
  friend class Elements;
  friend class SparseCursor;
  static constexpr uint64_t kStep = 64;

  uint64_t universe_ = 0;
  uint64_t last_ = 0;
  Bits high_;
  PackedInts low_;
  std::vector<uint64_t> places_;  // of every kStep-th integer: its bit among the high ones
};

// Reads them one after the other. Were the file to change after it was checked, the integers would be any.
class SparseCursor {
 public:
  explicit SparseCursor(const SparseInts& ints, uint64_t index = 0);
  // The one at index, then the next; universe() behind the last.
  uint64_t next();

 private:
  const SparseInts* ints_;
  uint64_t index_;
  uint64_t word_ = 0;
  uint64_t left_ = 0;  // set bits of the word that are not read yet
};

// Ends the parse of the file `source`: `piece` at `offset` is not what the format allows.
[[noreturn]] void refuse_gbz(std::string_view source, std::string_view piece, uint64_t offset, std::string_view cause);

// Reads a file from front to back. `piece` names what is being read in messages.
class Elements {
 public:
  Elements(std::span<const std::byte> bytes, std::string source) : bytes_(bytes), source_(std::move(source)) {}

  uint64_t offset() const { return at_; }
  uint64_t remaining() const { return bytes_.size() - at_; }
  uint64_t file_bytes() const { return bytes_.size(); }
  const std::string& source() const { return source_; }

  [[noreturn]] void refuse(std::string_view piece, uint64_t offset, std::string_view cause) const { refuse_gbz(source_, piece, offset, cause); }

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

inline uint64_t SparseCursor::next() {
  if (index_ >= ints_->size()) return ints_->universe_;
  while (left_ == 0) {
    if (++word_ >= ints_->high_.word_count) return ints_->universe_;
    left_ = load_word(ints_->high_.words, word_);
  }
  const uint64_t bit = 64 * word_ + static_cast<uint64_t>(std::countr_zero(left_));
  left_ &= left_ - 1;
  const uint64_t value = (bit - index_) << ints_->low_.width | ints_->low_[index_];
  ++index_;
  return value;
}

}  // namespace haploom::gbz
