#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "model/model.h"

namespace haploom::model {
namespace {

// NumPy's round(): times, to the nearest whole number (ties to even), and back; in float32 for a float32. 1e10 is exact in both.
template <class Real>
Real to_ten_decimals(Real value) {
  constexpr Real kScale = 1e10;
  return std::nearbyint(value * kScale) / kScale;
}

}  // namespace

genome::GenotypeProbabilities rounded(const std::array<float, 3>& softmax) {
  const double sum = static_cast<double>(softmax[0]) + softmax[1] + softmax[2];
  check(std::abs(sum - 1) <= 1e-6, "three probabilities sum to 1");
  size_t smallest = 0;
  for (size_t i = 1; i < 3; ++i) smallest = softmax[i] < softmax[smallest] ? i : smallest;
  genome::GenotypeProbabilities out{};
  double others = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (i == smallest) continue;
    out[i] = to_ten_decimals(softmax[i]);
    others += out[i];
  }
  out[smallest] = std::max(0.0, to_ten_decimals(1 - others));
  return out;
}

}  // namespace haploom::model
