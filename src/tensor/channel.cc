#include "tensor/channel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace haploom::tensor {
namespace {

constexpr std::array<std::string_view, kChannels> kNames = {
    "read_base", "base_quality", "mapping_quality", "strand", "read_supports_variant", "base_differs_from_ref",
    "haplotype", "allele_frequency", "diff_channels_alternate_allele_1", "diff_channels_alternate_allele_2",
    "read_mapping_percent", "avg_base_quality", "identity", "gap_compressed_identity", "gc_content", "is_homopolymer",
    "homopolymer_weighted", "blank", "insert_size", "base_channels_alternate_allele_1",
    "base_channels_alternate_allele_2", "mean_coverage", "base_methylation", "base_6ma"};

constexpr std::string_view kBaseChannels = "BASE_CHANNELS";
constexpr size_t kBaseChannelCount = 6;

constexpr std::array<std::string_view, 4> kAltAligned = {"none", "base_channels", "diff_channels", "rows"};

std::string choices() {
  std::string out(kBaseChannels);
  for (size_t i = 0; i < kChannels; ++i) {
    if (!is_alternate(static_cast<Channel>(i + 1))) out += ", " + std::string(kNames[i]);
  }
  return out;
}

Error refused(std::string message) {
  return Error{Exit::kUsage, Reason::kUsage, "tensor", std::move(message), "--channel_list takes " + choices()};
}

void append(std::vector<Channel>& out, Channel channel) {
  if (std::find(out.begin(), out.end(), channel) != out.end()) {
    throw refused(fmt::format("--channel_list names {} twice", name(channel)));
  }
  out.push_back(channel);
}

void append_named(std::vector<Channel>& out, std::string_view word) {
  if (word == kBaseChannels) {
    for (size_t i = 0; i < kBaseChannelCount; ++i) append(out, static_cast<Channel>(i + 1));
    return;
  }
  const auto channel = channel_named(word);
  if (!channel) throw refused(fmt::format("'{}' of --channel_list is no channel", word));
  if (is_alternate(*channel)) {
    throw refused(fmt::format("'{}' is drawn by --alt_aligned_pileup and cannot be listed", word));
  }
  append(out, *channel);
}

}  // namespace

bool is_alternate(Channel channel) {
  return channel == Channel::kDiffAlternateAllele1 || channel == Channel::kDiffAlternateAllele2 ||
         channel == Channel::kBaseAlternateAllele1 || channel == Channel::kBaseAlternateAllele2;
}

std::string_view name(Channel channel) { return kNames.at(static_cast<size_t>(channel) - 1); }

std::optional<Channel> channel_named(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return channel_numbered(found == kNames.end() ? 0 : found - kNames.begin() + 1);
}

std::optional<Channel> channel_numbered(int64_t number) {
  if (number < 1 || number > static_cast<int64_t>(kChannels)) return std::nullopt;
  return static_cast<Channel>(number);
}

std::vector<Channel> parse_channel_list(std::string_view list, AltAligned alt_aligned) {
  std::vector<Channel> out;
  for (size_t from = 0; from < list.size();) {
    const size_t end = std::min(list.find_first_of(", ", from), list.size());
    if (end > from) append_named(out, list.substr(from, end - from));
    from = end + 1;
  }
  if (out.empty()) throw refused("--channel_list is empty");
  if (alt_aligned == AltAligned::kDiffChannels) {
    if (out.size() < kBaseChannelCount) {
      throw refused("--alt_aligned_pileup diff_channels repeats the sixth channel of --channel_list, which has fewer");
    }
    out.insert(out.end(), {Channel::kDiffAlternateAllele1, Channel::kDiffAlternateAllele2});
  } else if (alt_aligned == AltAligned::kBaseChannels) {
    out.insert(out.end(), {Channel::kBaseAlternateAllele1, Channel::kBaseAlternateAllele2});
  }
  return out;
}

std::string_view name(AltAligned kind) { return kAltAligned[static_cast<size_t>(kind)]; }

std::optional<AltAligned> alt_aligned_named(std::string_view name) {
  const auto found = std::find(kAltAligned.begin(), kAltAligned.end(), name);
  if (found == kAltAligned.end()) return std::nullopt;
  return static_cast<AltAligned>(found - kAltAligned.begin());
}

AltAligned alt_aligned_of(const std::vector<Channel>& channels) {
  const size_t n = channels.size();
  const auto ends_with = [&](Channel one, Channel two) { return n > 2 && channels[n - 2] == one && channels[n - 1] == two; };
  if (ends_with(Channel::kDiffAlternateAllele1, Channel::kDiffAlternateAllele2)) return AltAligned::kDiffChannels;
  if (ends_with(Channel::kBaseAlternateAllele1, Channel::kBaseAlternateAllele2)) return AltAligned::kBaseChannels;
  return AltAligned::kNone;
}

}  // namespace haploom::tensor
