#include "tensor/block.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/error.h"
#include "tensor/twins.h"

namespace haploom::tensor {
namespace {

// pileup_image.py default_options (DeepVariant 1.9): reference_band_height; read_overlap_buffer_bp.
constexpr int kReferenceRows = 5;
constexpr int64_t kOverlapMargin = 5;

constexpr uint8_t kShowsNone = 0;
constexpr uint8_t kShowsOther = 1;
constexpr uint8_t kShowsThese = 2;

}  // namespace

Block::Block(const std::vector<Channel>& channels, int width, BlockOptions options)
    : options_(std::move(options)), palette_(channels, options_.blank), channels_(channels.size()), width_(width) {
  check(options_.height > kReferenceRows, "a block has room for its reference rows and a read");
  line_.resize(static_cast<size_t>(width) * channels_ + kMaxChannels);
}

void Block::begin(const std::vector<genome::Read>* reads) {
  reads_ = reads;
  spans_.clear();
  if (reads != nullptr) {
    for (const genome::Read& read : *reads) spans_.push_back({read.start, read.end});
  }
  support_.assign(spans_.size(), kShowsNone);
  twins_ = reads != nullptr ? twins(*reads) : std::vector<int32_t>();
}

void Block::draw(const Canvas& canvas, const std::vector<genome::Support>& support, const genome::AltSet& alts,
                 uint8_t* out) {
  const size_t stride = static_cast<size_t>(width_) * channels_;
  uint8_t* row = out;
  for (int column = 0; column < width_; ++column) {
    put(column, palette_.reference(canvas.reference[static_cast<size_t>(column)]));
  }
  for (int i = 0; i < kReferenceRows; ++i, row += stride) std::memcpy(row, line_.data(), stride);

  mark(support, alts);
  gather(canvas);
  choose(canvas);
  std::sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) { return before(a, b); });
  for (const Row& shown : rows_) {
    const genome::Read& read = (*reads_)[static_cast<size_t>(shown.read)];
    std::memset(line_.data(), 0, line_.size());
    paint(read, shown.kept, palette_.row(read, support_[static_cast<size_t>(shown.read)] == kShowsThese), canvas);
    std::memcpy(row, line_.data(), stride);
    row += stride;
  }
  std::memset(row, 0, static_cast<size_t>(out + stride * static_cast<size_t>(options_.height) - row));
  unmark(support);
}

// The first alt that lists a read decides its colour.
void Block::mark(const std::vector<genome::Support>& support, const genome::AltSet& alts) {
  for (size_t alt = 0; alt < support.size(); ++alt) {
    const bool drawn = std::find(alts.begin(), alts.end(), static_cast<int>(alt)) != alts.end();
    for (const int32_t read : support[alt]) {
      check(read >= 0 && static_cast<size_t>(read) < support_.size(), "a supporting read is one of the partition's");
      for_each_record(read, [&](uint8_t& shows) {
        if (shows == kShowsNone) shows = drawn ? kShowsThese : kShowsOther;
      });
    }
  }
}

void Block::unmark(const std::vector<genome::Support>& support) {
  for (const genome::Support& reads : support) {
    for (const int32_t read : reads) for_each_record(read, [](uint8_t& shows) { shows = kShowsNone; });
  }
}

template <class Act>
void Block::for_each_record(int32_t read, Act act) {
  int32_t at = read;
  do {
    act(support_[static_cast<size_t>(at)]);
    if (!twins_.empty()) at = twins_[static_cast<size_t>(at)];
  } while (at != read);
}

void Block::gather(const Canvas& canvas) {
  near_.clear();
  const int64_t from = canvas.variant_start - kOverlapMargin;
  const int64_t to = canvas.variant_end + kOverlapMargin;
  for (size_t i = 0; i < spans_.size(); ++i) {
    if (spans_[i].end <= from || spans_[i].start >= to) continue;
    const TrimmedAlignment kept = trimmed((*reads_)[i], canvas.cut_start, canvas.cut_end);
    if (kept.read_length == 0 || kept.reference_length < options_.min_reference_bases) continue;
    near_.push_back({static_cast<int32_t>(i), kept});
  }
}

void Block::choose(const Canvas& canvas) {
  rows_.clear();
  const size_t room = static_cast<size_t>(options_.height - kReferenceRows);
  const auto take = [&](const Row& row) {
    if (drawable((*reads_)[static_cast<size_t>(row.read)], row.kept, canvas.variant_start)) rows_.push_back(row);
  };
  if (near_.size() <= room) {
    for (const Row& row : near_) take(row);
    return;
  }
  for (const int32_t i : order_.of(static_cast<int32_t>(near_.size()))) {
    if (rows_.size() == room) return;
    take(near_[static_cast<size_t>(i)]);
  }
}

// False if a pixel of the read at the variant's start would stand on a base of low quality.
bool Block::drawable(const genome::Read& read, const TrimmedAlignment& kept, int64_t variant_start) const {
  if (read.mapq < options_.draw.min_mapq) return false;
  const uint8_t* quality = read.quality.data() + kept.read_start;
  const auto low = [&](int64_t offset) { return quality[offset] < options_.draw.min_base_quality; };
  int64_t position = kept.position;
  int64_t offset = 0;
  for (int32_t op = kept.first_op; op < kept.end_op && position <= variant_start + 1; ++op) {
    const char kind = read.cigar[static_cast<size_t>(op)].op;
    const int64_t length = kept.length_of(read.cigar, op);
    const bool after_start = position == variant_start + 1;
    if (genome::is_match(kind)) {
      const int64_t step = variant_start - position;
      if (step >= 0 && step < length && low(offset + step)) return false;
    } else if (kind == 'I') {
      if (after_start && length > 0 && low(offset)) return false;
    } else if (kind == 'D') {
      if (after_start && offset > 0 && low(offset - 1)) return false;
    }
    position += genome::consumes_reference(kind) ? length : 0;
    offset += genome::consumes_read(kind) ? length : 0;
  }
  return true;
}

bool Block::before(const Row& a, const Row& b) const {
  const genome::Read& x = (*reads_)[static_cast<size_t>(a.read)];
  const genome::Read& y = (*reads_)[static_cast<size_t>(b.read)];
  const auto haplotype = [this](const genome::Read& read) {
    return options_.draw.sort_by_haplotypes ? std::max<int>(read.haplotype_tag, 0) : 0;
  };
  const int hx = haplotype(x);
  const int hy = haplotype(y);
  return std::tie(hx, x.start, x.name, x.number, a.read) < std::tie(hy, y.start, y.name, y.number, b.read);
}

// Writes eight bytes: the channels that do not exist fall on the next column, which is drawn later or stays 0.
void Block::put(int64_t column, Pixel pixel) {
  std::memcpy(line_.data() + static_cast<size_t>(column) * channels_, &pixel, sizeof pixel);
}

void Block::paint_matches(const char* bases, const uint8_t* quality, const char* reference, int64_t columns,
                          Pixel constant, int64_t column) {
  // Locals, because the bytes written below might be anything for all the compiler knows.
  const Pixel matches = constant | palette_.matches();
  const Pixel differs = constant | palette_.differs();
  const size_t stride = channels_;
  uint8_t* out = line_.data() + static_cast<size_t>(column) * stride;
  for (int64_t i = 0; i < columns; ++i, out += stride) {
    const Pixel same = bases[i] == reference[i] ? matches : differs;
    const Pixel pixel = same | palette_.base(bases[i]) | palette_.quality(quality[i]);
    std::memcpy(out, &pixel, sizeof pixel);
  }
}

void Block::paint(const genome::Read& read, const TrimmedAlignment& kept, Pixel constant, const Canvas& canvas) {
  const char* bases = read.bases.data() + kept.read_start;
  const uint8_t* quality = read.quality.data() + kept.read_start;
  int64_t column = kept.position - canvas.start;  // 0 or more: the read was cut at column 0
  int64_t offset = 0;
  const auto mark = [&](int64_t base) {
    if (column >= 1 && column <= width_) put(column - 1, constant | palette_.differs() | palette_.quality(quality[base]));
  };
  for (int32_t op = kept.first_op; op < kept.end_op && column <= width_; ++op) {
    const char kind = read.cigar[static_cast<size_t>(op)].op;
    const int64_t length = kept.length_of(read.cigar, op);
    if (genome::is_match(kind)) {
      const int64_t columns = std::min<int64_t>(length, width_ - column);
      paint_matches(bases + offset, quality + offset, canvas.reference.data() + column, columns, constant, column);
    } else if (kind == 'I' && length > 0) {
      mark(offset);
    } else if (kind == 'D' && offset > 0) {
      mark(offset - 1);
    }
    column += genome::consumes_reference(kind) ? length : 0;
    offset += genome::consumes_read(kind) ? length : 0;
  }
}

}  // namespace haploom::tensor
