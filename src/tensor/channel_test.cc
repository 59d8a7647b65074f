#include "tensor/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::tensor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const std::string& list, AltAligned alt_aligned = AltAligned::kNone) {
  try {
    parse_channel_list(list, alt_aligned);
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kUsage);
    return error.text();
  }
  return "";
}

}  // namespace

TEST(Channel, HasANameForEachNumberAndBack) {
  for (int64_t number = 1; number <= 24; ++number) {
    const auto channel = channel_numbered(number);
    ASSERT_TRUE(channel);
    EXPECT_EQ(static_cast<int64_t>(*channel), number);
    EXPECT_EQ(channel_named(name(*channel)), channel);
  }
  EXPECT_EQ(name(Channel::kInsertSize), "insert_size");
  EXPECT_EQ(name(Channel::kBase6ma), "base_6ma");
  for (const int64_t number : {-1, 0, 25, 256 + 1}) EXPECT_FALSE(channel_numbered(number)) << number;
  EXPECT_FALSE(channel_named("Read_base"));
  EXPECT_FALSE(channel_named(""));
}

TEST(Channel, ListsAreSeparatedByCommasAndBlanks) {
  EXPECT_THAT(parse_channel_list(" strand,, read_base haplotype,", AltAligned::kRows),
              ElementsAre(Channel::kStrand, Channel::kReadBase, Channel::kHaplotype));
}

TEST(Channel, BaseChannelsStandForTheFirstSix) {
  const auto channels = parse_channel_list("insert_size,BASE_CHANNELS", AltAligned::kNone);
  ASSERT_EQ(channels.size(), 7U);
  EXPECT_EQ(channels[0], Channel::kInsertSize);
  EXPECT_EQ(channels[1], Channel::kReadBase);
  EXPECT_EQ(channels[6], Channel::kBaseDiffersFromRef);
}

TEST(Channel, AltAlignedChannelsStandLast) {
  const auto diff = parse_channel_list("BASE_CHANNELS", AltAligned::kDiffChannels);
  EXPECT_EQ(diff.size(), 8U);
  EXPECT_EQ(alt_aligned_of(diff), AltAligned::kDiffChannels);
  const auto base = parse_channel_list("read_base", AltAligned::kBaseChannels);
  EXPECT_THAT(base, ElementsAre(Channel::kReadBase, Channel::kBaseAlternateAllele1, Channel::kBaseAlternateAllele2));
  EXPECT_EQ(alt_aligned_of(base), AltAligned::kBaseChannels);
  EXPECT_EQ(alt_aligned_of(parse_channel_list("BASE_CHANNELS", AltAligned::kRows)), AltAligned::kNone);
}

TEST(Channel, ListsThatCannotBeDrawnAreRefusedWithWhatCanBe) {
  EXPECT_THAT(refusal("read_bases"), testing::AllOf(HasSubstr("'read_bases'"), HasSubstr("read_base,")));
  EXPECT_THAT(refusal("strand,strand"), HasSubstr("strand twice"));
  EXPECT_THAT(refusal("BASE_CHANNELS,strand"), HasSubstr("strand twice"));
  EXPECT_THAT(refusal(" ,"), HasSubstr("empty"));
  EXPECT_THAT(refusal("diff_channels_alternate_allele_1"), HasSubstr("--alt_aligned_pileup"));
  EXPECT_THAT(refusal("read_base", AltAligned::kDiffChannels), HasSubstr("sixth"));
}

TEST(Channel, AltAlignedPileupsHaveDeepVariantsNames) {
  EXPECT_EQ(alt_aligned_named("none"), AltAligned::kNone);
  EXPECT_EQ(alt_aligned_named("base_channels"), AltAligned::kBaseChannels);
  EXPECT_EQ(alt_aligned_named("diff_channels"), AltAligned::kDiffChannels);
  EXPECT_EQ(alt_aligned_named("rows"), AltAligned::kRows);
  EXPECT_FALSE(alt_aligned_named("row"));
}

}  // namespace haploom::tensor
