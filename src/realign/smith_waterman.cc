#include "realign/smith_waterman.h"

#include <algorithm>

namespace haploom::realign {

// 16 bits hold this and one more pair.
bool fits_words(size_t query, size_t reference, const Penalties& penalties) {
  return query > 0 && reference > 0 && static_cast<int64_t>(std::min(query, reference)) * penalties.match <= 32'000;
}

// SSW counts in bytes that hold score + mismatch below 255, 16 of them at a time, and otherwise in words.
bool fits_bytes(int score, const Penalties& penalties) { return score + penalties.mismatch < 255; }

void SmithWaterman::set_query(std::span<const int8_t> query) {
  query_.assign(query.begin(), query.end());
  forward_.assign(query_, penalties_);
}

LocalEnd SmithWaterman::end_in(std::span<const int8_t> reference) {
  if (!fits_words(query_.size(), reference.size(), penalties_)) return {};
  forward_.begin<8>();
  const LocalEnd words = forward_.find<8>(reference);
  if (!fits_bytes(words.score - kLaneDoubt, penalties_)) return words;
  forward_.begin<16>();
  const LocalEnd bytes = forward_.find<16>(reference);
  return fits_bytes(bytes.score, penalties_) ? bytes : words;
}

std::optional<LocalAlignment> SmithWaterman::align_to(std::span<const int8_t> reference) {
  return align_to(reference, end_in(reference));
}

std::optional<LocalAlignment> SmithWaterman::align_to(std::span<const int8_t> reference, const LocalEnd& end) {
  if (end.score == 0) return std::nullopt;
  turned_query_.assign(query_.begin(), query_.begin() + end.query + 1);
  std::reverse(turned_query_.begin(), turned_query_.end());
  turned_reference_.assign(reference.begin(), reference.begin() + end.reference + 1);
  std::reverse(turned_reference_.begin(), turned_reference_.end());
  backward_.assign(turned_query_, penalties_);
  LocalEnd begin;
  if (end.lanes == 8) {
    backward_.begin<8>();
    begin = backward_.find<8>(turned_reference_, end.score);
  } else {
    backward_.begin<16>();
    begin = backward_.find<16>(turned_reference_, end.score);
  }
  if (begin.score < end.score) return std::nullopt;
  return alignment(query_, reference, end.query - begin.query, end.reference - begin.reference, end);
}

std::optional<LocalAlignment> SmithWaterman::align_similar(std::span<const int8_t> query, std::span<const int8_t> reference) {
  if (!fits_words(query.size(), reference.size(), penalties_)) return std::nullopt;
  if (const auto at = lone_mismatch(query, reference, penalties_)) {
    const auto length = static_cast<int>(query.size());
    LocalAlignment out{penalties_.match * (length - 1) - penalties_.mismatch, 0, {}};
    genome::append(out.cigar, '=', *at);
    genome::append(out.cigar, 'X', 1);
    genome::append(out.cigar, '=', length - *at - 1);
    return out;
  }
  if (const auto score = corners_.score(query, reference, penalties_)) {
    return alignment(query, reference, 0, 0,
                     {*score, static_cast<int>(reference.size()) - 1, static_cast<int>(query.size()) - 1});
  }
  set_query(query);
  return align_to(reference);
}

std::optional<LocalAlignment> SmithWaterman::alignment(std::span<const int8_t> query, std::span<const int8_t> reference,
                                                       int query_begin, int reference_begin, const LocalEnd& end) {
  const auto between = [](std::span<const int8_t> all, int first, int last) {
    return all.subspan(static_cast<size_t>(first), static_cast<size_t>(last - first + 1));
  };
  const auto path = path_.trace(between(query, query_begin, end.query), between(reference, reference_begin, end.reference),
                                end.score, penalties_);
  if (!path) return std::nullopt;
  LocalAlignment out{end.score, reference_begin, {}};
  genome::append(out.cigar, 'S', query_begin);
  auto q = static_cast<size_t>(query_begin);
  auto r = static_cast<size_t>(reference_begin);
  for (const auto& [op, length] : *path) {
    const auto n = static_cast<size_t>(length);
    if (q + (op == 'D' ? 0 : n) > query.size() || r + (op == 'I' ? 0 : n) > reference.size()) return std::nullopt;
    if (op == 'M') {
      for (size_t i = 0; i < n; ++i) genome::append(out.cigar, query[q + i] == reference[r + i] ? '=' : 'X', 1);
    } else {
      genome::append(out.cigar, op, length);
    }
    q += op == 'D' ? 0 : n;
    r += op == 'I' ? 0 : n;
  }
  genome::append(out.cigar, 'S', static_cast<int>(query.size()) - end.query - 1);
  return out;
}

}  // namespace haploom::realign
