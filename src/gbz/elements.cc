#include "gbz/elements.h"

#include <fmt/format.h>

#include <bit>

#include "base/error.h"
#include "base/signals.h"

namespace haploom::gbz {
namespace {

constexpr uint64_t ceil_div(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

// ceil(universe / 2^width): how many unset bits the high part of a sparse vector has.
constexpr uint64_t buckets(uint64_t universe, unsigned width) {
  if (width >= 64) return universe != 0;
  return (universe >> width) + ((universe & ((uint64_t{1} << width) - 1)) != 0);
}

}  // namespace

void refuse_gbz(std::string_view source, std::string_view piece, uint64_t offset, std::string_view cause) {
  throw Error{Exit::kInput, Reason::kGbzFormat, "gbz", fmt::format("'{}' is not a readable GBZ: {} at byte {}: {}", source, piece, offset, cause),
              "copy or build the file again; haploom reads GBZ versions 1, 2 and 3"};
}

uint64_t Elements::element(std::string_view piece) {
  if (remaining() < 8) refuse(piece, at_, fmt::format("the file ends here ({} bytes)", bytes_.size()));
  uint64_t value;
  std::memcpy(&value, bytes_.data() + at_, 8);
  at_ += 8;
  return value;
}

std::pair<uint32_t, uint32_t> Elements::halves(std::string_view piece) {
  const uint64_t value = element(piece);
  return {static_cast<uint32_t>(value), static_cast<uint32_t>(value >> 32)};
}

std::span<const std::byte> Elements::raw(std::string_view piece, uint64_t size) {
  if (size > remaining()) refuse(piece, at_, fmt::format("{} bytes are declared, {} are left in the file", size, remaining()));
  const auto part = bytes_.subspan(at_, size);
  at_ += size;
  return part;
}

std::span<const std::byte> Elements::byte_vector(std::string_view piece) {
  const uint64_t start = at_;
  const uint64_t size = element(piece);
  const auto content = raw(piece, size);
  for (const std::byte pad : raw(piece, (8 - size % 8) % 8))
    if (pad != std::byte{0}) refuse(piece, start, "its padding is not zero");
  return content;
}

PackedInts Elements::packed_ints(std::string_view piece) {
  const uint64_t start = at_;
  PackedInts ints;
  ints.size = element(piece);
  const uint64_t width = element(piece);
  const uint64_t bits = element(piece);
  const uint64_t words = element(piece);
  if (width < 1 || width > 64) refuse(piece, start + 8, fmt::format("items of {} bits", width));
  ints.width = static_cast<unsigned>(width);
  if (bits % width != 0 || bits / width != ints.size) refuse(piece, start + 16, fmt::format("{} items of {} bits are not {} bits", ints.size, width, bits));
  if (words != ceil_div(bits, 64)) refuse(piece, start + 24, fmt::format("{} bits do not take {} words", bits, words));
  if (words > remaining() / 8) refuse(piece, start + 24, fmt::format("{} words are declared, {} bytes are left in the file", words, remaining()));
  ints.words = raw(piece, 8 * words).data();
  return ints;
}

Bits Elements::bits(std::string_view piece) {
  const uint64_t start = at_;
  Bits out;
  out.ones = element(piece);
  out.bits = element(piece);
  out.word_count = element(piece);
  if (out.word_count != ceil_div(out.bits, 64)) refuse(piece, start + 16, fmt::format("{} bits do not take {} words", out.bits, out.word_count));
  if (out.word_count > remaining() / 8) refuse(piece, start + 16, fmt::format("{} words are declared, {} bytes are left in the file", out.word_count, remaining()));
  out.words = raw(piece, 8 * out.word_count).data();
  uint64_t ones = 0;
  for (uint64_t i = 0; i < out.word_count; ++i) ones += static_cast<uint64_t>(std::popcount(load_word(out.words, i)));
  if (ones != out.ones) refuse(piece, start, fmt::format("{} set bits are declared, {} are set", out.ones, ones));
  if (out.bits % 64 != 0 && (load_word(out.words, out.word_count - 1) >> (out.bits % 64)) != 0) refuse(piece, start, "bits past its end are set");
  for (int support = 0; support < 3; ++support) skip_optional(piece);
  return out;
}

SparseInts Elements::sparse_ints(std::string_view piece) {
  const uint64_t start = at_;
  SparseInts out;
  out.universe_ = element(piece);
  out.high_ = bits(piece);
  const uint64_t low_start = at_;
  out.low_ = packed_ints(piece);
  const Bits& high = out.high_;
  const PackedInts& low = out.low_;
  if (low.size != high.ones) refuse(piece, low_start, fmt::format("{} low parts for {} high parts", low.size, high.ones));
  if (low.width == 64 && low.size != 0) refuse(piece, low_start + 8, "low parts of 64 bits");
  const uint64_t gaps = buckets(out.universe_, low.width);
  if (gaps > high.bits || high.bits - gaps != low.size) refuse(piece, start, fmt::format("{} values below {} do not have {} high bits", low.size, out.universe_, high.bits));
  out.places_.reserve(ceil_div(low.size, SparseInts::kStep));
  uint64_t rank = 0;
  for (uint64_t word = 0; word < high.word_count; ++word) {
    base::throw_if_stopped(word);
    for (uint64_t left = load_word(high.words, word); left != 0 && rank < low.size; left &= left - 1, ++rank) {
      const uint64_t bit = 64 * word + static_cast<uint64_t>(std::countr_zero(left));
      const uint64_t value = (bit - rank) << low.width | low[rank];
      if (value < out.last_) refuse(piece, start, fmt::format("value {} of {} is smaller than the one before", rank, low.size));
      if (rank % SparseInts::kStep == 0) out.places_.push_back(bit);
      out.last_ = value;
    }
  }
  return out;
}

SparseCursor::SparseCursor(const SparseInts& ints, uint64_t index) : ints_(&ints), index_(index) {
  if (index >= ints.size()) return;
  const uint64_t place = ints.places_[index / SparseInts::kStep];
  word_ = place / 64;
  left_ = load_word(ints.high_.words, word_) & ~uint64_t{0} << place % 64;
  for (uint64_t before = index % SparseInts::kStep; before > 0;) {
    const auto here = static_cast<uint64_t>(std::popcount(left_));
    if (here > before) {
      while (before-- > 0) left_ &= left_ - 1;
      return;
    }
    before -= here;
    if (++word_ >= ints.high_.word_count) {
      left_ = 0;
      return;
    }
    left_ = load_word(ints.high_.words, word_);
  }
}

uint64_t SparseInts::operator[](uint64_t index) const { return SparseCursor(*this, index).next(); }

uint64_t Elements::optional_size(std::string_view piece) {
  const uint64_t start = at_;
  const uint64_t words = element(piece);
  if (words > remaining() / 8) refuse(piece, start, fmt::format("{} words are declared, {} bytes are left in the file", words, remaining()));
  return 8 * words;
}

void Elements::skip_optional(std::string_view piece) { raw(piece, optional_size(piece)); }

}  // namespace haploom::gbz
