#include "tensor/block.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/error.h"
#include "tensor/twins.h"

namespace haploom::tensor {
namespace {

// pileup_image.py default_options (DeepVariant 1.9): read_overlap_buffer_bp.
constexpr int64_t kOverlapMargin = 5;

// Which channel of the image is repeated for alternate alleles. By its place, as upstream: FillPileupArray in
// pileup_image_native.h.
size_t repeated_channel(AltAligned alt_aligned) { return alt_aligned == AltAligned::kDiffChannels ? 5 : 0; }

}  // namespace

Block::Block(const std::vector<Channel>& channels, int width, BlockOptions options)
    : options_(std::move(options)),
      channels_(channels.size()),
      width_(width),
      full_{{}, channels_},
      alternate_{{}, 1},
      aligns_(std::none_of(options_.blank.begin(), options_.blank.end(), is_alternate)) {
  check(options_.height > kReferenceRows, "a block has room for its reference rows and a read");
  const AltAligned alt_aligned = alt_aligned_of(channels);
  const std::span drawn = std::span(channels).first(channels_ - (alt_aligned == AltAligned::kNone ? 0 : 2));
  for (size_t at = 0; at < drawn.size(); at += kPixelChannels) {
    const auto part = drawn.subspan(at, std::min(kPixelChannels, drawn.size() - at));
    full_.layers.push_back({Palette(part, options_.blank, options_.draw), at});
  }
  // From right to left: a pixel is written as eight bytes, and what it spills is zero and painted over.
  std::reverse(full_.layers.begin(), full_.layers.end());
  if (alt_aligned != AltAligned::kNone) {
    const size_t repeated = repeated_channel(alt_aligned);
    check(repeated < drawn.size(), "the channel that alternate alleles repeat is there");
    alternate_.layers.push_back({Palette(drawn.subspan(repeated, 1), options_.blank, options_.draw), 0});
  }
  line_.resize(static_cast<size_t>(width) * channels_ + sizeof(Pixel));
}

void Block::begin(const std::vector<genome::Read>* reads) {
  reads_ = reads;
  spans_.clear();
  if (reads != nullptr) {
    for (const genome::Read& read : *reads) spans_.push_back({read.start, read.end});
  }
  facts_.assign(spans_.size(), {});
  drawn_.clear();
  twins_ = reads != nullptr ? twins(*reads) : std::vector<int32_t>();
}

void Block::begin_image(const Canvas& canvas, const genome::Candidate& candidate,
                        const std::vector<genome::Support>& support, const genome::AltSet& alts) {
  mark(candidate, support, alts);
  near_.clear();
  const bool blank = candidate.is_snp() ? options_.blank_snps : options_.blank_indels;
  if (!blank) gather(canvas);
}

void Block::end_image(const std::vector<genome::Support>& support) {
  for (const genome::Support& reads : support) {
    for (const int32_t read : reads) for_each_record(read, [](RowFacts& facts) { facts = {}; });
  }
}

// The first alt that lists a read decides its colour; the first of the image's alts that does, its frequency.
void Block::mark(const genome::Candidate& candidate, const std::vector<genome::Support>& support,
                 const genome::AltSet& alts) {
  for (size_t alt = 0; alt < support.size(); ++alt) {
    const bool drawn = std::find(alts.begin(), alts.end(), static_cast<int>(alt)) != alts.end();
    const bool known = drawn && alt < candidate.population_frequency.size();
    const uint8_t frequency = known ? frequency_colour(candidate.population_frequency[alt]) : 0;
    for (const int32_t read : support[alt]) {
      check(read >= 0 && static_cast<size_t>(read) < facts_.size(), "a supporting read is one of the partition's");
      for_each_record(read, [&](RowFacts& facts) {
        if (facts.shows == Shows::kNone) facts.shows = drawn ? Shows::kThese : Shows::kOther;
        if (!facts.has_frequency) facts.frequency = frequency;
        facts.has_frequency |= drawn;
      });
    }
  }
}

template <class Act>
void Block::for_each_record(int32_t read, Act act) {
  int32_t at = read;
  do {
    act(facts_[static_cast<size_t>(at)]);
    if (!twins_.empty()) at = twins_[static_cast<size_t>(at)];
  } while (at != read);
}

void Block::gather(const Canvas& canvas) {
  const int64_t from = canvas.variant_start - kOverlapMargin;
  const int64_t to = canvas.variant_end + kOverlapMargin;
  for (size_t i = 0; i < spans_.size(); ++i) {
    if (spans_[i].end <= from || spans_[i].start >= to) continue;
    const genome::Read& read = (*reads_)[i];
    const TrimmedAlignment kept = trimmed(read, canvas.cut_start, canvas.cut_end);
    if (kept.read_length == 0 || kept.reference_length < options_.min_reference_bases) continue;
    near_.push_back({static_cast<int32_t>(i), {&read, &read.cigar, kept}});
  }
}

void Block::align(const Canvas& canvas, std::string_view haplotype, const AlignToHaplotype& to_haplotype) {
  aligned_.clear();
  if (!aligns_ || near_.empty()) return;
  pieces_.clear();
  for (const Row& row : near_) pieces_.push_back(row.piece.bases());
  const auto alignments = to_haplotype(haplotype, pieces_);  // theirs until the next call, as are the CIGARs
  check(alignments.size() == near_.size(), "each piece is placed or not");
  for (size_t i = 0; i < near_.size(); ++i) {
    const realign::HaplotypeAlignment& to = alignments[i];
    if (to.kind == realign::HaplotypeAlignment::Kind::kNowhere) continue;
    Row row = near_[i];
    if (to.kind == realign::HaplotypeAlignment::Kind::kPlaced) {
      check(!to.cigar.empty() && genome::read_length(to.cigar) <= row.piece.kept.read_length, "a piece is aligned with its bases");
      check(to.start >= 0, "a piece lies on its haplotype");
      row.piece.cigar = &to.cigar;
      row.piece.kept.position = canvas.start + to.start;
      row.piece.kept.first_op = 0;
      row.piece.kept.end_op = static_cast<int32_t>(to.cigar.size());
      row.piece.kept.first_length = to.cigar.front().length;
      row.piece.kept.last_length = to.cigar.back().length;
    }
    aligned_.push_back(row);
  }
}

// If there are more rows than room, the fixed shuffle's first ones; those that cannot be drawn give way to others.
void Block::choose(const Canvas& canvas, const std::vector<Row>& from) {
  rows_.clear();
  const size_t room = static_cast<size_t>(options_.height - kReferenceRows);
  const auto take = [&](const Row& row) {
    if (drawable(row.piece, canvas.variant_start)) rows_.push_back(row);
  };
  if (from.size() <= room) {
    for (const Row& row : from) take(row);
  } else {
    for (const int32_t i : order_.of(static_cast<int32_t>(from.size()))) {
      if (rows_.size() == room) break;
      take(from[static_cast<size_t>(i)]);
    }
  }
  std::sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) { return before(a, b); });
}

// False if a pixel of the read at the variant's start would stand on a base of low quality.
bool Block::drawable(const Piece& piece, int64_t variant_start) const {
  if (piece.read->mapq < options_.draw.min_mapq) return false;
  const uint8_t* quality = piece.quality().data();
  const auto low = [&](int64_t offset) { return quality[offset] < options_.draw.min_base_quality; };
  int64_t position = piece.kept.position;
  int64_t offset = 0;
  for (int32_t op = piece.kept.first_op; op < piece.kept.end_op && position <= variant_start + 1; ++op) {
    const char kind = piece.kind(op);
    const int64_t length = piece.length(op);
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

// By where the reads lay before they were trimmed or aligned to a haplotype.
bool Block::before(const Row& a, const Row& b) const {
  const genome::Read& x = *a.piece.read;
  const genome::Read& y = *b.piece.read;
  const auto haplotype = [this](const genome::Read& read) {
    if (!options_.draw.sort_by_haplotypes) return 0;
    const bool polished = options_.draw.polished_haplotype > 0 && read.haplotype_tag == options_.draw.polished_haplotype;
    return polished ? -1 : std::max<int>(read.haplotype_tag, 0);
  };
  const int hx = haplotype(x);
  const int hy = haplotype(y);
  return std::tie(hx, x.start, x.name, x.number, a.read) < std::tie(hy, y.start, y.name, y.number, b.read);
}

void Block::draw(const Canvas& canvas, uint8_t* out) {
  choose(canvas, near_);
  drawn_.clear();
  for (const Row& row : rows_) drawn_.push_back(row.piece.read);
  print_rows(canvas, out);
}

void Block::draw_aligned(const Canvas& canvas, uint8_t* out) {
  choose(canvas, aligned_);
  print_rows(canvas, out);
}

void Block::draw_aligned_channel(const Canvas& canvas, size_t channel, uint8_t* out) {
  choose(canvas, aligned_);
  uint8_t* to = out + channel;
  print(alternate_, canvas, [&](const uint8_t* line) {
    for (int column = 0; column < width_; ++column, to += channels_) *to = line[column];
  });
}

void Block::print_rows(const Canvas& canvas, uint8_t* out) {
  const size_t bytes = static_cast<size_t>(width_) * channels_;
  uint8_t* row = out;
  print(full_, canvas, [&](const uint8_t* line) {
    std::memcpy(row, line, bytes);
    row += bytes;
  });
}

template <class Take>
void Block::print(Print& how, const Canvas& canvas, Take take) {
  const auto clear = [&] { std::memset(line_.data(), 0, line_.size()); };
  clear();
  for (Layer& layer : how.layers) {
    layer.palette.reference(canvas.reference, words_);
    uint8_t* out = line_.data() + layer.at;
    for (const Pixel word : words_) {
      std::memcpy(out, &word, sizeof word);
      out += how.pixel_bytes;
    }
  }
  for (int i = 0; i < kReferenceRows; ++i) take(line_.data());
  for (const Row& row : rows_) {
    clear();
    for (Layer& layer : how.layers) paint(how, layer, row, canvas);
    take(line_.data());
  }
  clear();
  for (int i = kReferenceRows + static_cast<int>(rows_.size()); i < options_.height; ++i) take(line_.data());
}

// Pixels are written as eight bytes: the channels that do not exist fall on the next column, which is drawn later or
// stays 0.
template <bool kRuns>
void Block::paint_matches(const Layer& layer, size_t pixel_bytes, const Piece& piece, int64_t offset, const char* reference,
                          int64_t columns, Pixel constant, int64_t column) {
  // Locals, because the bytes written below might be anything for all the compiler knows.
  const Palette& palette = layer.palette;
  const char* bases = piece.bases().data() + offset;
  const uint8_t* quality = piece.quality().data() + offset;
  const Pixel* runs = words_.data() + (kRuns ? offset : 0);
  const Pixel matches = constant | palette.matches();
  const Pixel differs = constant | palette.differs();
  uint8_t* out = line_.data() + static_cast<size_t>(column) * pixel_bytes + layer.at;
  for (int64_t i = 0; i < columns; ++i, out += pixel_bytes) {
    const Pixel same = bases[i] == reference[i] ? matches : differs;
    Pixel pixel = same | palette.base(bases[i]) | palette.quality(quality[i]);
    if constexpr (kRuns) pixel |= runs[i];
    std::memcpy(out, &pixel, sizeof pixel);
  }
}

void Block::paint(const Print& how, Layer& layer, const Row& row, const Canvas& canvas) {
  const Piece& piece = row.piece;
  Palette& palette = layer.palette;
  const Pixel constant = palette.row(piece, facts_[static_cast<size_t>(row.read)]);
  const bool runs = palette.shows_runs();
  if (runs) palette.runs(piece.bases(), words_);
  int64_t column = piece.kept.position - canvas.start;  // 0 or more: the read was cut at column 0
  int64_t offset = 0;
  const auto mark = [&](int64_t base) {
    if (column < 1 || column > width_) return;
    const Pixel pixel = constant | palette.differs() | palette.quality(piece.quality()[static_cast<size_t>(base)]) |
                        (runs ? words_[static_cast<size_t>(base)] : 0);
    std::memcpy(line_.data() + static_cast<size_t>(column - 1) * how.pixel_bytes + layer.at, &pixel, sizeof pixel);
  };
  for (int32_t op = piece.kept.first_op; op < piece.kept.end_op && column <= width_; ++op) {
    const char kind = piece.kind(op);
    const int64_t length = piece.length(op);
    if (genome::is_match(kind)) {
      const int64_t columns = std::min<int64_t>(length, width_ - column);
      const char* reference = canvas.reference.data() + column;
      if (runs) {
        paint_matches<true>(layer, how.pixel_bytes, piece, offset, reference, columns, constant, column);
      } else {
        paint_matches<false>(layer, how.pixel_bytes, piece, offset, reference, columns, constant, column);
      }
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
