#include "tensor/measures.h"

#include <algorithm>
#include <numeric>

namespace haploom::tensor {
namespace {

int percent(int64_t part, int64_t whole) {
  return static_cast<int>(static_cast<float>(part) / static_cast<float>(whole) * 100);
}

bool says_equal(char op) { return op == 'M' || op == '='; }

int64_t matched(const Piece& piece) {
  int64_t bases = 0;
  for (int32_t op = piece.kept.first_op; op < piece.kept.end_op; ++op) {
    if (says_equal(piece.kind(op))) bases += piece.length(op);
  }
  return bases;
}

}  // namespace

int matched_percent(const Piece& piece) { return percent(matched(piece), piece.kept.read_length); }

int gap_compressed_percent(const Piece& piece) {
  int64_t events = matched(piece);
  const int64_t equal = events;
  for (int32_t op = piece.kept.first_op; op < piece.kept.end_op; ++op) {
    const char kind = piece.kind(op);
    if (kind == 'X') events += piece.length(op);
    if (kind == 'I' || kind == 'D') ++events;
  }
  return events == 0 ? 0 : percent(equal, events);
}

int average_quality(std::span<const uint8_t> quality) {
  const int64_t sum = std::accumulate(quality.begin(), quality.end(), int64_t{0});
  return static_cast<int>(static_cast<float>(sum) / static_cast<float>(quality.size()));
}

int gc_percent(std::string_view bases) {
  const auto strong = std::count_if(bases.begin(), bases.end(), [](char b) { return b == 'G' || b == 'C'; });
  return percent(strong, static_cast<int64_t>(bases.size()));
}

void run_lengths(std::string_view bases, std::vector<int32_t>& out) {
  out.resize(bases.size());
  for (size_t from = 0; from < bases.size();) {
    const size_t end = std::min(bases.find_first_not_of(bases[from], from), bases.size());
    std::fill(out.begin() + static_cast<int64_t>(from), out.begin() + static_cast<int64_t>(end), static_cast<int32_t>(end - from));
    from = end;
  }
}

}  // namespace haploom::tensor
