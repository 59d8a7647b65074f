#include "tensor/tensor.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "tensor/block.h"

namespace haploom::tensor {
namespace {

// make_examples_native.cc (DeepVariant 1.9): shorter pieces of a read say nothing.
constexpr int64_t kMinReferenceBases = 15;

// make_examples_pangenome_aware_dv.py: what a haplotype does not have. Since it has no alt-aligned channels either, it is
// not aligned to alts at all.
const std::vector<Channel> kBlankForHaplotypes = {Channel::kHaplotype, Channel::kDiffAlternateAllele1,
                                                  Channel::kDiffAlternateAllele2, Channel::kBaseQuality,
                                                  Channel::kMappingQuality};

void check_shape(const ImageShape& shape) {
  check(shape.width >= 3 && shape.width % 2 == 1, "an image has an odd width of 3 or more");
  check(shape.height_pangenome >= 0 && shape.height_reads >= 0 && shape.rows() > 0, "an image has rows");
  check(!shape.channels.empty(), "an image has channels");
  const std::set<Channel> distinct(shape.channels.begin(), shape.channels.end());
  check(distinct.size() == shape.channels.size(), "a channel is drawn once");
  const bool alt_channels = alt_aligned_of(shape.channels) != AltAligned::kNone;
  check(!(alt_channels && shape.alt_aligned_rows), "an alt-aligned pileup is channels or rows");
}

}  // namespace

struct Painter::State {
  struct Placed {
    Block block;
    bool is_haplotypes;
    int first_row;
  };

  bool needs_alt_alignment(const genome::Candidate& candidate) const {
    return is_alt_aligned && (options.alt_align_snps || !candidate.is_snp());
  }
  const std::vector<genome::Support>& support(const Placed& placed, const genome::Candidate& candidate) const {
    return placed.is_haplotypes ? candidate.haplotype_support : candidate.read_support;
  }
  std::string bases(int64_t start, int64_t end) const {
    std::string out;
    for (int64_t at = start; at < end; ++at) out += reference.at(at);
    return out;
  }
  void prepare(const genome::Candidate& candidate, const ImageShape& shape, int64_t start);
  void draw_alternates(const genome::Candidate& candidate, const genome::AltSet& alts, const ImageShape& shape,
                       std::span<uint8_t> out);

  DrawOptions options;
  bool is_alt_aligned = false;
  std::vector<Placed> blocks;  // pangenome, reads; one that has no height is left out
  Canvas canvas;
  Canvas alternate;
  pileup::ReferenceWindow reference;
  int64_t contig_length = 0;
};

Painter::Painter(ImageShape shape, DrawOptions options) : shape_(std::move(shape)), state_(std::make_unique<State>()) {
  check_shape(shape_);
  const AltAligned by_channels = alt_aligned_of(shape_.channels);
  state_->is_alt_aligned = by_channels != AltAligned::kNone || shape_.alt_aligned_rows;
  state_->options = options;
  if (state_->is_alt_aligned && !options.align_to_haplotype) {
    state_->options.align_to_haplotype = [aligner = std::make_shared<realign::HaplotypeAligner>(options.aligner)](
                                             std::string_view haplotype, std::span<const std::string_view> pieces) {
      return aligner->align(haplotype, pieces);
    };
  }
  if (shape_.height_pangenome > 0) {
    const int64_t least = options.only_window_spanning_haplotypes ? shape_.width : kMinReferenceBases;
    BlockOptions block{shape_.height_pangenome, options, kBlankForHaplotypes, options.blank_haplotypes_of_snps,
                       options.blank_haplotypes_of_indels, least};
    state_->blocks.push_back({Block(shape_.channels, shape_.width, std::move(block)), true, 0});
  }
  if (shape_.height_reads > 0) {
    BlockOptions block{shape_.height_reads, options, {}, false, false, kMinReferenceBases};
    state_->blocks.push_back({Block(shape_.channels, shape_.width, std::move(block)), false, shape_.height_pangenome});
  }
}

Painter::~Painter() = default;
Painter::Painter(Painter&&) noexcept = default;
Painter& Painter::operator=(Painter&&) noexcept = default;

void Painter::begin(const std::vector<genome::Read>* reads, const std::vector<genome::Read>* haplotypes,
                    pileup::ReferenceWindow reference, int64_t contig_length) {
  state_->reference = reference;
  state_->contig_length = contig_length;
  for (auto& placed : state_->blocks) placed.block.begin(placed.is_haplotypes ? haplotypes : reads);
}

void Painter::State::prepare(const genome::Candidate& candidate, const ImageShape& shape, int64_t start) {
  canvas.start = start;
  canvas.reference.resize(static_cast<size_t>(shape.width));
  for (int column = 0; column < shape.width; ++column) {
    canvas.reference[static_cast<size_t>(column)] = reference.at(start + column);
  }
  canvas.variant_start = candidate.start;
  canvas.variant_end = candidate.end();
  canvas.cut_start = start;
  canvas.cut_end = std::min(candidate.end() + shape.width / 2, contig_length);
}

bool Painter::draw(const genome::Candidate& candidate, const genome::AltSet& alts, std::span<uint8_t> out) {
  check(out.size() == shape_.bytes(), "the image has the bytes of its shape");
  const int64_t start = candidate.start - shape_.width / 2;
  if (start < 0 || start + shape_.width > state_->contig_length) return false;

  state_->prepare(candidate, shape_, start);
  const size_t row_bytes = static_cast<size_t>(shape_.width) * shape_.channels.size();
  for (auto& placed : state_->blocks) {
    placed.block.begin_image(state_->canvas, candidate, state_->support(placed, candidate), alts);
    placed.block.draw(state_->canvas, out.data() + row_bytes * static_cast<size_t>(placed.first_row));
  }
  if (state_->is_alt_aligned) state_->draw_alternates(candidate, alts, shape_, out);
  for (auto& placed : state_->blocks) placed.block.end_image(state_->support(placed, candidate));
  return true;
}

// Up to the first alt whose haplotype is shorter than the image, which is so near a contig's end alone.
void Painter::State::draw_alternates(const genome::Candidate& candidate, const genome::AltSet& alts, const ImageShape& shape,
                                     std::span<uint8_t> out) {
  check(alts.size() <= 2, "an image is about one or two alts");
  const size_t channels = shape.channels.size();
  const size_t image_bytes = static_cast<size_t>(shape.blocks_height() * shape.width) * channels;
  if (shape.alt_aligned_rows) std::fill(out.begin() + static_cast<int64_t>(image_bytes), out.end(), 0);
  if (!needs_alt_alignment(candidate)) return;
  const std::string before = bases(canvas.cut_start, candidate.start);
  const std::string after = bases(candidate.end(), canvas.cut_end);
  alternate = canvas;
  size_t drawn = 0;
  for (const int alt : alts) {
    const std::string haplotype = before + candidate.alts[static_cast<size_t>(alt)] + after;
    if (static_cast<int64_t>(haplotype.size()) < shape.width) break;
    alternate.reference = haplotype.substr(0, static_cast<size_t>(shape.width));
    for (Placed& placed : blocks) {
      uint8_t* at = out.data() + static_cast<size_t>(placed.first_row * shape.width) * channels;
      placed.block.align(alternate, haplotype, options.align_to_haplotype);
      if (shape.alt_aligned_rows) {
        placed.block.draw_aligned(alternate, at + (drawn + 1) * image_bytes);
      } else {
        placed.block.draw_aligned_channel(alternate, channels - 2 + drawn, at);
      }
    }
    ++drawn;
  }
  if (shape.alt_aligned_rows || drawn != 1) return;
  for (size_t pixel = channels; pixel <= image_bytes; pixel += channels) out[pixel - 1] = out[pixel - 2];
}

std::vector<DrawnRow> Painter::drawn_rows() const {
  std::vector<DrawnRow> out;
  for (const auto& placed : state_->blocks) {
    int row = placed.first_row + kReferenceRows;
    for (const genome::Read* read : placed.block.drawn()) out.push_back({row++, placed.is_haplotypes, read});
  }
  return out;
}

}  // namespace haploom::tensor
