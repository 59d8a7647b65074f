#include <fmt/format.h>

#include <algorithm>

#include "realign/realign.h"

namespace haploom::realign {
namespace {

using genome::Read;

constexpr int64_t kShortestPiece = 15;  // _MIN_SPLIT_LEN in realigner.py

bool skips(const Read& read) {
  return std::any_of(read.cigar.begin(), read.cigar.end(), [](const genome::CigarOp& part) { return part.op == 'N'; });
}

void split(const Read& read, std::vector<Read>& out) {
  int number = 0;
  int64_t from = 0, offset = 0;  // in the read
  int64_t position = read.start;
  const auto begin = [&] {
    Read piece = read;
    piece.name = fmt::format("{}_p{}", read.name, number++);
    piece.start = 0;
    piece.cigar.clear();
    return piece;
  };
  const auto end = [&](Read& piece) {
    const int64_t length = offset - from;
    if (length < kShortestPiece) return;
    piece.end = piece.start + genome::reference_length(piece.cigar);
    piece.bases = read.bases.substr(static_cast<size_t>(from), static_cast<size_t>(length));
    piece.quality.assign(read.quality.begin() + from, read.quality.begin() + offset);
    out.push_back(std::move(piece));
  };
  Read piece = begin();
  for (size_t i = 0; i < read.cigar.size(); ++i) {
    const genome::CigarOp& part = read.cigar[i];
    if (genome::consumes_reference(part.op)) {
      if (piece.start == 0) piece.start = position;  // as upstream has it: the first base of a contig is no place
      position += part.length;
    }
    if (genome::consumes_read(part.op)) offset += part.length;
    if (part.op != 'N') piece.cigar.push_back(part);
    const bool last = i + 1 == read.cigar.size();
    if (part.op == 'N' || last) end(piece);
    if (part.op == 'N' && !last) {
      from = offset;
      piece = begin();
    }
  }
}

}  // namespace

std::optional<std::vector<Read>> split_at_skips(const std::vector<Read>& reads, int max_read_length) {
  if (std::none_of(reads.begin(), reads.end(), skips)) return std::nullopt;
  std::vector<Read> out;
  out.reserve(reads.size() + reads.size() / 2);
  for (const Read& read : reads) {
    const bool whole = max_read_length > 0 && read.bases.size() > static_cast<size_t>(max_read_length);
    if (whole || !skips(read)) {
      out.push_back(read);
    } else {
      split(read, out);
    }
  }
  return out;
}

}  // namespace haploom::realign
