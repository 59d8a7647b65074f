#include "tensor/palette.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "base/error.h"
#include "tensor/measures.h"

namespace haploom::tensor {
namespace {

static_assert(std::endian::native == std::endian::little, "a pixel's first channel is its lowest byte");

// Alpha of the option (1.0, 0.6, 0.3, 0.2) times 254, truncated: pileup_image.py's default_options; 0.3 is what
// --add_supporting_other_alt_color puts for other alts.
constexpr uint8_t kFull = 254;
constexpr uint8_t kUnsupporting = 152;
constexpr uint8_t kOtherAlt = 76;
constexpr uint8_t kMatch = 50;
constexpr uint8_t kForward = 70;
constexpr uint8_t kReverse = 240;
constexpr uint8_t kCovered = 255;
constexpr int kQualityCap = 40;
constexpr int kMapqCap = 60;
constexpr int kHaplotypeCap = 2;
constexpr int32_t kLowestTag = -(1 << 20);  // keeps the product an int
constexpr int kInsertSizeCap = 1000;
constexpr int kPercentCap = 100;
constexpr int kAverageQualityCap = 93;
constexpr int kRunCap = 30;
constexpr int kLeastRun = 3;
constexpr float kLeastFrequency = 0.00001F;

Pixel at(size_t channel, uint8_t value) { return static_cast<Pixel>(value) << (8 * channel); }

// A run is weighed modulo 256, as upstream does.
uint8_t run_colour(Channel channel, int32_t length) {
  if (channel == Channel::kIsHomopolymer) return length >= kLeastRun ? kFull : 0;
  return channel == Channel::kHomopolymerWeighted ? scaled(static_cast<uint8_t>(length), kRunCap) : 0;
}

bool is_of_runs(Channel channel) { return channel == Channel::kIsHomopolymer || channel == Channel::kHomopolymerWeighted; }

uint8_t reference_colour(Channel channel, char base) {
  switch (channel) {
    case Channel::kReadBase: return base_colour(base);
    case Channel::kBaseQuality:
    case Channel::kMappingQuality:
    case Channel::kReadMappingPercent:
    case Channel::kAvgBaseQuality:
    case Channel::kIdentity:
    case Channel::kGapCompressedIdentity:
    case Channel::kInsertSize: return kFull;
    case Channel::kStrand: return kForward;
    case Channel::kReadSupportsVariant: return kUnsupporting;
    case Channel::kBaseDiffersFromRef: return kMatch;
    case Channel::kMeanCoverage: return kCovered;
    default: return 0;
  }
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

uint8_t frequency_colour(float allele_frequency) {
  if (!(allele_frequency > kLeastFrequency)) return 0;
  const float least = std::log10(kLeastFrequency);
  const float part = (least - std::log10(allele_frequency)) / least;
  return static_cast<uint8_t>(static_cast<int>(std::min(part, 1.0F) * static_cast<float>(kFull)));
}

Palette::Palette(std::span<const Channel> channels, const std::vector<Channel>& blank, const DrawOptions& options)
    : channels_(channels.begin(), channels.end()),
      row_channels_(channels_),
      other_alt_(options.colour_other_alts ? kOtherAlt : kUnsupporting),
      swap_haplotypes_(options.polished_haplotype == 2) {
  check(!channels.empty() && channels.size() <= kPixelChannels, "a palette has 1 to 8 channels");
  for (size_t c = 0; c < channels.size(); ++c) {
    if (std::find(blank.begin(), blank.end(), channels[c]) != blank.end()) row_channels_[c] = Channel::kBlank;
    const Channel channel = row_channels_[c];
    for (int code = 0; code < 256; ++code) {
      const size_t i = static_cast<size_t>(code);
      reference_[i] |= at(c, reference_colour(channels[c], static_cast<char>(code)));
      if (channel == Channel::kReadBase) bases_[i] |= at(c, base_colour(static_cast<char>(code)));
      if (channel == Channel::kBaseQuality) qualities_[i] |= at(c, scaled(code, kQualityCap));
    }
    if (channel == Channel::kBaseDiffersFromRef) {
      matches_ |= at(c, kMatch);
      differs_ |= at(c, kFull);
    }
    shows_runs_ |= is_of_runs(channel);
  }
}

void Palette::add_runs(const std::vector<Channel>& channels, std::string_view bases, std::vector<Pixel>& out) {
  run_lengths(bases, lengths_);
  for (size_t c = 0; c < channels.size(); ++c) {
    if (!is_of_runs(channels[c])) continue;
    for (size_t i = 0; i < bases.size(); ++i) out[i] |= at(c, run_colour(channels[c], lengths_[i]));
  }
}

void Palette::reference(std::string_view window, std::vector<Pixel>& out) {
  Pixel shared = 0;
  for (size_t c = 0; c < channels_.size(); ++c) {
    if (channels_[c] == Channel::kGcContent) shared |= at(c, scaled(gc_percent(window), kPercentCap));
  }
  out.resize(window.size());
  for (size_t i = 0; i < window.size(); ++i) out[i] = shared | reference_[static_cast<uint8_t>(window[i])];
  if (std::any_of(channels_.begin(), channels_.end(), is_of_runs)) add_runs(channels_, window, out);
}

void Palette::runs(std::string_view bases, std::vector<Pixel>& out) {
  out.assign(bases.size(), 0);
  if (shows_runs_) add_runs(row_channels_, bases, out);
}

uint8_t Palette::row_colour(Channel channel, const Piece& piece, const RowFacts& facts) const {
  const genome::Read& read = *piece.read;
  switch (channel) {
    case Channel::kMappingQuality: return scaled(read.mapq, kMapqCap);
    case Channel::kStrand: return read.reverse ? kReverse : kForward;
    case Channel::kReadSupportsVariant:
      if (facts.shows == Shows::kThese) return kFull;
      return facts.shows == Shows::kOther ? other_alt_ : kUnsupporting;
    case Channel::kHaplotype: {
      if (read.haplotype_tag == genome::kNoHaplotypeTag) return 0;
      const int tag = std::max(read.haplotype_tag, kLowestTag);  // negative ones wrap around, as upstream's do
      return scaled(swap_haplotypes_ && (tag == 1 || tag == 2) ? 3 - tag : tag, kHaplotypeCap);
    }
    case Channel::kAlleleFrequency: return facts.frequency;
    case Channel::kReadMappingPercent:
    case Channel::kIdentity: return scaled(matched_percent(piece), kPercentCap);
    case Channel::kAvgBaseQuality: return scaled(average_quality(piece.quality()), kAverageQualityCap);
    case Channel::kGapCompressedIdentity: return scaled(gap_compressed_percent(piece), kPercentCap);
    case Channel::kGcContent: return scaled(gc_percent(piece.bases()), kPercentCap);
    case Channel::kInsertSize: {
      const int64_t length = std::abs(static_cast<int64_t>(read.template_length));
      return scaled(static_cast<int>(std::min<int64_t>(length, kInsertSizeCap)), kInsertSizeCap);
    }
    default: return 0;
  }
}

Pixel Palette::row(const Piece& piece, const RowFacts& facts) const {
  Pixel pixel = 0;
  for (size_t c = 0; c < row_channels_.size(); ++c) pixel |= at(c, row_colour(row_channels_[c], piece, facts));
  return pixel;
}

}  // namespace haploom::tensor
