// A stretch of a contig's reference sequence that somebody else holds.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

namespace haploom::genome {

// Bases [start, start + bases.size()) of a contig, upper case.
struct ReferenceWindow {
  int64_t start = 0;
  std::string_view bases;
  int64_t end() const { return start + static_cast<int64_t>(bases.size()); }
  char at(int64_t position) const {  // 'N' outside
    const int64_t i = position - start;
    return i < 0 || i >= static_cast<int64_t>(bases.size()) ? 'N' : bases[static_cast<size_t>(i)];
  }
  std::string_view between(int64_t from, int64_t to) const {  // start <= from <= to; what lies behind end() is left out
    return bases.substr(static_cast<size_t>(from - start), static_cast<size_t>(to - from));
  }
};

}  // namespace haploom::genome
