// A picture in memory, and what is drawn into it: rectangles and letters.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "report/font.h"

namespace haploom::report {

struct Colour {
  uint8_t red = 0, green = 0, blue = 0;
};
constexpr Colour grey(uint8_t level) { return {level, level, level}; }

class Bitmap {
 public:
  Bitmap(int width, int height, Colour background);

  // What lies outside the picture is cut off.
  void fill(int x, int y, int width, int height, Colour colour);
  void letter(int x, int y, const Glyph& glyph, Colour colour, int scale = 1);
  void text(int x, int y, std::string_view text, Colour colour, int scale = 1);

  static constexpr int kLetterWidth = 6;   // with the gap, at scale 1
  static int text_width(std::string_view text, int scale = 1) { return static_cast<int>(text.size()) * kLetterWidth * scale; }

  int width() const { return width_; }
  int height() const { return height_; }
  std::span<const uint8_t> rgb() const { return rgb_; }  // [height][width][3]

 private:
  int width_, height_;
  std::vector<uint8_t> rgb_;
};

}  // namespace haploom::report
