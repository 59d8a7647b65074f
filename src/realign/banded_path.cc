#include <algorithm>
#include <cstdlib>

#include "realign/smith_waterman.h"

namespace haploom::realign {
namespace {

// One byte a cell: where each of the three values came from.
constexpr uint8_t kInsertionOpens = 1;  // else it goes on; so of equal ones
constexpr uint8_t kDeletionOpens = 2;
constexpr uint8_t kFromInsertion = 4;
constexpr uint8_t kFromDeletion = 8;  // neither: from the diagonal, so of equal ones

int pair_score(int8_t query, int8_t reference, const Penalties& penalties) {
  return query == reference && query < 4 ? penalties.match : -penalties.mismatch;
}

// Bands of row `i`: columns first..last of a reference of `length` bases.
struct Row {
  int first;
  int last;
};
Row row_of(int i, int band, int length) { return {std::max(0, i - band), std::min(length - 1, i + band)}; }

}  // namespace

// Returns the best score in the band.
int BandedPath::fill(std::span<const int8_t> query, std::span<const int8_t> reference, int band, const Penalties& penalties) {
  const auto rows = static_cast<int>(query.size());
  const auto length = static_cast<int>(reference.size());
  const auto width = static_cast<size_t>(2 * band + 1);
  choices_.resize(width * query.size());
  // Columns are counted from the band's first one and stand one further, so that what lies beside the band reads as 0.
  above_.assign(width + 3, 0);
  row_.assign(width + 3, 0);
  insertions_.assign(width + 3, 0);
  int best = 0;
  for (int i = 0; i < rows; ++i) {
    const auto [first, last] = row_of(i, band, length);
    const int step = i > 0 ? first - row_of(i - 1, band, length).first : 0;  // slots by which the row above stands further right
    uint8_t* choice = choices_.data() + static_cast<size_t>(i) * width;
    int deletion = 0;
    int left = 0;
    for (int j = first; j <= last; ++j) {
      const auto slot = static_cast<size_t>(j - first + 1);
      const size_t up = slot + static_cast<size_t>(step);
      uint8_t chosen = 0;

      const int insertion_opened = (i == 0 ? 0 : above_[up]) - penalties.gap_open;
      const int insertion_extended = (i == 0 ? 0 : insertions_[up]) - penalties.gap_extend;
      if (insertion_opened > insertion_extended) chosen |= kInsertionOpens;
      insertions_[slot] = std::max(insertion_opened, insertion_extended);

      const int deletion_opened = left - penalties.gap_open;
      const int deletion_extended = deletion - penalties.gap_extend;
      if (deletion_opened > deletion_extended) chosen |= kDeletionOpens;
      deletion = std::max(deletion_opened, deletion_extended);

      const int inserted = std::max(insertions_[slot], 0);
      const int deleted = std::max(deletion, 0);
      const int gap = std::max(inserted, deleted);
      const int paired = above_[up - 1] + pair_score(query[static_cast<size_t>(i)], reference[static_cast<size_t>(j)], penalties);
      if (gap > paired) chosen |= inserted > deleted ? kFromInsertion : kFromDeletion;
      left = std::max(gap, paired);
      row_[slot] = left;
      best = std::max(best, left);
      *choice++ = chosen;
    }
    const auto cells = static_cast<size_t>(last - first + 1);
    std::copy_n(row_.begin() + 1, cells, above_.begin() + 1);
    above_[cells + 1] = 0;
    insertions_[cells + 1] = 0;
  }
  return best;
}

std::optional<genome::Cigar> BandedPath::trace(std::span<const int8_t> query, std::span<const int8_t> reference, int score,
                                               const Penalties& penalties) {
  const auto rows = static_cast<int>(query.size());
  const auto length = static_cast<int>(reference.size());
  int band = std::abs(length - rows) + 1;
  while (fill(query, reference, band, penalties) < score && 2 * band <= std::max(length, rows)) band *= 2;

  const auto width = static_cast<size_t>(2 * band + 1);
  genome::Cigar cigar;  // from the end
  enum class State { kCell, kInsertion, kDeletion } state = State::kCell;
  int i = rows - 1;
  int j = length - 1;
  while (i >= 0 && j > 0) {
    const auto [first, last] = row_of(i, band, length);
    if (j < first || j > last) return std::nullopt;
    const uint8_t choice = choices_[static_cast<size_t>(i) * width + static_cast<size_t>(j - first)];
    if (state == State::kCell && (choice & kFromInsertion) != 0) state = State::kInsertion;
    if (state == State::kCell && (choice & kFromDeletion) != 0) state = State::kDeletion;
    if (state == State::kInsertion) {
      genome::append(cigar, 'I', 1);
      state = (choice & kInsertionOpens) != 0 ? State::kCell : State::kInsertion;
      --i;
    } else if (state == State::kDeletion) {
      genome::append(cigar, 'D', 1);
      state = (choice & kDeletionOpens) != 0 ? State::kCell : State::kDeletion;
      --j;
    } else {
      genome::append(cigar, 'M', 1);
      --i;
      --j;
    }
  }
  genome::append(cigar, 'M', 1);  // the first pair is not looked up
  std::reverse(cigar.begin(), cigar.end());
  return cigar;
}

}  // namespace haploom::realign
