// What a pixel can tell: DeepVariant's channels, their names and numbers, and lists of them.
//
// Source: DeepVariantChannelEnum in deepvariant.proto, dv_constants.py, make_examples_options.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::tensor {

// DeepVariantChannelEnum numbers, as in example_info.json.
enum class Channel : uint8_t {
  kReadBase = 1,
  kBaseQuality = 2,
  kMappingQuality = 3,
  kStrand = 4,
  kReadSupportsVariant = 5,
  kBaseDiffersFromRef = 6,
  kHaplotype = 7,
  kAlleleFrequency = 8,
  kDiffAlternateAllele1 = 9,   // these two and the other two alternate alleles: see AltAligned
  kDiffAlternateAllele2 = 10,
  kReadMappingPercent = 11,    // 11 to 17 are about the piece of the read that is inside the image
  kAvgBaseQuality = 12,
  kIdentity = 13,
  kGapCompressedIdentity = 14,
  kGcContent = 15,
  kIsHomopolymer = 16,
  kHomopolymerWeighted = 17,
  kBlank = 18,
  kInsertSize = 19,
  kBaseAlternateAllele1 = 20,
  kBaseAlternateAllele2 = 21,
  kMeanCoverage = 22,     // upstream hands a coverage of 0 to every image: the reference rows are 255, all else 0
  kBaseMethylation = 23,  // black: base modifications are not read
  kBase6ma = 24
};
constexpr size_t kChannels = 24;

// What upstream's WGS model sees.
inline const std::vector<Channel> kWgsChannels = {Channel::kReadBase, Channel::kBaseQuality, Channel::kMappingQuality,
                                                  Channel::kStrand, Channel::kReadSupportsVariant,
                                                  Channel::kBaseDiffersFromRef, Channel::kInsertSize};

// Reads aligned to each alt's haplotype: drawn as two more channels, as more rows, or not at all.
enum class AltAligned : uint8_t { kNone, kBaseChannels, kDiffChannels, kRows };

std::string_view name(Channel channel);  // "read_base"
std::optional<Channel> channel_named(std::string_view name);
std::optional<Channel> channel_numbered(int64_t number);

// The value of --channel_list: names, separated by commas and blanks; BASE_CHANNELS stands for the first six. The two
// channels of an alt-aligned pileup are appended.
// Errors: kUsage for a name that is unknown, named twice or comes by --alt_aligned_pileup alone, and for a list too short
//         for the alt-aligned channel, which upstream takes by its place (the sixth for diff_channels)
std::vector<Channel> parse_channel_list(std::string_view list, AltAligned alt_aligned);

// none, base_channels, diff_channels, rows
std::string_view name(AltAligned kind);
std::optional<AltAligned> alt_aligned_named(std::string_view name);

// What channels tell of an alt-aligned pileup: kDiffChannels or kBaseChannels when its two channels stand last, else kNone.
AltAligned alt_aligned_of(const std::vector<Channel>& channels);

bool is_alternate(Channel channel);  // one of the four that repeat another channel for an alternate allele

}  // namespace haploom::tensor
