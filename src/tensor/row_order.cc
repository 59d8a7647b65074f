#include "tensor/row_order.h"

#include <bit>
#include <numeric>
#include <random>
#include <utility>

namespace haploom::tensor {
namespace {

constexpr uint64_t kSeed = 2101079370;
constexpr size_t kMostKnown = 512;  // lists kept; a list is 4 n bytes

// Uniform in [0, bound]: words are masked and drawn again until one fits.
uint64_t uniform(std::mt19937_64& generator, uint64_t bound) {
  const uint64_t mask = bound == 0 ? 0 : ~uint64_t{0} >> std::countl_zero(bound);
  while (true) {
    const uint64_t value = generator() & mask;
    if (value <= bound) return value;
  }
}

}  // namespace

std::vector<int32_t> shuffled(int32_t n) {
  std::vector<int32_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 generator(kSeed);
  for (size_t first = 0; first + 1 < order.size(); ++first) {
    const uint64_t step = uniform(generator, order.size() - 1 - first);
    std::swap(order[first], order[first + step]);
  }
  return order;
}

const std::vector<int32_t>& RowOrder::of(int32_t n) {
  const auto found = known_.find(n);
  if (found != known_.end()) return found->second;
  if (known_.size() >= kMostKnown) known_.clear();
  return known_.emplace(n, shuffled(n)).first->second;
}

}  // namespace haploom::tensor
