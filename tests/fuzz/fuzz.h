// What the fuzz targets share.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "gbz/gbz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);  // libFuzzer's own

namespace haploom::fuzz {

// A find: libFuzzer keeps the input, ctest fails.
inline void require(bool condition, const char* what_must_hold) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %s\n", what_must_hold);
  std::abort();
}

// The bases of a node as its code reads them, by the complement of GBZ tools.
inline std::string bases_of(const gbz::Gbz& graph, gbz::NodeCode code) {
  const std::string label = graph.label(gbz::node_id(code));
  if (!gbz::is_reverse(code)) return label;
  std::string out(label.rbegin(), label.rend());
  for (char& base : out) base = gbz::complement_gbz(base);
  return out;
}

// Formats full of counts and offsets die of an inserted byte: changes up to 16 bytes where they stand.
inline void mutate_in_place(uint8_t* data, size_t size, std::minstd_rand& random) {
  if (size == 0) return;
  uint8_t part[16];
  const size_t most = std::min(size, sizeof part);
  const size_t width = random() % 2 == 0 ? std::min<size_t>(most, size_t{1} << random() % 4) : 1 + random() % most;
  size_t at = random() % (size - width + 1);
  if (random() % 2 == 0) at -= at % std::min<size_t>(width, 8);
  std::memcpy(part, data + at, width);
  LLVMFuzzerMutate(part, width, width);
  std::memcpy(data + at, part, width);
}

}  // namespace haploom::fuzz
