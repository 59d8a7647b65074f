#include "gbz/texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/signals.h"

namespace haploom::gbz {
namespace {

constexpr uint64_t kScratch = uint64_t{64} << 10;
constexpr char kNoLetter = '\0';

// Letters, and what else is printed ('*', '-'); no line end, space or byte of a damaged stream.
bool are_printable(const char* text, uint64_t size) {
  unsigned odd = 0;
  for (uint64_t i = 0; i < size; ++i) odd |= text[i] < '!' || text[i] > '~' ? 1 : 0;
  return odd == 0;
}

}  // namespace

void Texts::check_starts() const {
  if (starts_.size() == 0 && bytes_ != 0) refuse(fmt::format("no strings but {} bytes of text", bytes_));
  if (starts_.size() != 0 && starts_[0] != 0) refuse("the first string does not start at 0");
  if (starts_.last() > bytes_) refuse(fmt::format("a string starts at {} of {} bytes", starts_.last(), bytes_));
}

Texts Texts::read(Elements& in, std::string_view piece, Letters allowed) {
  Texts out;
  out.allowed_ = allowed;
  out.source_ = in.source();
  out.piece_ = piece;
  out.starts_ = in.sparse_ints(piece);
  out.alphabet_ = in.byte_vector(piece);
  out.at_ = in.offset();
  out.codes_ = in.packed_ints(piece);
  out.bytes_ = out.codes_.size;
  out.check_starts();
  out.make_table();
  return out;
}

Texts Texts::read_compressed(Elements& in, std::string_view piece, Letters allowed) {
  Texts out;
  out.allowed_ = allowed;
  out.source_ = in.source();
  out.piece_ = piece;
  out.starts_ = in.sparse_ints(piece);
  out.at_ = in.offset();
  out.bytes_ = in.element(piece);
  out.stream_ = in.byte_vector(piece);
  if (out.stream_.empty()) out.refuse("no zstd stream");
  out.check_starts();
  Inflater::require_credible(in, piece, out.stream_.size(), out.bytes_);
  return out;
}

// A row for each 8 bits (or 12, of letters of 3): all the letters in them.
void Texts::make_table() {
  const unsigned width = codes_.width;
  if (width > 4) return;
  letters_ = width == 3 ? 4 : 8 / width;
  const unsigned bits = width * letters_;
  table_.assign(size_t{letters_} << bits, kNoLetter);
  for (unsigned row = 0; row < 1U << bits; ++row)
    for (unsigned i = 0; i < letters_; ++i) {
      const unsigned code = row >> width * i & ((1U << width) - 1);
      if (code < alphabet_.size()) table_[row * letters_ + i] = static_cast<char>(alphabet_[code]);
    }
}

void Texts::unpack_packed(uint64_t from, uint64_t count, char* out) const {
  const unsigned width = codes_.width;
  const uint64_t end = from + count;
  const auto one_by_one = [&](uint64_t to) {
    for (; from < to; ++from) {
      const uint64_t code = codes_[from];
      *out++ = code < alphabet_.size() ? static_cast<char>(alphabet_[code]) : kNoLetter;
    }
  };
  if (letters_ == 0) return one_by_one(end);
  one_by_one(std::min(end, (from + 7) / 8 * 8));  // 8 letters are whole bytes
  const auto* at = reinterpret_cast<const unsigned char*>(codes_.words) + from * width / 8;
  const char* const table = table_.data();
  const auto rows = [&]<unsigned kLetters>(auto row_of) {
    for (; end - from >= 8; from += 8, at += width, out += 8)
      for (unsigned i = 0; i < 8 / kLetters; ++i) std::memcpy(out + kLetters * i, table + size_t{kLetters} * row_of(i), kLetters);
  };
  switch (width) {
    case 1: rows.operator()<8>([&](unsigned) { return unsigned{*at}; }); break;
    case 2: rows.operator()<4>([&](unsigned i) { return unsigned{at[i]}; }); break;
    case 3: rows.operator()<4>([&](unsigned i) { return i == 0 ? at[0] | (at[1] & 15U) << 8 : at[1] >> 4 | unsigned{at[2]} << 4; }); break;
    default: rows.operator()<2>([&](unsigned i) { return unsigned{at[i]}; }); break;
  }
  one_by_one(end);
}

uint64_t Texts::length(uint64_t index) const {
  return LengthCursor(*this, index).next();
}

std::string Texts::operator[](uint64_t index) const {
  std::string out(length(index), kNoLetter);
  TextReader(*this, index).read(out.size(), out.data());
  return out;
}

void Texts::unpack() {
  if (!random_access()) {
    std::string whole;
    whole.reserve(bytes_);
    TextReader reader(*this, 0);
    while (whole.size() < bytes_) {
      base::throw_if_stopped();
      const uint64_t have = whole.size(), more = std::min(bytes_ - have, kScratch);
      whole.resize(have + more);
      reader.read(more, whole.data() + have);
    }
    reader.finish();
    text_ = std::move(whole);
    unpacked_ = true;
    return;
  }
  const auto scratch = std::make_unique_for_overwrite<char[]>(kScratch);
  TextReader reader(*this, 0);
  for (uint64_t left = bytes_; left > 0; left -= std::min(left, kScratch)) {
    base::throw_if_stopped();
    reader.read(std::min(left, kScratch), scratch.get());
  }
}

TextReader::TextReader(const Texts& texts, uint64_t first) : texts_(texts), at_(first == 0 ? 0 : first < texts.size() ? texts.starts_[first] : texts.bytes_) {
  if (texts.random_access()) return;
  check(first == 0, "a stream is read from its front");
  inflater_ = std::make_unique<Inflater>(texts.stream_, texts.bytes_, [&texts](std::string_view cause) { texts.refuse(cause); });
}

void TextReader::read(uint64_t count, char* out) {
  if (count > texts_.bytes_ - std::min(at_, texts_.bytes_)) texts_.refuse(fmt::format("{} letters from {} on, of {}", count, at_, texts_.bytes_));
  if (inflater_)
    inflater_->read(count, out);
  else if (texts_.unpacked_)
    std::memcpy(out, texts_.text_.data() + at_, count);
  else
    texts_.unpack_packed(at_, count, out);
  at_ += count;
  if (texts_.allowed_ == Letters::kBases && !are_printable(out, count)) texts_.refuse("some of its bytes are no bases");
  if (texts_.allowed_ == Letters::kAny && std::find(out, out + count, kNoLetter) != out + count) texts_.refuse("letters outside its alphabet");
}

void TextReader::finish() {
  if (at_ != texts_.bytes_) texts_.refuse(fmt::format("{} of {} letters belong to a string", at_, texts_.bytes_));
  if (inflater_) inflater_->finish();
}

}  // namespace haploom::gbz
