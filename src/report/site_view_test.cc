#include "report/site_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace haploom::report {
namespace {

using tensor::Channel;
using testing::HasSubstr;
using testing::Not;

// Five columns with a SNP in the middle; a haplotype that equals the reference and two reads, the second one supporting.
SiteView small_view() {
  SiteView view;
  view.title = "chr1:3 C > T";
  view.shape = {7, 8, 5, {Channel::kReadBase, Channel::kBaseQuality, Channel::kReadSupportsVariant, Channel::kBaseDiffersFromRef}, false};
  view.reference = "AACGT";
  view.variant_end = 3;
  view.rows = {{5, "haplotype_1", false, 90, genome::kNoHaplotypeTag}, 
               {12, "read_a", true, 60, 2}, {13, "read_b", false, 7, genome::kNoHaplotypeTag}};
  SiteImage image{"copies of T: 0 0.1, 1 0.8, 2 0.1", std::vector<uint8_t>(view.shape.bytes())};
  const auto put = [&](int row, int column, std::vector<uint8_t> pixel) {
    std::copy(pixel.begin(), pixel.end(), image.pixels.begin() + (row * 5 + column) * 4);
  };
  for (int column = 0; column < 5; ++column) put(5, column, {30, 0, 152, 50});
  for (int column = 0; column < 3; ++column) put(12, column, {250, 254, 152, 50});
  put(13, 2, {100, 254, 254, 254});
  put(13, 3, {0, 20, 254, 254});
  view.images = {image};
  return view;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

}  // namespace

TEST(SiteText, NamesRowsAndShowsWhatDiffersFromTheReference) {
  const auto shown = lines(site_text(small_view(), {}));
  EXPECT_THAT(shown, testing::ElementsAre("chr1:3 C > T", "", "copies of T: 0 0.1, 1 0.8, 2 0.1", "pangenome: 1 rows drawn, 1 black",
                                          "  name           mapq hp AACGT", "  haplotype_1  +   90  . .....",
                                          "reads: 2 rows drawn, 1 black", "  name           mapq hp AACGT",
                                          "  read_a       -   60  2 ...", "> read_b       +    7  .   T*"));
}

TEST(SiteText, HasNoEscapesUnlessColourIsAskedFor) {
  EXPECT_THAT(site_text(small_view(), {}), Not(HasSubstr("\x1b")));
  const std::string coloured = site_text(small_view(), {.colour = true});
  EXPECT_THAT(coloured, HasSubstr("\x1b[31mT"));
  EXPECT_THAT(coloured, HasSubstr("\x1b[7mC\x1b[0m"));  // the variant's columns
  EXPECT_THAT(coloured, HasSubstr("\x1b[2m\x1b[35m*"));    // of low quality
}

TEST(SiteText, IsCutToTheTerminalAroundTheVariant) {
  SiteView view = small_view();
  view.shape = {7, 8, 101, {Channel::kReadBase, Channel::kBaseDiffersFromRef}, false};
  view.reference = std::string(50, 'A') + "C" + std::string(50, 'G');
  view.variant_end = 90;
  view.images[0].pixels.assign(view.shape.bytes(), 0);
  for (const std::string& line : lines(site_text(view, {.colour = false, .width = 80}))) EXPECT_LE(line.size(), 80U);
  EXPECT_THAT(site_text(view, {.colour = false, .width = 80}), HasSubstr(" " + std::string(27, 'A') + "C" + std::string(27, 'G') + "\n"));
  EXPECT_THAT(site_text(view, {.colour = false, .width = 10}), HasSubstr(" AAAAAAAAAACGGGGGGGGGG\n"));
}

TEST(SitePng, GrowsByAnImageForEachAlleleSet) {
  const auto height = [](const SiteView& view) {
    const std::string bytes = site_png(view);
    return static_cast<uint8_t>(bytes[22]) << 8 | static_cast<uint8_t>(bytes[23]);
  };
  SiteView view = small_view();
  const int one = height(view);
  view.images.push_back(view.images[0]);
  const int two = height(view);
  view.images.push_back(view.images[0]);
  EXPECT_GT(two, one);
  EXPECT_EQ(height(view) - two, two - one);
}

}  // namespace haploom::report
