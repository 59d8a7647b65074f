#include "gbz/strings.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>

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

}  // namespace

void Inflater::require_credible(const Elements& in, std::string_view piece, uint64_t stream_bytes, uint64_t size) {
  if (size > kInflateFree && (size - kInflateFree) / kInflateRatio > stream_bytes)
    in.refuse(piece, in.offset(), fmt::format("{} bytes are declared for a zstd stream of {}", size, stream_bytes));
}

Inflater::Inflater(std::span<const std::byte> stream, uint64_t size, Refuse refuse)
    : decoder_(ZSTD_createDCtx(), ZSTD_freeDCtx), stream_(stream), size_(size), refuse_(std::move(refuse)) {
  if (!decoder_) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(decoder_.get(), ZSTD_d_windowLogMax, 27);
}

bool Inflater::step(char* out, uint64_t count, uint64_t& done) {
  ZSTD_inBuffer source{stream_.data(), stream_.size(), taken_};
  ZSTD_outBuffer target{out, count, done};
  const size_t state = ZSTD_decompressStream(decoder_.get(), &target, &source);
  if (ZSTD_isError(state)) refuse_(fmt::format("zstd: {}", ZSTD_getErrorName(state)));
  const bool moved = target.pos != done || source.pos != taken_;
  given_ += target.pos - done;
  done = target.pos;
  taken_ = source.pos;
  frame_ended_ = state == 0;
  return moved;
}

void Inflater::read(uint64_t count, char* out) {
  for (uint64_t done = 0; done < count;) {
    base::throw_if_stopped();
    if ((frame_ended_ && taken_ == stream_.size()) || !step(out, count, done)) {
      if (!frame_ended_) refuse_(fmt::format("its zstd stream of {} bytes is cut short", stream_.size()));
      refuse_(fmt::format("its zstd stream holds {} of the {} bytes declared", given_, size_));
    }
  }
}

void Inflater::finish() {
  char more;
  uint64_t done = 0;
  while (done == 0 && !(frame_ended_ && taken_ == stream_.size()))
    if (!step(&more, 1, done)) refuse_(fmt::format("its zstd stream of {} bytes is cut short", stream_.size()));
  if (done != 0) refuse_(fmt::format("its zstd stream holds more than the {} bytes declared", size_));
}

std::string inflate(const Elements& in, std::string_view piece, std::span<const std::byte> stream, uint64_t size) {
  Inflater::require_credible(in, piece, stream.size(), size);
  Inflater inflater(stream, size, [&, at = in.offset()](std::string_view cause) { in.refuse(piece, at, cause); });
  std::string text;
  text.reserve(size);
  while (text.size() < size) {
    const uint64_t have = text.size(), more = std::min(size - have, kInflateStep);
    text.resize(have + more);
    inflater.read(more, text.data() + have);
  }
  inflater.finish();
  return text;
}

Strings read_strings(Elements& in, std::string_view piece) {
  const uint64_t start = in.offset();
  Strings out;
  const SparseInts starts = in.sparse_ints(piece);
  const auto alphabet = in.byte_vector(piece);
  const uint64_t codes_at = in.offset();
  const PackedInts codes = in.packed_ints(piece);
  SparseCursor cursor(starts);
  for (uint64_t i = 0; i < starts.size(); ++i) out.starts.push_back(cursor.next());
  check_starts(in, piece, start, out.starts, codes.size);
  out.text.resize(codes.size);
  for (uint64_t i = 0; i < codes.size; ++i) {
    base::throw_if_stopped(i);
    const uint64_t code = codes[i];
    if (code >= alphabet.size()) in.refuse(piece, codes_at, fmt::format("letter {} of an alphabet of {}", code, alphabet.size()));
    out.text[i] = static_cast<char>(alphabet[code]);
  }
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
