#include "gbz/element_writer.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/error.h"

namespace haploom::gbz {
namespace {

constexpr size_t kFlushBytes = size_t{1} << 20;
constexpr int kZstdLevel = 7;  // 3 is 6 % larger on a chromosome, 12 takes five times as long for 2 %

unsigned bits_of(uint64_t value) { return std::max(1U, static_cast<unsigned>(std::bit_width(value))); }

// What an empty sparse vector has, and the width that keeps both parts small.
unsigned sparse_width(uint64_t universe, uint64_t ones) {
  if (ones == 0) return 64;
  const double ideal = std::log2(static_cast<double>(universe) * std::numbers::ln2 / static_cast<double>(ones));
  return static_cast<unsigned>(std::max(1.0, std::round(ideal)));
}

}  // namespace

std::string compressed(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kZstdLevel);
  check(ZSTD_isError(size) == 0, "zstd compresses into a buffer of its own bound");
  out.resize(size);
  return out;
}

void ElementWriter::flush() {
  sink_(buffer_);
  buffer_.clear();
}

void ElementWriter::element(uint64_t value) {
  for (int i = 0; i < 8; ++i) buffer_ += static_cast<char>(value >> (8 * i));
  if (buffer_.size() >= kFlushBytes) flush();
}

void ElementWriter::halves(uint32_t low, uint32_t high) { element(low | uint64_t{high} << 32); }

void ElementWriter::bytes(std::string_view bytes) {
  flush();
  sink_(bytes);
}

void ElementWriter::byte_vector(std::string_view content) {
  element(content.size());
  bytes(content);
  buffer_.append((8 - content.size() % 8) % 8, '\0');
}

template <typename At>
void ElementWriter::packed(uint64_t size, unsigned width, At at) {
  element(size);
  element(width);
  element(size * width);
  element((size * width + 63) / 64);
  uint64_t word = 0;
  unsigned used = 0;
  for (uint64_t i = 0; i < size; ++i) {
    const uint64_t value = at(i);
    word |= value << used;
    if (used + width >= 64) {
      element(word);
      const unsigned kept = 64 - used;
      word = kept == 64 ? 0 : value >> kept;
      if (kept >= width) word = 0;
      used += width;
      used -= 64;
    } else {
      used += width;
    }
  }
  if (used != 0) element(word);
}

void ElementWriter::packed_ints(std::span<const uint64_t> values, unsigned width) {
  if (width == 0) width = bits_of(values.empty() ? 0 : *std::max_element(values.begin(), values.end()));
  packed(values.size(), width, [&](uint64_t i) { return values[i]; });
}

void ElementWriter::sparse_ints(std::span<const uint64_t> values, uint64_t universe) {
  if (universe == 0 && !values.empty()) universe = values.back() + 1;
  const unsigned width = sparse_width(universe, values.size());
  const uint64_t bits = values.empty() ? 0 : values.size() + (universe >> width) + ((universe & ((uint64_t{1} << width) - 1)) != 0);
  element(universe);
  element(values.size());
  element(bits);
  element((bits + 63) / 64);
  uint64_t word = 0, at = 0;
  for (uint64_t i = 0; i < values.size(); ++i) {
    const uint64_t bit = (values[i] >> width) + i;
    for (; at < bit / 64; ++at) {
      element(word);
      word = 0;
    }
    word |= uint64_t{1} << (bit % 64);
  }
  for (; at < (bits + 63) / 64; ++at) {
    element(word);
    word = 0;
  }
  for (int support = 0; support < 3; ++support) absent();
  packed(values.size(), width, [&](uint64_t i) { return values[i] & ((uint64_t{1} << width) - 1); });
}

void ElementWriter::strings(std::span<const uint64_t> starts, std::string_view text, uint64_t universe) {
  sparse_ints(starts, universe);
  std::array<bool, 256> seen{};
  for (const char c : text) seen[static_cast<unsigned char>(c)] = true;
  std::array<uint8_t, 256> code{};
  std::string alphabet;
  for (unsigned c = 0; c < 256; ++c) {
    code[c] = static_cast<uint8_t>(alphabet.size());
    if (seen[c]) alphabet += static_cast<char>(c);
  }
  byte_vector(alphabet);
  packed(text.size(), bits_of(alphabet.empty() ? 0 : alphabet.size() - 1), [&](uint64_t i) { return uint64_t{code[static_cast<unsigned char>(text[i])]}; });
}

void ElementWriter::strings(const std::vector<std::string>& texts) {
  std::vector<uint64_t> starts;
  std::string text;
  for (const std::string& one : texts) {
    starts.push_back(text.size());
    text += one;
  }
  strings(starts, text, 0);
}

void ElementWriter::compressed_strings(std::span<const uint64_t> starts, std::string_view text) {
  sparse_ints(starts, text.size());
  element(text.size());
  byte_vector(compressed(text));
}

void ElementWriter::dictionary(const std::vector<std::string>& texts) {
  strings(texts);
  std::vector<uint64_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint64_t a, uint64_t b) { return texts[a] < texts[b]; });
  packed_ints(order);
}

void ElementWriter::tags(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : tags) texts.insert(texts.end(), {key, value});
  strings(texts);
}

}  // namespace haploom::gbz
