// Texts that stay where the file has them, packed or as one zstd stream: node labels, names of segments.
//
// Memory: a byte for every 8 texts (elements.h), until unpack()
// Errors: as Elements. Letters are checked as they are read: before that the texts may hold any
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gbz/elements.h"
#include "gbz/strings.h"

namespace haploom::gbz {

enum class Letters { kBases, kAny };  // bases: whatever is printed, but no space

class Texts {
 public:
  static Texts read(Elements& in, std::string_view piece, Letters allowed);
  static Texts read_compressed(Elements& in, std::string_view piece, Letters allowed);

  uint64_t size() const { return starts_.size(); }
  uint64_t length(uint64_t index) const;
  // Each text can be read without those before it.
  bool random_access() const { return stream_.empty() || unpacked_; }
  std::string operator[](uint64_t index) const;  // random_access()

  // Reads everything once. A zstd stream is kept as text then.
  void unpack();

 private:
  friend class TextReader;
  friend class LengthCursor;
  [[noreturn]] void refuse(std::string_view cause) const { refuse_gbz(source_, piece_, at_, cause); }
  void check_starts() const;
  void make_table();
  void unpack_packed(uint64_t from, uint64_t count, char* out) const;

  std::string source_, piece_;
  uint64_t at_ = 0;  // byte of the letters
  SparseInts starts_;
  uint64_t bytes_ = 0;
  std::span<const std::byte> stream_;
  std::string text_;
  bool unpacked_ = false;
  Letters allowed_ = Letters::kAny;
  PackedInts codes_;
  std::span<const std::byte> alphabet_;
  std::vector<char> table_;  // letters by the bits of several
  unsigned letters_ = 0;     // in a row of it
};

// Lengths of texts from the first-th on; 0 behind the last.
class LengthCursor {
 public:
  LengthCursor(const Texts& texts, uint64_t first) : starts_(texts.starts_, first), left_(texts.size() - std::min(first, texts.size())), end_(texts.bytes_), at_(starts_.next()) {}
  uint64_t next() {
    if (left_ == 0) return 0;
    const uint64_t from = at_;
    at_ = --left_ > 0 ? starts_.next() : end_;
    return at_ >= from ? at_ - from : 0;
  }

 private:
  SparseCursor starts_;
  uint64_t left_, end_, at_;
};

// Reads texts from the first-th on, front to back.
class TextReader {
 public:
  // first: 0 unless random_access()
  TextReader(const Texts& texts, uint64_t first);
  void read(uint64_t count, char* out);
  void finish();  // that nothing is left, after the last text

 private:
  const Texts& texts_;
  uint64_t at_;
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace haploom::gbz
