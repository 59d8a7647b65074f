#include "tensor/palette.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::tensor {
namespace {

uint8_t byte(Pixel pixel, int channel) { return static_cast<uint8_t>(pixel >> (8 * channel)); }

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
  const Palette palette({Channel::kInsertSize, Channel::kHaplotype, Channel::kBaseDiffersFromRef,
                         Channel::kReadSupportsVariant, Channel::kStrand, Channel::kMappingQuality,
                         Channel::kBaseQuality, Channel::kReadBase},
                        {});
  genome::Read read;
  read.mapq = 30;
  read.reverse = true;
  read.haplotype_tag = 1;
  read.template_length = -500;
  const Pixel pixel = palette.row(read, true) | palette.base('G') | palette.differs() | palette.quality(20);
  const uint8_t expected[8] = {127, 127, 254, 254, 240, 127, 127, 180};
  for (int channel = 0; channel < 8; ++channel) EXPECT_EQ(byte(pixel, channel), expected[channel]) << channel;
  const uint8_t reference[8] = {254, 0, 50, 152, 70, 254, 254, 30};
  for (int channel = 0; channel < 8; ++channel) EXPECT_EQ(byte(palette.reference('C'), channel), reference[channel]);
}

TEST(Palette, BlanksAChannelInReadsButNotInTheReference) {
  const Palette palette({Channel::kMappingQuality, Channel::kBaseQuality}, {Channel::kMappingQuality, Channel::kBaseQuality});
  genome::Read read;
  read.mapq = 60;
  EXPECT_EQ(palette.row(read, true) | palette.quality(40), 0U);
  EXPECT_EQ(palette.reference('A'), 0xfefeU);
}

TEST(Palette, TakesAnyTemplateLengthAndTag) {
  const Palette palette({Channel::kInsertSize, Channel::kHaplotype}, {});
  genome::Read read;
  read.template_length = INT32_MIN;
  read.haplotype_tag = INT16_MAX;
  EXPECT_EQ(palette.row(read, false), 0xfefeU);
}

TEST(Palette, RefusesMoreChannelsThanAPixelHolds) {
  EXPECT_THROW(Palette(std::vector<Channel>(9, Channel::kReadBase), {}), Error);
  EXPECT_THROW(Palette({}, {}), Error);
}

}  // namespace haploom::tensor
