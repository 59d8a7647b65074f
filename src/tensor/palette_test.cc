#include "tensor/palette.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::tensor {
namespace {

uint8_t byte(Pixel pixel, int channel) { return static_cast<uint8_t>(pixel >> (8 * channel)); }

Palette palette_of(const std::vector<Channel>& channels, const std::vector<Channel>& blank = {}, const DrawOptions& options = {}) {
  return Palette(channels, blank, options);
}

Pixel reference_pixel(Palette& palette, char base) {
  std::vector<Pixel> pixels;
  palette.reference(std::string(1, base), pixels);
  return pixels.at(0);
}

Pixel row(const Palette& palette, const genome::Read& read, Shows shows = Shows::kNone) {
  return palette.row({&read, &read.cigar, {}}, {.shows = shows});
}

}  // namespace

TEST(Palette, ScalesInFloat32AndTruncates) {
  EXPECT_EQ(scaled(0, 40), 0);
  EXPECT_EQ(scaled(30, 40), 190);
  EXPECT_EQ(scaled(40, 40), 254);
  EXPECT_EQ(scaled(93, 40), 254);
  EXPECT_EQ(scaled(29, 60), 122);
  EXPECT_EQ(scaled(1, 2), 127);
  EXPECT_EQ(scaled(311, 1000), 78);
}

TEST(Palette, ColoursOnlyTheFourBases) {
  EXPECT_EQ(base_colour('A'), 250);
  EXPECT_EQ(base_colour('G'), 180);
  EXPECT_EQ(base_colour('T'), 100);
  EXPECT_EQ(base_colour('C'), 30);
  for (const char other : {'N', 'a', '*', '\0'}) EXPECT_EQ(base_colour(other), 0);
}

TEST(Palette, PutsEachChannelInItsByteInTheOrderAskedFor) {
  Palette palette = palette_of({Channel::kInsertSize, Channel::kHaplotype, Channel::kBaseDiffersFromRef,
                                Channel::kReadSupportsVariant, Channel::kStrand, Channel::kMappingQuality,
                                Channel::kBaseQuality, Channel::kReadBase});
  genome::Read read;
  read.mapq = 30;
  read.reverse = true;
  read.haplotype_tag = 1;
  read.template_length = -500;
  const Pixel pixel = row(palette, read, Shows::kThese) | palette.base('G') | palette.differs() | palette.quality(20);
  const uint8_t expected[8] = {127, 127, 254, 254, 240, 127, 127, 180};
  for (int channel = 0; channel < 8; ++channel) EXPECT_EQ(byte(pixel, channel), expected[channel]) << channel;
  const uint8_t reference[8] = {254, 0, 50, 152, 70, 254, 254, 30};
  for (int channel = 0; channel < 8; ++channel) EXPECT_EQ(byte(reference_pixel(palette, 'C'), channel), reference[channel]);
}

TEST(Palette, BlanksAChannelInReadsButNotInTheReference) {
  Palette palette = palette_of({Channel::kMappingQuality, Channel::kBaseQuality}, {Channel::kMappingQuality, Channel::kBaseQuality});
  genome::Read read;
  read.mapq = 60;
  EXPECT_EQ(row(palette, read, Shows::kThese) | palette.quality(40), 0U);
  EXPECT_EQ(reference_pixel(palette, 'A'), 0xfefeU);
}

TEST(Palette, TakesAnyTemplateLengthAndTag) {
  const Palette palette = palette_of({Channel::kInsertSize, Channel::kHaplotype});
  genome::Read read;
  read.template_length = INT32_MIN;
  read.haplotype_tag = INT16_MAX;
  EXPECT_EQ(row(palette, read), 0xfefeU);
}

TEST(Palette, RefusesMoreChannelsThanAPixelHolds) {
  EXPECT_THROW(palette_of(std::vector<Channel>(9, Channel::kReadBase)), Error);
  EXPECT_THROW(palette_of({}), Error);
}

TEST(Palette, TellsOtherAltsApartWhenAskedTo) {
  const genome::Read read;
  const std::vector<Channel> channels = {Channel::kReadSupportsVariant};
  EXPECT_EQ(row(palette_of(channels), read, Shows::kOther), 152U);
  EXPECT_EQ(row(palette_of(channels, {}, {.colour_other_alts = true}), read, Shows::kOther), 76U);
  EXPECT_EQ(row(palette_of(channels, {}, {.colour_other_alts = true}), read, Shows::kNone), 152U);
}

TEST(Palette, SwapsTheTwoHaplotypesForThePolishingOfTheSecond) {
  genome::Read read;
  const std::vector<std::pair<int, Pixel>> expected = {{genome::kNoHaplotypeTag, 0}, {-1, 129}, {0, 0}, {1, 254}, {2, 127}, {3, 254}};
  for (const auto& [tag, colour] : expected) {
    read.haplotype_tag = tag;
    EXPECT_EQ(row(palette_of({Channel::kHaplotype}, {}, {.polished_haplotype = 2}), read), colour) << tag;
  }
  read.haplotype_tag = 1;
  EXPECT_EQ(row(palette_of({Channel::kHaplotype}, {}, {.polished_haplotype = 1}), read), 127U);
}

TEST(Palette, ColoursFrequenciesByTheirLogarithm) {
  EXPECT_EQ(frequency_colour(0), 0);
  EXPECT_EQ(frequency_colour(0.00001F), 0);
  EXPECT_EQ(frequency_colour(0.001F), 101);
  EXPECT_EQ(frequency_colour(0.5F), 238);
  EXPECT_EQ(frequency_colour(1), 254);
}

TEST(Palette, ShowsTheWindowsOwnNumbersInItsReferenceRows) {
  Palette palette = palette_of({Channel::kGcContent, Channel::kIsHomopolymer, Channel::kHomopolymerWeighted, Channel::kMeanCoverage});
  std::vector<Pixel> pixels;
  palette.reference("GGGAACTTTT", pixels);
  ASSERT_EQ(pixels.size(), 10U);
  const uint8_t runs[10] = {254, 254, 254, 0, 0, 0, 254, 254, 254, 254};
  const uint8_t weights[10] = {25, 25, 25, 16, 16, 8, 33, 33, 33, 33};
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(byte(pixels[i], 0), 101) << i;
    EXPECT_EQ(byte(pixels[i], 1), runs[i]) << i;
    EXPECT_EQ(byte(pixels[i], 2), weights[i]) << i;
    EXPECT_EQ(byte(pixels[i], 3), 255) << i;
  }
}

}  // namespace haploom::tensor
