#include <algorithm>
#include <cstring>

#include "realign/smith_waterman.h"

namespace haploom::realign {
namespace {

constexpr int32_t kSpacing = 8;  // columns from one note to the next

int32_t common_prefix(std::span<const int8_t> a, std::span<const int8_t> b) {
  return static_cast<int32_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}
int32_t common_suffix(std::span<const int8_t> a, std::span<const int8_t> b) {
  return static_cast<int32_t>(std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend()).first - a.rbegin());
}

bool is_equal(std::span<const int16_t> a, std::span<const int16_t> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace

RelatedScores::Note& RelatedScores::fresh(std::vector<Note>& notes, int32_t column) {
  if (spare_.empty()) spare_.emplace_back();
  notes.push_back(std::move(spare_.back()));
  spare_.pop_back();
  Note& note = notes.back();
  note.column = column;
  note.best = 0;
  const auto state = query_.state();
  note.state.assign(state.begin(), state.end());
  return note;
}

// notes_ are those of `before`, and become those of `reference`.
template <int kLanes>
int32_t RelatedScores::next_score(std::span<const int8_t> before, std::span<const int8_t> reference) {
  const auto length = static_cast<int32_t>(reference.size());
  const int32_t further = length - static_cast<int32_t>(before.size());  // where columns of the common end stand
  const int32_t parts = common_prefix(before, reference);
  const int32_t meets = length - common_suffix(before, reference);
  next_.clear();
  size_t used = 0;  // notes of `before` that stand for both
  while (used + 1 < notes_.size() && notes_[used + 1].column <= parts) next_.push_back(std::move(notes_[used++]));
  int32_t column = 0;
  if (used < notes_.size()) {  // goes on from the last state before they part
    column = notes_[used].column;
    std::copy(notes_[used].state.begin(), notes_[used].state.end(), query_.state().begin());
  } else {
    query_.begin<kLanes>();
  }
  size_t ahead = used;  // first note of `before` that the new one may meet
  while (column < length) {
    while (ahead < notes_.size() && notes_[ahead].column + further < column) ++ahead;
    const bool may_meet = ahead < notes_.size() && column >= meets && notes_[ahead].column + further == column;
    if (may_meet && is_equal(notes_[ahead].state, query_.state())) break;
    int32_t end = std::min(length, column + kSpacing);
    if (ahead < notes_.size() && column + 1 > meets - kSpacing) {  // near the end that is common, notes stand where the others do
      size_t target = ahead;
      while (target < notes_.size() && notes_[target].column + further <= column) ++target;
      if (target < notes_.size()) end = std::min(end, notes_[target].column + further);
    }
    Note& note = fresh(next_, column);
    note.best = query_.advance<kLanes>(reference.subspan(static_cast<size_t>(column), static_cast<size_t>(end - column)));
    column = end;
  }
  for (size_t i = used; i < notes_.size(); ++i) {
    const bool is_common = column < length && i >= ahead;
    if (is_common) notes_[i].column += further;
    (is_common ? next_ : spare_).push_back(std::move(notes_[i]));
  }
  std::swap(notes_, next_);
  int32_t best = 0;
  for (const Note& note : notes_) best = std::max(best, note.best);
  return best;
}

// Where a score of the reference just done is reached first.
template <int kLanes>
LocalEnd RelatedScores::place(std::span<const int8_t> reference, int32_t score) {
  const auto note = std::find_if(notes_.begin(), notes_.end(), [score](const Note& each) { return each.best == score; });
  if (score == 0 || note == notes_.end()) return {0, -1, -1, kLanes};
  std::copy(note->state.begin(), note->state.end(), query_.state().begin());
  const int32_t end = note + 1 == notes_.end() ? static_cast<int32_t>(reference.size()) : note[1].column;
  LocalEnd found = query_.find<kLanes>(reference.subspan(static_cast<size_t>(note->column), static_cast<size_t>(end - note->column)));
  found.reference += note->column;
  return found;
}

std::span<const LocalEnd> RelatedScores::score(std::span<const int8_t> query, std::span<const std::span<const int8_t>> references,
                                               const Penalties& penalties) {
  ends_.assign(references.size(), {});
  query_.assign(query, penalties);
  std::move(notes_.begin(), notes_.end(), std::back_inserter(spare_));
  notes_.clear();
  if (query.empty()) return ends_;
  // take() says whether to go on.
  const auto all = [&]<int kLanes>(auto&& wanted, auto&& take) {
    std::span<const int8_t> before;
    int32_t best = 0;
    bool goes_on = true;
    for (size_t i = 0; i < references.size() && goes_on; ++i) {
      if (!fits_words(query.size(), references[i].size(), penalties) || !wanted(i)) continue;
      const int32_t score = next_score<kLanes>(before, references[i]);
      before = references[i];
      goes_on = take(i, score >= best ? place<kLanes>(before, score) : LocalEnd{score, -1, -1, kLanes});
      best = std::max(best, score);
    }
    std::move(notes_.begin(), notes_.end(), std::back_inserter(spare_));
    notes_.clear();
    return goes_on;
  };
  const auto each = [](size_t) { return true; };
  const auto put = [&](size_t i, const LocalEnd& end) { return ends_[i] = end, true; };
  // As SSW: in bytes, and in words where they overflow. A query that scores much everywhere needs no bytes.
  const auto put_much = [&](size_t i, const LocalEnd& end) { return put(i, end) && !fits_bytes(end.score, penalties); };
  const bool can_score_much = !fits_bytes(penalties.match * static_cast<int>(query.size()), penalties);
  if (can_score_much && all.operator()<8>(each, put_much)) {
    const auto in_doubt = [&](size_t i) { return fits_bytes(ends_[i].score - kLaneDoubt, penalties); };
    all.operator()<16>(in_doubt, [&](size_t i, const LocalEnd& end) { return !fits_bytes(end.score, penalties) || put(i, end); });
  } else {
    all.operator()<16>(each, put);
    all.operator()<8>([&](size_t i) { return !fits_bytes(ends_[i].score, penalties); }, put);
  }
  return ends_;
}

}  // namespace haploom::realign
