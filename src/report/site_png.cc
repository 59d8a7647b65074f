#include <fmt/format.h>

#include "report/bitmap.h"
#include "report/png.h"
#include "report/site_pixels.h"

namespace haploom::report {
namespace {

using tensor::Channel;

constexpr int kCellWidth = 4;
constexpr int kCellHeight = 8;
constexpr int kMargin = 10;
constexpr int kPanelGap = 14;
constexpr int kLine = 11;  // of text at scale 1
constexpr int kTitleScale = 2;
constexpr size_t kLongestLabel = 40;

constexpr Colour kPaper{255, 255, 255};
constexpr Colour kInk{20, 20, 20};
constexpr Colour kPaleInk{120, 120, 120};
constexpr Colour kMark{214, 40, 40};

// Of A 250, G 180, T 100, C 30 in the channels of bases.
Colour base_colour(uint8_t value) {
  switch (value) {
    case 250: return {64, 168, 76};
    case 180: return {240, 168, 48};
    case 100: return {214, 64, 56};
    case 30: return {56, 104, 208};
    default: return grey(value);
  }
}

bool shows_bases(Channel channel) {
  return channel == Channel::kReadBase || channel == Channel::kBaseAlternateAllele1 || channel == Channel::kBaseAlternateAllele2;
}

std::string label(const SiteRow& row) {
  const std::string full = fmt::format("{} {}", row.name, row.reverse ? '-' : '+');
  return full.size() <= kLongestLabel ? full : full.substr(0, kLongestLabel - 5) + "... " + full.back();
}

class SitePicture {
 public:
  explicit SitePicture(const SiteView& view)
      : view_(view), blocks_(blocks_of(view)), label_width_(widest_label()), panel_width_(view.shape.width * kCellWidth),
        bitmap_(total_width(), total_height(), kPaper) {}

  std::string png() {
    int y = kMargin;
    bitmap_.text(kMargin, y, view_.title, kInk, kTitleScale);
    y += kLine * kTitleScale + kLine;
    for (const SiteImage& image : view_.images) {
      bitmap_.text(kMargin, y, image.title, kInk);
      draw_image(image, y + kLine);
      y += image_height();
    }
    return report::png(bitmap_.width(), bitmap_.height(), bitmap_.rgb());
  }

 private:
  int widest_label() const {
    int widest = Bitmap::text_width("reference");
    for (const SiteRow& row : view_.rows) widest = std::max(widest, Bitmap::text_width(label(row)));
    return widest;
  }
  int panels() const { return static_cast<int>(view_.shape.channels.size()); }
  int panel_x(int panel) const { return kMargin + label_width_ + (panel_width_ + kPanelGap) * panel + kPanelGap / 2; }
  int total_width() const {
    int width = panel_x(panels()) + kMargin;
    width = std::max(width, Bitmap::text_width(view_.title, kTitleScale) + 2 * kMargin);
    for (const SiteImage& image : view_.images) width = std::max(width, Bitmap::text_width(image.title) + 2 * kMargin);
    return width;
  }
  int block_height(const SiteBlock& block) const {
    return 3 * kLine + (tensor::kReferenceRows + static_cast<int>(block.rows.size())) * kCellHeight;
  }
  int image_height() const {
    int height = 3 * kLine;
    for (const SiteBlock& block : blocks_) height += block_height(block);
    return height;
  }
  int total_height() const {
    return kMargin + kLine * kTitleScale + kLine + image_height() * static_cast<int>(view_.images.size());
  }

  void draw_image(const SiteImage& image, int y) {
    for (const SiteBlock& block : blocks_) {
      bitmap_.text(kMargin, y + kLine, block.name, kInk);
      for (int panel = 0; panel < panels(); ++panel) {
        const Channel channel = view_.shape.channels[static_cast<size_t>(panel)];
        bitmap_.text(panel_x(panel), y, fmt::format("{} {}", static_cast<int>(channel), tensor::name(channel)), kInk);
        draw_reference(panel_x(panel), y + kLine);
        draw_panel(image, block, panel, y + 2 * kLine);
      }
      draw_labels(block, y + 2 * kLine);
      y += block_height(block);
    }
  }

  // The columns' bases, and a mark below those of REF.
  void draw_reference(int x, int y) {
    const int from = view_.shape.width / 2;
    for (int column = 0; column < view_.shape.width; ++column) {
      const bool variant = column >= from && column < view_.variant_end;
      const Glyph base = small_base(view_.reference[static_cast<size_t>(column)]);
      bitmap_.letter(x + column * kCellWidth, y + 1, base, variant ? kMark : kInk);
    }
    bitmap_.fill(x + from * kCellWidth, y + 7, (std::min(view_.variant_end, view_.shape.width) - from) * kCellWidth - 1, 2, kMark);
  }

  void draw_panel(const SiteImage& image, const SiteBlock& block, int panel, int y) {
    const bool bases = shows_bases(view_.shape.channels[static_cast<size_t>(panel)]);
    const int rows = tensor::kReferenceRows + static_cast<int>(block.rows.size());
    for (int row = 0; row < rows; ++row) {
      for (int column = 0; column < view_.shape.width; ++column) {
        const uint8_t value = pixel(view_, image, block.first + row, column, static_cast<size_t>(panel));
        bitmap_.fill(panel_x(panel) + column * kCellWidth, y + row * kCellHeight, kCellWidth, kCellHeight, bases ? base_colour(value) : grey(value));
      }
    }
  }

  void draw_labels(const SiteBlock& block, int y) {
    bitmap_.text(kMargin, y + 2 * kCellHeight, "reference", kPaleInk);
    int at = y + tensor::kReferenceRows * kCellHeight;
    for (const SiteRow* row : block.rows) {
      bitmap_.text(kMargin, at, label(*row), kInk);
      at += kCellHeight;
    }
    bitmap_.text(kMargin, at + 2, fmt::format("and {} black rows", block.black()), kPaleInk);
  }

  const SiteView& view_;
  std::vector<SiteBlock> blocks_;
  int label_width_;
  int panel_width_;
  Bitmap bitmap_;
};

}  // namespace

std::string site_png(const SiteView& view) { return SitePicture(view).png(); }

}  // namespace haploom::report
