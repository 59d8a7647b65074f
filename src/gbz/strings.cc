#include "gbz/strings.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/signals.h"

namespace haploom::gbz {
namespace {

// DNA takes 3-5 bytes a compressed byte, a BWT less than 20: see inflate().
constexpr uint64_t kInflateFree = uint64_t{64} << 20;
constexpr uint64_t kInflateRatio = 256;
constexpr uint64_t kInflateStep = uint64_t{1} << 20;

// `total`: length of the text behind the starts.
void check_starts(const Elements& in, std::string_view piece, uint64_t offset, const std::vector<uint64_t>& starts, uint64_t total) {
  if (starts.empty() && total != 0) in.refuse(piece, offset, fmt::format("no strings but {} bytes of text", total));
  if (!starts.empty() && starts.front() != 0) in.refuse(piece, offset, "the first string does not start at 0");
  if (!starts.empty() && starts.back() > total) in.refuse(piece, offset, fmt::format("a string starts at {} of {} bytes", starts.back(), total));
}

// Four letters a byte, as node labels of A, C, G and T have them: every code is a letter then.
void unpack_quarters(const PackedInts& codes, std::span<const std::byte> alphabet, char* out) {
  std::array<std::array<char, 4>, 256> letters;
  for (unsigned byte = 0; byte < letters.size(); ++byte)
    for (unsigned i = 0; i < 4; ++i) letters[byte][i] = static_cast<char>(alphabet[byte >> 2 * i & 3]);
  for (uint64_t i = 0; i < codes.size / 4; ++i) {
    base::throw_if_stopped(i);
    std::memcpy(out + 4 * i, letters[static_cast<unsigned>(codes.words[i])].data(), 4);
  }
  for (uint64_t i = codes.size / 4 * 4; i < codes.size; ++i) out[i] = static_cast<char>(alphabet[codes[i]]);
}

}  // namespace

std::string inflate(const Elements& in, std::string_view piece, std::span<const std::byte> stream, uint64_t size) {
  const auto at = in.offset();
  if (size > kInflateFree && (size - kInflateFree) / kInflateRatio > stream.size())
    in.refuse(piece, at, fmt::format("{} bytes are declared for a zstd stream of {}", size, stream.size()));
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> decoder(ZSTD_createDStream(), ZSTD_freeDStream);
  if (!decoder) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(decoder.get(), ZSTD_d_windowLogMax, 27);
  std::string text;
  ZSTD_inBuffer source{stream.data(), stream.size(), 0};
  size_t state = 1;  // 0 at the end of a frame
  while (source.pos < source.size || state != 0) {
    base::throw_if_stopped();
    const uint64_t have = text.size();
    text.resize(std::min(size, have + kInflateStep) + 1);  // the one byte more shows a stream that is too long
    ZSTD_outBuffer out{text.data(), text.size(), have};
    const size_t taken = source.pos;
    state = ZSTD_decompressStream(decoder.get(), &out, &source);
    text.resize(out.pos);
    if (ZSTD_isError(state)) in.refuse(piece, at, fmt::format("zstd: {}", ZSTD_getErrorName(state)));
    if (text.size() > size) in.refuse(piece, at, fmt::format("its zstd stream holds more than the {} bytes declared", size));
    if (out.pos == have && source.pos == taken) break;  // cut short
  }
  if (state != 0) in.refuse(piece, at, fmt::format("its zstd stream of {} bytes is cut short", stream.size()));
  if (text.size() != size) in.refuse(piece, at, fmt::format("its zstd stream holds {} of the {} bytes declared", text.size(), size));
  return text;
}

Strings read_strings(Elements& in, std::string_view piece) {
  const uint64_t start = in.offset();
  Strings out;
  out.starts = in.sparse_ints(piece).values;
  const auto alphabet = in.byte_vector(piece);
  const uint64_t codes_at = in.offset();
  const PackedInts codes = in.packed_ints(piece);
  check_starts(in, piece, start, out.starts, codes.size);
  out.text.resize(codes.size);
  if (codes.width == 2 && alphabet.size() == 4) {
    unpack_quarters(codes, alphabet, out.text.data());
    return out;
  }
  for (uint64_t i = 0; i < codes.size; ++i) {
    base::throw_if_stopped(i);
    const uint64_t code = codes[i];
    if (code >= alphabet.size()) in.refuse(piece, codes_at, fmt::format("letter {} of an alphabet of {}", code, alphabet.size()));
    out.text[i] = static_cast<char>(alphabet[code]);
  }
  return out;
}

Strings read_compressed_strings(Elements& in, std::string_view piece) {
  const uint64_t start = in.offset();
  Strings out;
  out.starts = in.sparse_ints(piece).values;
  const uint64_t length = in.element(piece);
  const auto stream = in.byte_vector(piece);
  check_starts(in, piece, start, out.starts, length);
  out.text = inflate(in, piece, stream, length);
  return out;
}

Strings read_dictionary(Elements& in, std::string_view piece) {
  Strings out = read_strings(in, piece);
  const uint64_t start = in.offset();
  const PackedInts order = in.packed_ints(piece);
  if (order.size != out.size()) in.refuse(piece, start, fmt::format("{} places in the order of {} strings", order.size, out.size()));
  for (uint64_t i = 0; i < order.size; ++i) {
    base::throw_if_stopped(i);
    if (order[i] >= out.size()) in.refuse(piece, start, fmt::format("the order names string {} of {}", order[i], out.size()));
    if (i > 0 && out[order[i - 1]] >= out[order[i]]) in.refuse(piece, start, "its order is not the sorted one, or a name occurs twice");
  }
  return out;
}

Tags read_tags(Elements& in, std::string_view piece) {
  const uint64_t start = in.offset();
  const Strings words = read_strings(in, piece);
  if (words.size() % 2 != 0) in.refuse(piece, start, fmt::format("{} strings are not keys and values", words.size()));
  Tags out;
  for (uint64_t i = 0; i < words.size(); i += 2) out.emplace_back(words[i], words[i + 1]);
  return out;
}

}  // namespace haploom::gbz
