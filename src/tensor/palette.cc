#include "tensor/palette.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/error.h"

namespace haploom::tensor {
namespace {

static_assert(std::endian::native == std::endian::little, "a pixel's first channel is its lowest byte");

// Alpha of the option (1.0, 0.6, 0.2) times 254, truncated: dv_vcf_constants and pileup_image.py's default_options.
constexpr uint8_t kFull = 254;
constexpr uint8_t kUnsupporting = 152;
constexpr uint8_t kMatch = 50;
constexpr uint8_t kForward = 70;
constexpr uint8_t kReverse = 240;
constexpr int kQualityCap = 40;
constexpr int kMapqCap = 60;
constexpr int kHaplotypeCap = 2;
constexpr int kInsertSizeCap = 1000;

Pixel at(size_t channel, uint8_t value) { return static_cast<Pixel>(value) << (8 * channel); }

uint8_t reference_colour(Channel channel, char base) {
  switch (channel) {
    case Channel::kReadBase: return base_colour(base);
    case Channel::kBaseQuality:
    case Channel::kMappingQuality:
    case Channel::kInsertSize: return kFull;
    case Channel::kStrand: return kForward;
    case Channel::kReadSupportsVariant: return kUnsupporting;
    case Channel::kBaseDiffersFromRef: return kMatch;
    case Channel::kHaplotype: return 0;
  }
  return 0;
}

uint8_t row_colour(Channel channel, const genome::Read& read, bool supports) {
  switch (channel) {
    case Channel::kMappingQuality: return scaled(read.mapq, kMapqCap);
    case Channel::kStrand: return read.reverse ? kReverse : kForward;
    case Channel::kReadSupportsVariant: return supports ? kFull : kUnsupporting;
    case Channel::kHaplotype: return scaled(std::max<int>(read.haplotype_tag, 0), kHaplotypeCap);
    case Channel::kInsertSize: {
      const int64_t length = std::abs(static_cast<int64_t>(read.template_length));
      return scaled(static_cast<int>(std::min<int64_t>(length, kInsertSizeCap)), kInsertSizeCap);
    }
    case Channel::kReadBase:
    case Channel::kBaseQuality:
    case Channel::kBaseDiffersFromRef: return 0;
  }
  return 0;
}

}  // namespace

uint8_t scaled(int value, int full) {
  const float part = static_cast<float>(std::min(value, full)) / static_cast<float>(full);
  return static_cast<uint8_t>(static_cast<int>(254.0F * part));
}

uint8_t base_colour(char base) {
  switch (base) {
    case 'A': return 250;
    case 'G': return 180;
    case 'T': return 100;
    case 'C': return 30;
    default: return 0;
  }
}

Palette::Palette(const std::vector<Channel>& channels, const std::vector<Channel>& blank) : row_channels_(channels) {
  check(!channels.empty() && channels.size() <= kMaxChannels, "an image has 1 to 8 channels");
  for (size_t c = 0; c < channels.size(); ++c) {
    for (int code = 0; code < 256; ++code) {
      reference_[static_cast<size_t>(code)] |= at(c, reference_colour(channels[c], static_cast<char>(code)));
    }
    if (std::find(blank.begin(), blank.end(), channels[c]) != blank.end()) {
      row_channels_[c] = Channel::kReadBase;
      continue;
    }
    for (int code = 0; code < 256; ++code) {
      const size_t i = static_cast<size_t>(code);
      if (channels[c] == Channel::kReadBase) bases_[i] |= at(c, base_colour(static_cast<char>(code)));
      if (channels[c] == Channel::kBaseQuality) qualities_[i] |= at(c, scaled(code, kQualityCap));
    }
    if (channels[c] == Channel::kBaseDiffersFromRef) {
      matches_ |= at(c, kMatch);
      differs_ |= at(c, kFull);
    }
  }
}

Pixel Palette::row(const genome::Read& read, bool supports) const {
  Pixel pixel = 0;
  for (size_t c = 0; c < row_channels_.size(); ++c) pixel |= at(c, row_colour(row_channels_[c], read, supports));
  return pixel;
}

}  // namespace haploom::tensor
