#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "model/model.h"

namespace haploom::model {
namespace {

// To 10 decimals as Python's round() does it: by the exact decimal value of the double, ties to even.
double to_ten_decimals(double value) {
  std::array<char, 64> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 10);
  check(written.ec == std::errc(), "a probability has few digits");
  double out = 0;
  std::from_chars(text.data(), written.ptr, out);
  return out;
}

}  // namespace

genome::GenotypeProbabilities rounded(const std::array<double, 3>& softmax) {
  check(std::abs(softmax[0] + softmax[1] + softmax[2] - 1) <= 1e-6, "three probabilities sum to 1");
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
