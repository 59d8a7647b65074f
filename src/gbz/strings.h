// String arrays of a GBZ: tags, names and node labels, packed or as one zstd stream.
//
// Out:    the text of all strings in one block, and where each starts
// Errors: as Elements
// Source: GBZ file format, github.com/jltsiren/gbwtgraph, SERIALIZATION.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gbz/elements.h"

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
Strings read_compressed_strings(Elements& in, std::string_view piece);
// A string array with its sorted order, which is checked and dropped.
Strings read_dictionary(Elements& in, std::string_view piece);
Tags read_tags(Elements& in, std::string_view piece);

// The bytes of one zstd stream that must have exactly `size` of them. Bounded: a stream that would give more ends there,
// and a declared size beyond what real graphs reach (64 MiB + 256 a compressed byte) is refused before any memory is taken.
std::string inflate(const Elements& in, std::string_view piece, std::span<const std::byte> stream, uint64_t size);

}  // namespace haploom::gbz
