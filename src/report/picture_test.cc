// Bitmap, font and PNG.
#include <gtest/gtest.h>
#include <zlib.h>

#include <set>

#include "base/error.h"
#include "report/bitmap.h"
#include "report/png.h"

namespace haploom::report {
namespace {

uint32_t number(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

bool is_black(const Bitmap& bitmap, int x, int y) {
  return bitmap.rgb()[static_cast<size_t>((y * bitmap.width() + x) * 3)] == 0;
}

int black_pixels(const Bitmap& bitmap) {
  int n = 0;
  for (int y = 0; y < bitmap.height(); ++y) {
    for (int x = 0; x < bitmap.width(); ++x) n += is_black(bitmap, x, y) ? 1 : 0;
  }
  return n;
}

}  // namespace

TEST(Font, HasADistinctGlyphForEachPrintableCharacter) {
  std::set<std::string_view> seen;
  for (char c = ' '; c <= '~'; ++c) {
    EXPECT_EQ(glyph(c).rows.size(), 7U) << c;
    EXPECT_TRUE(seen.insert(glyph(c).rows).second) << c;
    for (const char digit : glyph(c).rows) EXPECT_TRUE((digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'V')) << c;
  }
  for (const char c : {'\n', '\x7f', '\xc3'}) EXPECT_EQ(glyph(c).rows, glyph('\0').rows);
}

TEST(Font, ReadsItsDigitsFromLeftToRight) {
  const Glyph slash = glyph('/');
  EXPECT_TRUE(slash.pixel(4, 1));
  EXPECT_TRUE(slash.pixel(0, 5));
  EXPECT_FALSE(slash.pixel(0, 1));
  EXPECT_TRUE(small_base('T').pixel(0, 0));
  EXPECT_FALSE(small_base('T').pixel(0, 1));
}

TEST(Bitmap, CutsOffWhatLiesOutside) {
  Bitmap bitmap(10, 10, grey(255));
  bitmap.fill(-5, -5, 7, 7, grey(0));
  bitmap.fill(9, 9, 100, 100, grey(0));
  bitmap.text(-100, -3, "out", grey(0));
  EXPECT_EQ(black_pixels(bitmap), 2 * 2 + 1);
}

TEST(Bitmap, ScalesLetters) {
  Bitmap small(8, 8, grey(255)), large(16, 16, grey(255));
  small.text(0, 0, "g", grey(0));
  large.text(0, 0, "g", grey(0), 2);
  EXPECT_EQ(black_pixels(large), 4 * black_pixels(small));
  EXPECT_GT(black_pixels(small), 10);
}

TEST(Png, HoldsTheSameBytesForTheSamePixels) {
  Bitmap bitmap(40, 30, grey(200));
  bitmap.text(1, 1, "A", grey(0));
  const std::string bytes = png(40, 30, bitmap.rgb());
  EXPECT_EQ(bytes, png(40, 30, bitmap.rgb()));
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x89PNG\r\n\x1a\n"));
  EXPECT_EQ(number(bytes, 16), 40U);
  EXPECT_EQ(number(bytes, 20), 30U);
}

TEST(Png, UndoesToTheLinesThatWereWritten) {
  const std::vector<uint8_t> rgb = {1, 2, 3, 250, 5, 6, 9, 9, 9, 0, 255, 1};  // 2 x 2
  const std::string bytes = png(2, 2, rgb);
  const size_t data = bytes.find("IDAT");
  std::vector<uint8_t> raw(2 * 7);
  uLongf size = raw.size();
  ASSERT_EQ(uncompress(raw.data(), &size, reinterpret_cast<const Bytef*>(bytes.data()) + data + 4, number(bytes, data - 4)), Z_OK);
  EXPECT_EQ(raw, (std::vector<uint8_t>{2, 1, 2, 3, 250, 5, 6, 2, 8, 7, 6, 6, 250, 251}));
}

TEST(Png, RefusesASizeThatIsNotThatOfThePixels) {
  EXPECT_THROW(png(2, 2, std::vector<uint8_t>(11)), Error);
  EXPECT_THROW(png(0, 2, {}), Error);
}

}  // namespace haploom::report
