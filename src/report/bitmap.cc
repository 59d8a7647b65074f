#include "report/bitmap.h"

#include <algorithm>

namespace haploom::report {

Bitmap::Bitmap(int width, int height, Colour background)
    : width_(width), height_(height), rgb_(static_cast<size_t>(width) * static_cast<size_t>(height) * 3) {
  fill(0, 0, width, height, background);
}

void Bitmap::fill(int x, int y, int width, int height, Colour colour) {
  const int right = std::min(x + width, width_), bottom = std::min(y + height, height_);
  for (int row = std::max(y, 0); row < bottom; ++row) {
    for (int column = std::max(x, 0); column < right; ++column) {
      uint8_t* pixel = &rgb_[(static_cast<size_t>(row) * static_cast<size_t>(width_) + static_cast<size_t>(column)) * 3];
      pixel[0] = colour.red;
      pixel[1] = colour.green;
      pixel[2] = colour.blue;
    }
  }
}

void Bitmap::letter(int x, int y, const Glyph& glyph, Colour colour, int scale) {
  for (int row = 0; row < static_cast<int>(glyph.rows.size()); ++row) {
    for (int column = 0; column < glyph.width; ++column) {
      if (glyph.pixel(column, row)) fill(x + column * scale, y + row * scale, scale, scale, colour);
    }
  }
}

void Bitmap::text(int x, int y, std::string_view text, Colour colour, int scale) {
  for (const char c : text) {
    letter(x, y, glyph(c), colour, scale);
    x += kLetterWidth * scale;
  }
}

}  // namespace haploom::report
