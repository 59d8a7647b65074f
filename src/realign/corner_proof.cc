#include <algorithm>

#include "realign/smith_waterman.h"

namespace haploom::realign {
namespace {

constexpr int kFirstBand = 8;
constexpr int kWidestBand = 96;
constexpr int16_t kQueryN = 5;  // N fits nothing, not even N

// The values of one antidiagonal, by query base; [0] stands for the one before the first.
struct Diagonal {
  int16_t* high;            // best score of a path that ends here
  int16_t* low;             // the same without a deletion right after an insertion
  int16_t* unbroken;        // low, when no insertion ends here
  int16_t* high_insertion;
  int16_t* low_insertion;
};

struct Run {
  int first;
  int last;
};

// One antidiagonal; plain loops over arrays that do not overlap, for the compiler to turn into vectors. Returns the best.
int16_t step(const Run& run, const int16_t* __restrict query, const int16_t* __restrict reference, const Diagonal& now,
             const Diagonal& before, const Diagonal& twice_before, int16_t* __restrict high_deletion,
             int16_t* __restrict low_deletion, const Penalties& penalties) {
  const auto match = static_cast<int16_t>(penalties.match);
  const auto mismatch = static_cast<int16_t>(-penalties.mismatch);
  const auto open = static_cast<int16_t>(penalties.gap_open);
  const auto extend = static_cast<int16_t>(penalties.gap_extend);
  const auto most = [](int16_t a, int16_t b) { return a > b ? a : b; };
  const auto n = run.last - run.first + 1;
  const auto* __restrict q = query + run.first;
  const auto* __restrict r = reference;
  const auto* __restrict diagonal_high = twice_before.high + run.first;  // query base before, that is
  const auto* __restrict diagonal_low = twice_before.low + run.first;
  const auto* __restrict up_high = before.high + run.first;
  const auto* __restrict up_low = before.low + run.first;
  const auto* __restrict up_high_insertion = before.high_insertion + run.first;
  const auto* __restrict up_low_insertion = before.low_insertion + run.first;
  const auto* __restrict left_high = before.high + run.first + 1;
  const auto* __restrict left_unbroken = before.unbroken + run.first + 1;
  auto* __restrict high = now.high + run.first + 1;
  auto* __restrict low = now.low + run.first + 1;
  auto* __restrict unbroken = now.unbroken + run.first + 1;
  auto* __restrict high_insertion = now.high_insertion + run.first + 1;
  auto* __restrict low_insertion = now.low_insertion + run.first + 1;
  auto* __restrict high_d = high_deletion + run.first + 1;
  auto* __restrict low_d = low_deletion + run.first + 1;
  int16_t best = 0;
  for (int i = 0; i < n; ++i) {
    const int16_t pair = q[i] == r[i] ? match : mismatch;
    const auto hd = most(0, most(static_cast<int16_t>(high_d[i] - extend), static_cast<int16_t>(left_high[i] - open)));
    const auto ld = most(0, most(static_cast<int16_t>(low_d[i] - extend), static_cast<int16_t>(left_unbroken[i] - open)));
    const auto hi = most(0, most(static_cast<int16_t>(up_high_insertion[i] - extend), static_cast<int16_t>(up_high[i] - open)));
    const auto li = most(0, most(static_cast<int16_t>(up_low_insertion[i] - extend), static_cast<int16_t>(up_low[i] - open)));
    const auto h = most(most(static_cast<int16_t>(diagonal_high[i] + pair), hd), hi);
    const auto u = most(static_cast<int16_t>(diagonal_low[i] + pair), ld);
    high_d[i] = hd;
    low_d[i] = ld;
    high_insertion[i] = hi;
    low_insertion[i] = li;
    high[i] = h;
    unbroken[i] = u;
    low[i] = most(u, li);
    best = most(best, h);
  }
  return best;
}

}  // namespace

CornerProof::Peak CornerProof::peak(int band, const Penalties& penalties) {
  const auto rows = static_cast<int>(query_.size());
  const auto columns = static_cast<int>(reference_.size());
  const int skew = columns - rows;
  const int leftmost = std::min(0, skew) - band;  // of reference index - query index
  const int rightmost = std::max(0, skew) + band;
  const size_t stride = static_cast<size_t>(rows) + 3;
  cells_.assign(17 * stride, 0);
  int16_t* next = cells_.data();
  const auto take = [&next, stride] {
    int16_t* out = next;
    next += stride;
    return out;
  };
  Diagonal diagonals[3];
  for (Diagonal& each : diagonals) each = {take(), take(), take(), take(), take()};
  int16_t* high_deletion = take();
  int16_t* low_deletion = take();

  int16_t best = 0;
  const auto half_up = [](int value) { return value > 0 ? (value + 1) / 2 : -(-value / 2); };
  const auto half_down = [](int value) { return value >= 0 ? value / 2 : -((-value + 1) / 2); };
  for (int sum = 0; sum <= rows + columns - 2; ++sum) {
    const Diagonal& now = diagonals[sum % 3];
    const Run run{std::max({0, sum - columns + 1, half_up(sum - rightmost)}),
                  std::min({rows - 1, sum, half_down(sum - leftmost)})};
    if (run.first > run.last) return {};
    // Base sum - h of the reference stands at (columns - 1 - sum) + h of the turned one.
    const int16_t* reference = reference_.data() + (columns - 1 - sum + run.first);
    const int16_t here = step(run, query_.data(), reference, now, diagonals[(sum + 2) % 3], diagonals[(sum + 1) % 3],
                              high_deletion, low_deletion, penalties);
    if (sum < rows + columns - 2) best = std::max(best, here);
    for (const int beside : {run.first, run.last + 2}) {
      const auto at = static_cast<size_t>(beside);
      now.high[at] = now.low[at] = now.unbroken[at] = now.high_insertion[at] = now.low_insertion[at] = 0;
      high_deletion[at] = low_deletion[at] = 0;
    }
  }
  const Diagonal& last = diagonals[(rows + columns - 2) % 3];
  const auto corner = static_cast<size_t>(rows);
  return {last.high[corner], last.high[corner] > best && last.high[corner] == last.low[corner]};
}

// A path that leaves the band of `band` diagonals beside the two corners' own loses at least min(match, gap_extend) for each
// of them, by gaps or by bases left over at an end. What lies in the band is computed, both ways; with the same answer
// whether or not a deletion may follow an insertion, the lanes do not matter.
std::optional<int> CornerProof::score(std::span<const int8_t> query, std::span<const int8_t> reference, const Penalties& penalties) {
  const auto shorter = static_cast<int>(std::min(query.size(), reference.size()));
  const int loss_per_diagonal = std::min(penalties.match, penalties.gap_extend);
  const bool lanes_settle = penalties.gap_open > penalties.gap_extend;  // else an insertion may get lost between two lanes
  if (shorter == 0 || loss_per_diagonal <= 0 || !lanes_settle) return std::nullopt;
  const auto load = [&](auto from_query, auto from_reference) {
    query_.assign(from_query, from_query + static_cast<std::ptrdiff_t>(query.size()));
    std::replace(query_.begin(), query_.end(), int16_t{4}, kQueryN);
    reference_.assign(from_reference, from_reference + static_cast<std::ptrdiff_t>(reference.size()));
  };
  load(query.begin(), reference.rbegin());
  int band = kFirstBand;
  Peak forward = peak(band, penalties);
  const auto band_for = [&](int score) { return (penalties.match * shorter - score) / loss_per_diagonal + 1; };
  if (const int needed = band_for(forward.score); needed > band) {
    if (needed > kWidestBand) return std::nullopt;
    band = needed;
    forward = peak(band, penalties);
  }
  if (!forward.at_corner_only || band < band_for(forward.score)) return std::nullopt;
  load(query.rbegin(), reference.begin());
  const Peak backward = peak(band, penalties);
  if (!backward.at_corner_only || backward.score != forward.score) return std::nullopt;
  return forward.score;
}

}  // namespace haploom::realign
