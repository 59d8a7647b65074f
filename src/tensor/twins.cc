#include "tensor/twins.h"

#include <bit>
#include <functional>
#include <numeric>
#include <string_view>

namespace haploom::tensor {
namespace {

constexpr int32_t kEmpty = -1;

}  // namespace

std::vector<int32_t> twins(const std::vector<genome::Read>& reads) {
  // Open addressing with half the slots free: the first record of each read.
  std::vector<int32_t> slots(std::bit_ceil(2 * reads.size() + 2), kEmpty);
  const size_t mask = slots.size() - 1;
  std::vector<int32_t> next;
  for (size_t i = 0; i < reads.size(); ++i) {
    size_t slot = (std::hash<std::string_view>()(reads[i].name) + reads[i].number) & mask;
    const auto other = [&] { return static_cast<size_t>(slots[slot]); };
    const auto same = [&] { return reads[other()].number == reads[i].number && reads[other()].name == reads[i].name; };
    while (slots[slot] != kEmpty && !same()) slot = (slot + 1) & mask;
    if (slots[slot] == kEmpty) {
      slots[slot] = static_cast<int32_t>(i);
      continue;
    }
    if (next.empty()) {
      next.resize(reads.size());
      std::iota(next.begin(), next.end(), 0);
    }
    std::swap(next[i], next[other()]);
  }
  return next;
}

}  // namespace haploom::tensor
