#include <fmt/format.h>

#include "report/site_pixels.h"

namespace haploom::report {
namespace {

using tensor::Channel;

// SGR codes of ECMA-48.
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kReversed = "\x1b[7m";

constexpr size_t kLongestName = 36;
constexpr int kMarkWidth = 2;
constexpr int kFewestColumns = 21;
constexpr uint8_t kPoorQuality = 127;  // below Q20
constexpr uint8_t kDiffers = 254;      // of the channel base_differs_from_ref

std::string_view letter_colour(char letter) {
  switch (letter) {
    case 'A': return "\x1b[32m";
    case 'C': return "\x1b[34m";
    case 'G': return "\x1b[33m";
    case 'T': return "\x1b[31m";
    default: return "\x1b[35m";
  }
}

// Values of channel 1 as letters; '*' and what is no base are 0.
char letter(uint8_t value) {
  switch (value) {
    case 250: return 'A';
    case 180: return 'G';
    case 100: return 'T';
    case 30: return 'C';
    default: return '*';
  }
}

class SiteText {
 public:
  SiteText(const SiteView& view, const TextStyle& style) : view_(view), style_(style) {
    bases_ = index_of(view, Channel::kReadBase);
    differs_ = index_of(view, Channel::kBaseDiffersFromRef);
    supports_ = index_of(view, Channel::kReadSupportsVariant);
    quality_ = index_of(view, Channel::kBaseQuality);
    for (const SiteRow& row : view.rows) name_width_ = std::max(name_width_, std::min(row.name.size(), kLongestName));
    const int before = kMarkWidth + static_cast<int>(lead("", "", "", "").size());
    const int room = style.width == 0 ? view.shape.width : std::max(style.width - before, kFewestColumns);
    const int beside = std::min((room - 1) / 2, view.shape.width / 2);
    first_ = view.shape.width / 2 - beside;
    last_ = view.shape.width / 2 + beside;
  }

  std::string text() {
    out_ = painted(kBold, view_.title) + "\n";
    for (const SiteImage& image : view_.images) {
      out_ += "\n" + image.title + "\n";
      for (const SiteBlock& block : blocks_of(view_)) add_block(image, block);
    }
    return std::move(out_);
  }

 private:
  std::string painted(std::string_view code, std::string_view words) const {
    return style_.colour ? fmt::format("{}{}{}", code, words, kPlain) : std::string(words);
  }
  // The named columns before the picture: whether it supports, name, strand, MAPQ, HP.
  std::string lead(std::string_view name, std::string_view strand, std::string_view mapq, std::string_view tag) const {
    std::string shown(name.substr(0, kLongestName));
    for (char& c : shown) {
      if (c < '!' || c > '~') c = '?';  // a name of a file is no command to the terminal
    }
    return fmt::format("{:<{}} {:>1} {:>4} {:>2} ", shown, name_width_, strand, mapq, tag);
  }

  void add_block(const SiteImage& image, const SiteBlock& block) {
    out_ += fmt::format("{}: {} rows drawn, {} black\n", block.name, block.rows.size(), block.black());
    out_ += "  " + lead("name", "", "mapq", "hp") + reference_line() + "\n";
    for (const SiteRow* row : block.rows) add_row(image, *row);
  }

  std::string reference_line() const {
    const int from = view_.shape.width / 2, n = last_ - first_ + 1;
    const std::string bases = view_.reference.substr(static_cast<size_t>(first_), static_cast<size_t>(n));
    const size_t before = static_cast<size_t>(from - first_);
    const size_t variant = static_cast<size_t>(std::min(view_.variant_end, last_ + 1) - from);
    return painted(kBold, bases.substr(0, before)) + painted(kReversed, bases.substr(before, variant)) + painted(kBold, bases.substr(before + variant));
  }

  void add_row(const SiteImage& image, const SiteRow& row) {
    const bool supports = supports_ && row_has(image, row.row, *supports_, 254);
    std::string line = painted(kBold, supports ? ">" : " ") + " " +
                       lead(row.name, row.reverse ? "-" : "+", std::to_string(row.mapq), row.haplotype_tag == genome::kNoHaplotypeTag ? "." : std::to_string(row.haplotype_tag));
    for (int column = first_; column <= last_; ++column) line += cell(image, row.row, column);
    line.erase(line.find_last_not_of(' ') + 1);
    out_ += line + "\n";
  }

  bool row_has(const SiteImage& image, int row, size_t channel, uint8_t value) const {
    for (int column = 0; column < view_.shape.width; ++column) {
      if (pixel(view_, image, row, column, channel) == value) return true;
    }
    return false;
  }

  std::string cell(const SiteImage& image, int row, int column) const {
    if (!bases_ || !differs_) return "?";  // an image without bases has no letters
    const uint8_t differs = pixel(view_, image, row, column, *differs_);
    if (differs == 0) return " ";
    const char base = differs == kDiffers ? letter(pixel(view_, image, row, column, *bases_)) : '.';
    if (!style_.colour) return std::string(1, base);
    if (base == '.') return painted(kDim, ".");
    const uint8_t quality = quality_ ? pixel(view_, image, row, column, *quality_) : 0;
    const bool poor = quality > 0 && quality < kPoorQuality;
    return fmt::format("{}{}{}{}", poor ? kDim : kBold, letter_colour(base), base, kPlain);
  }

  const SiteView& view_;
  TextStyle style_;
  std::optional<size_t> bases_, differs_, supports_, quality_;
  size_t name_width_ = 12;
  int first_ = 0, last_ = 0;  // columns shown
  std::string out_;
};

}  // namespace

std::string site_text(const SiteView& view, const TextStyle& style) { return SiteText(view, style).text(); }

}  // namespace haploom::report
