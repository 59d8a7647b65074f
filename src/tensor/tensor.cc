#include "tensor/tensor.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "tensor/block.h"

namespace haploom::tensor {
namespace {

// make_examples_native.cc (DeepVariant 1.9): shorter pieces of a read say nothing.
constexpr int64_t kMinReferenceBases = 15;

// make_examples_pangenome_aware_dv.py: what a haplotype does not have.
const std::vector<Channel> kBlankForHaplotypes = {Channel::kBaseQuality, Channel::kMappingQuality, Channel::kHaplotype};

void check_shape(const ImageShape& shape) {
  check(shape.width >= 3 && shape.width % 2 == 1, "an image has an odd width of 3 or more");
  check(shape.height_pangenome >= 0 && shape.height_reads >= 0 && shape.rows() > 0, "an image has rows");
  const std::set<Channel> distinct(shape.channels.begin(), shape.channels.end());
  check(distinct.size() == shape.channels.size(), "a channel is drawn once");
}

}  // namespace

struct Painter::State {
  std::vector<Block> blocks;  // pangenome, reads; one that has no height is left out
  Block* pangenome = nullptr;
  Block* reads = nullptr;
  Canvas canvas;
  pileup::ReferenceWindow reference;
  int64_t contig_length = 0;
};

Painter::Painter(ImageShape shape, DrawOptions options) : shape_(std::move(shape)), state_(std::make_unique<State>()) {
  check_shape(shape_);
  state_->blocks.reserve(2);
  if (shape_.height_pangenome > 0) {
    const int64_t least = options.only_window_spanning_haplotypes ? shape_.width : kMinReferenceBases;
    const BlockOptions block{shape_.height_pangenome, options, kBlankForHaplotypes, std::max(least, kMinReferenceBases)};
    state_->pangenome = &state_->blocks.emplace_back(shape_.channels, shape_.width, block);
  }
  if (shape_.height_reads > 0) {
    const BlockOptions block{shape_.height_reads, options, {}, kMinReferenceBases};
    state_->reads = &state_->blocks.emplace_back(shape_.channels, shape_.width, block);
  }
}

Painter::~Painter() = default;
Painter::Painter(Painter&&) noexcept = default;
Painter& Painter::operator=(Painter&&) noexcept = default;

void Painter::begin(const std::vector<genome::Read>* reads, const std::vector<genome::Read>* haplotypes,
                    pileup::ReferenceWindow reference, int64_t contig_length) {
  state_->reference = reference;
  state_->contig_length = contig_length;
  if (state_->pangenome != nullptr) state_->pangenome->begin(haplotypes);
  if (state_->reads != nullptr) state_->reads->begin(reads);
}

bool Painter::draw(const genome::Candidate& candidate, const genome::AltSet& alts, std::span<uint8_t> out) {
  check(out.size() == shape_.bytes(), "the image has the bytes of its shape");
  Canvas& canvas = state_->canvas;
  const int64_t half = shape_.width / 2;
  canvas.start = candidate.start - half;
  if (canvas.start < 0 || canvas.start + shape_.width > state_->contig_length) return false;

  canvas.reference.resize(static_cast<size_t>(shape_.width));
  for (int column = 0; column < shape_.width; ++column) {
    canvas.reference[static_cast<size_t>(column)] = state_->reference.at(canvas.start + column);
  }
  canvas.variant_start = candidate.start;
  canvas.variant_end = candidate.end();
  canvas.cut_start = canvas.start;
  canvas.cut_end = std::min(candidate.end() + half, state_->contig_length);

  const size_t row_bytes = static_cast<size_t>(shape_.width) * shape_.channels.size();
  uint8_t* at = out.data();
  if (state_->pangenome != nullptr) {
    state_->pangenome->draw(canvas, candidate.haplotype_support, alts, at);
    at += row_bytes * static_cast<size_t>(shape_.height_pangenome);
  }
  if (state_->reads != nullptr) state_->reads->draw(canvas, candidate.read_support, alts, at);
  return true;
}

}  // namespace haploom::tensor
