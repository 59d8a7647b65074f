#include <algorithm>

#include "realign/lanes.h"
#include "realign/smith_waterman.h"

namespace haploom::realign {
namespace {

using namespace lanes;

constexpr int kCodes = 5;

}  // namespace

std::vector<int8_t> base_codes(std::string_view bases) {
  std::vector<int8_t> out(bases.size());
  std::transform(bases.begin(), bases.end(), out.begin(), [](char base) -> int8_t {
    switch (base & ~0x20) {
      case 'A': return 0;
      case 'C': return 1;
      case 'G': return 2;
      case 'T': return 3;
      default: return 4;
    }
  });
  return out;
}

void StripedQuery::assign(std::span<const int8_t> codes, const Penalties& penalties) {
  codes_.assign(codes.begin(), codes.end());
  penalties_ = penalties;
  profiled_lanes_ = 0;
}

void StripedQuery::profile(int lanes) {
  if (profiled_lanes_ == lanes) return;
  profiled_lanes_ = lanes;
  const auto length = static_cast<int>(codes_.size());
  segments_ = (length + lanes - 1) / lanes;
  stride_ = segments_ * lanes;
  profile_.resize(static_cast<size_t>(kCodes * stride_));
  columns_.resize(static_cast<size_t>(3 * stride_));
  int16_t* out = profile_.data();
  for (int code = 0; code < kCodes; ++code) {
    for (int segment = 0; segment < segments_; ++segment) {
      for (int lane = 0; lane < lanes; ++lane) {
        const int at = segment + lane * segments_;
        int score = 0;
        if (at < length) score = code < 4 && codes_[static_cast<size_t>(at)] == code ? penalties_.match : -penalties_.mismatch;
        *out++ = static_cast<int16_t>(score);
      }
    }
  }
}

namespace {

struct GapPenalties {
  V8 open;
  V8 extend;
};

// Turns `column` (H) and `deletions` (E, which runs along the reference) into those of the next reference base. Returns the
// best of each lane.
template <int kLanes, class Vector>
inline Vector step(int stride, const int16_t* scores, const GapPenalties& gap, int16_t* column, int16_t* deletions) {
  Vector insertion{};  // F: runs along the query
  Vector best{};
  Vector cell = shifted(load<Vector>(column + stride - kLanes));
  for (int at = 0; at < stride; at += kLanes) {
    Vector deletion = load<Vector>(deletions + at);
    cell = max(max(add(cell, load<Vector>(scores + at)), deletion), insertion);
    best = max(best, cell);
    const Vector diagonal = load<Vector>(column + at);
    store(column + at, cell);
    const Vector opened = minus(cell, gap.open);
    store(deletions + at, max(minus(deletion, gap.extend), opened));
    insertion = max(minus(insertion, gap.extend), opened);
    cell = diagonal;
  }
  // Insertions that reach over from one lane into the next. The deletions are left as they are.
  for (int lane = 0; lane < kLanes; ++lane) {
    insertion = shifted(insertion);
    for (int at = 0; at < stride; at += kLanes) {
      cell = max(load<Vector>(column + at), insertion);
      best = max(best, cell);
      store(column + at, cell);
      insertion = minus(insertion, gap.extend);
      if (!any_above(insertion, minus(cell, gap.open))) return best;
    }
  }
  return best;
}

GapPenalties gaps(const Penalties& penalties) { return {splat(penalties.gap_open), splat(penalties.gap_extend)}; }

}  // namespace

template <int kLanes>
void StripedQuery::begin() {
  profile(kLanes);
  std::fill(columns_.begin(), columns_.end(), int16_t{0});
}

template <int kLanes>
int StripedQuery::advance(std::span<const int8_t> reference) {
  using Vector = typename Register<kLanes>::type;
  const GapPenalties gap = gaps(penalties_);
  Vector best{};
  for (const int8_t base : reference) {
    best = max(best, step<kLanes, Vector>(stride_, profile_.data() + base * stride_, gap, columns_.data(), columns_.data() + stride_));
  }
  return highest(best);
}

template <int kLanes>
LocalEnd StripedQuery::find(std::span<const int8_t> reference, int stop_at) {
  using Vector = typename Register<kLanes>::type;
  LocalEnd best;
  best.lanes = kLanes;
  const GapPenalties gap = gaps(penalties_);
  int16_t* column = columns_.data();
  int16_t* best_column = column + 2 * stride_;
  V8 bound = splat(0);
  for (size_t i = 0; i < reference.size(); ++i) {
    const auto lanes = step<kLanes, Vector>(stride_, profile_.data() + reference[i] * stride_, gap, column, column + stride_);
    if (any_above(lanes, bound)) {
      best.score = highest(lanes);
      best.reference = static_cast<int>(i);
      bound = splat(best.score);
      std::copy_n(column, stride_, best_column);
    }
    if (stop_at > 0 && best.score >= stop_at && highest(lanes) == stop_at) break;
  }
  if (best.score == 0) return best;
  best.query = static_cast<int>(codes_.size()) - 1;
  for (int i = 0; i < stride_; ++i) {
    if (best_column[i] == best.score) best.query = std::min(best.query, i / kLanes + i % kLanes * segments_);
  }
  return best;
}

template void StripedQuery::begin<8>();
template void StripedQuery::begin<16>();
template int StripedQuery::advance<8>(std::span<const int8_t>);
template int StripedQuery::advance<16>(std::span<const int8_t>);
template LocalEnd StripedQuery::find<8>(std::span<const int8_t>, int);
template LocalEnd StripedQuery::find<16>(std::span<const int8_t>, int);

}  // namespace haploom::realign
