#include <algorithm>
#include <utility>

#include "realign/lanes.h"
#include "realign/smith_waterman.h"

namespace haploom::realign {
namespace {

using namespace lanes;

constexpr int kFirstBand = 8;
constexpr int kWidestBand = 96;
constexpr int16_t kQueryN = 5;  // N fits nothing, not even N

// The values of one antidiagonal, by query base; [0] stands for the one before the first.
struct Diagonal {
  int16_t* high;            // best score of a path that ends here
  int16_t* high_insertion;  // of one that ends in an insertion
  int16_t* low;             // the same without a deletion right after an insertion
  int16_t* low_insertion;
  int16_t* unbroken;        // low, when no insertion ends here
};

struct Deletions {
  int16_t* high;
  int16_t* low;
};

struct Costs {
  V8 match;
  V8 mismatch;
  V8 open;
  V8 extend;
};

constexpr int kPadding = 10;  // behind the last query base: what the lanes beyond a diagonal's end read and write

// Query bases first..last of one antidiagonal; reference: turned, from the base opposite to `first` on. Lanes beyond the end
// compute what nobody reads. Returns the best score of each lane.
template <bool kBoth>
inline V8 step(int first, int last, const int16_t* query, const int16_t* reference, const Diagonal& now, const Diagonal& before,
               const Diagonal& twice_before, const Deletions& deletions, const Costs& costs) {
  V8 best{};
  for (int h = first; h <= last; h += 8) {
    const V8 same = load<V8>(query + h) == load<V8>(reference + h - first);
    const V8 pair = (same & costs.match) | (~same & costs.mismatch);
    const auto deleted = [&](const int16_t* longer, const int16_t* opened) {
      return max(minus(load<V8>(longer + h + 1), costs.extend), minus(load<V8>(opened + h + 1), costs.open));
    };
    const auto inserted = [&](const int16_t* longer, const int16_t* opened) {
      return max(minus(load<V8>(longer + h), costs.extend), minus(load<V8>(opened + h), costs.open));
    };
    const V8 high_deletion = deleted(deletions.high, before.high);
    const V8 high_insertion = inserted(before.high_insertion, before.high);
    const V8 high = max(max(load<V8>(twice_before.high + h) + pair, high_deletion), high_insertion);
    store(deletions.high + h + 1, high_deletion);
    store(now.high_insertion + h + 1, high_insertion);
    store(now.high + h + 1, high);
    if constexpr (kBoth) {
      const V8 low_deletion = deleted(deletions.low, before.unbroken);
      const V8 low_insertion = inserted(before.low_insertion, before.low);
      const V8 unbroken = max(load<V8>(twice_before.low + h) + pair, low_deletion);
      store(deletions.low + h + 1, low_deletion);
      store(now.low_insertion + h + 1, low_insertion);
      store(now.unbroken + h + 1, unbroken);
      store(now.low + h + 1, max(unbroken, low_insertion));
    }
    const V8 inside = V8{0, 1, 2, 3, 4, 5, 6, 7} < splat(last - h + 1);
    best = max(best, high & inside);
  }
  return best;
}

constexpr int half_up(int value) { return value > 0 ? (value + 1) / 2 : -(-value / 2); }
constexpr int half_down(int value) { return value >= 0 ? value / 2 : -((-value + 1) / 2); }

}  // namespace

template <bool kBoth>
CornerProof::Peak CornerProof::peak(int band, const Penalties& penalties) {
  const auto rows = static_cast<int>(query_.size()) - kPadding;
  const auto columns = static_cast<int>(reference_.size()) - kPadding;
  const int skew = columns - rows;
  const int leftmost = std::min(0, skew) - band;  // of reference index - query index
  const int rightmost = std::max(0, skew) + band;
  const size_t stride = static_cast<size_t>(rows) + kPadding + 2;
  constexpr int kArrays = kBoth ? 5 : 2;
  cells_.assign((3 * kArrays + 2) * stride, 0);
  int16_t* next = cells_.data();
  const auto take = [&next, stride] { return std::exchange(next, next + stride); };
  Diagonal diagonals[3] = {};
  for (Diagonal& each : diagonals) {
    each.high = take();
    each.high_insertion = take();
    if constexpr (kBoth) {
      each.low = take();
      each.low_insertion = take();
      each.unbroken = take();
    }
  }
  const Deletions deletions{take(), take()};
  const Costs costs{splat(penalties.match), splat(-penalties.mismatch), splat(penalties.gap_open), splat(penalties.gap_extend)};

  V8 best{};
  V8 here{};
  const int last_sum = rows + columns - 2;
  for (int sum = 0; sum <= last_sum; ++sum) {
    const Diagonal& now = diagonals[sum % 3];
    const int first = std::max({0, sum - columns + 1, half_up(sum - rightmost)});
    const int last = std::min({rows - 1, sum, half_down(sum - leftmost)});
    best = max(best, here);
    // Base sum - h of the reference stands at (columns - 1 - sum) + h of the turned one.
    here = step<kBoth>(first, last, query_.data(), reference_.data() + (columns - 1 - sum + first), now, diagonals[(sum + 2) % 3],
                       diagonals[(sum + 1) % 3], deletions, costs);
    for (const int beside : {first, last + 2}) {
      now.high[beside] = now.high_insertion[beside] = deletions.high[beside] = 0;
      if constexpr (kBoth) now.low[beside] = now.low_insertion[beside] = now.unbroken[beside] = deletions.low[beside] = 0;
    }
  }
  const Diagonal& last = diagonals[last_sum % 3];
  const int16_t corner = last.high[rows];
  return {corner, corner > highest(best) && (!kBoth || last.low[rows] == corner)};
}

// A path that leaves the band of `band` diagonals beside the two corners' own loses at least min(match, gap_extend) for each
// of them, by gaps or by bases left over at an end. What lies in the band is computed, both ways; with the same answer
// whether or not a deletion may follow an insertion, the lanes do not matter.
std::optional<int> CornerProof::score(std::span<const int8_t> query, std::span<const int8_t> reference, const Penalties& penalties) {
  const auto shorter = static_cast<int>(std::min(query.size(), reference.size()));
  const int loss_per_diagonal = std::min(penalties.match, penalties.gap_extend);
  const bool lanes_settle = penalties.gap_open > penalties.gap_extend;  // else an insertion may get lost between two lanes
  if (shorter == 0 || loss_per_diagonal <= 0 || !lanes_settle) return std::nullopt;
  const auto lay_out = [&](auto from_query, auto from_reference) {
    query_.assign(from_query, from_query + static_cast<std::ptrdiff_t>(query.size()));
    std::replace(query_.begin(), query_.end(), int16_t{4}, kQueryN);
    query_.resize(query.size() + kPadding);
    reference_.assign(from_reference, from_reference + static_cast<std::ptrdiff_t>(reference.size()));
    reference_.resize(reference.size() + kPadding);
  };
  lay_out(query.begin(), reference.rbegin());
  const auto band_for = [&](int score) { return (penalties.match * shorter - score) / loss_per_diagonal + 1; };
  // The least that an insertion with a deletion beside it costs.
  const auto lanes_matter = [&](int score) { return penalties.match * shorter - score >= 2 * penalties.gap_open + penalties.match; };
  int band = kFirstBand;
  Peak forward = peak<false>(band, penalties);
  const bool both = lanes_matter(forward.score);
  if (const int needed = band_for(forward.score); both || needed > band) {
    if (needed > kWidestBand) return std::nullopt;
    band = std::max(band, needed);
    forward = both ? peak<true>(band, penalties) : peak<false>(band, penalties);
  }
  if (!forward.at_corner_only) return std::nullopt;
  lay_out(query.rbegin(), reference.begin());
  const Peak backward = both ? peak<true>(band, penalties) : peak<false>(band, penalties);
  if (!backward.at_corner_only || backward.score != forward.score) return std::nullopt;
  return forward.score;
}

// Base upon base loses match + mismatch of the highest score there could be. Any gap loses gap_open and, as a base on one side
// has no partner then, match. An end that is clipped loses match a base, and so does another diagonal, besides its mismatches.
std::optional<int> lone_mismatch(std::span<const int8_t> query, std::span<const int8_t> reference, const Penalties& penalties) {
  const size_t n = query.size();
  if (n != reference.size() || penalties.gap_open <= penalties.mismatch || penalties.match <= 0) return std::nullopt;
  const auto differ = [](int8_t a, int8_t b) { return a != b || a > 3; };
  const auto first_difference = [&](std::span<const int8_t> a, std::span<const int8_t> b) {
    size_t i = 0;
    while (i < a.size() && i < b.size() && !differ(a[i], b[i])) ++i;
    return i;
  };
  const size_t at = first_difference(query, reference);
  if (at == n || query[at] > 3 || first_difference(query.subspan(at + 1), reference.subspan(at + 1)) != n - at - 1) return std::nullopt;
  const auto loss = static_cast<size_t>(penalties.match + penalties.mismatch);
  const auto match = static_cast<size_t>(penalties.match);
  if (std::min(at, n - at - 1) * match + match <= loss) return std::nullopt;
  for (size_t shift = 1; shift * match <= loss; ++shift) {
    if (shift >= n) return std::nullopt;
    if (first_difference(query.subspan(shift), reference) == n - shift || first_difference(query, reference.subspan(shift)) == n - shift) return std::nullopt;
  }
  return static_cast<int>(at);
}

}  // namespace haploom::realign
