// A bitmap font of our own for the labels of pictures: printable ASCII, 5 x 7, and the bases in 3 x 5.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace haploom::report {

// Rows of a glyph from the top, each a digit of base 32 (0-9, A-V) whose bits are its pixels, the highest the leftmost.
struct Glyph {
  std::string_view rows;
  int width;
  bool pixel(int x, int y) const;
};

Glyph glyph(char character);  // 5 x 7; a box for what is not printable ASCII
Glyph small_base(char base);  // 3 x 5, for A C G T N; a dot for others

}  // namespace haploom::report
