// String arrays of a GBZ that are small: tags and names; and zstd streams. Large ones stay in the file: texts.h.
//
// Out:    the text of all strings in one block, and where each starts
// Errors: as Elements
// Source: GBZ file format, github.com/jltsiren/gbwtgraph, SERIALIZATION.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gbz/elements.h"

struct ZSTD_DCtx_s;

namespace haploom::gbz {

struct Strings {
  std::vector<uint64_t> starts;  // never falling, the first is 0
  std::string text;

  uint64_t size() const { return starts.size(); }
  std::string_view operator[](uint64_t index) const {
    const uint64_t end = index + 1 < starts.size() ? starts[index + 1] : text.size();
    return std::string_view(text).substr(starts[index], end - starts[index]);
  }
};

using Tags = std::vector<std::pair<std::string, std::string>>;

Strings read_strings(Elements& in, std::string_view piece);
// A string array with its sorted order, which is checked and dropped.
Strings read_dictionary(Elements& in, std::string_view piece);
Tags read_tags(Elements& in, std::string_view piece);

// One zstd stream that must have exactly `size` bytes, from front to back. Bounded: a stream that would give more ends there.
class Inflater {
 public:
  using Refuse = std::function<void(std::string_view cause)>;  // throws
  Inflater(std::span<const std::byte> stream, uint64_t size, Refuse refuse);
  void read(uint64_t count, char* out);  // of all reads together: `size`
  void finish();                         // that nothing follows
  // Refuses a declared size beyond what real graphs reach (64 MiB + 256 a compressed byte), before any memory is taken.
  static void require_credible(const Elements& in, std::string_view piece, uint64_t stream_bytes, uint64_t size);

 private:
  bool step(char* out, uint64_t count, uint64_t& done);  // false: it gives no more

  std::unique_ptr<ZSTD_DCtx_s, size_t (*)(ZSTD_DCtx_s*)> decoder_;
  std::span<const std::byte> stream_;
  uint64_t size_;
  Refuse refuse_;
  uint64_t taken_ = 0;  // of the stream
  uint64_t given_ = 0;
  bool frame_ended_ = false;
};

// All of it.
std::string inflate(const Elements& in, std::string_view piece, std::span<const std::byte> stream, uint64_t size);

}  // namespace haploom::gbz
