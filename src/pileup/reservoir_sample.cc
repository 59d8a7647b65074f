#include <bit>
#include <numeric>
#include <random>

#include "base/error.h"
#include "pileup/pileup.h"

namespace haploom::pileup {
namespace {

constexpr uint32_t kSeed = 609314161;  // make_examples_options.py, random_seed

// numpy's legacy randint(0, last + 1): words of the generator, masked, until one is in range.
uint32_t random_up_to(uint32_t last, std::mt19937& words) {
  const uint32_t mask = std::bit_ceil(uint64_t{last} + 1) - 1;
  while (true) {
    const auto draw = static_cast<uint32_t>(words()) & mask;
    if (draw <= last) return draw;
  }
}

}  // namespace

std::vector<int32_t> reservoir_sample(int64_t items, int64_t keep) {
  check(items >= 0 && items <= INT32_MAX, "a partition's reads can be counted in 31 bits");
  std::vector<int32_t> slots(static_cast<size_t>(keep <= 0 ? items : std::min(items, keep)));
  std::iota(slots.begin(), slots.end(), 0);
  std::mt19937 words(kSeed);
  for (auto item = static_cast<int64_t>(slots.size()); item < items; ++item) {
    const uint32_t slot = random_up_to(static_cast<uint32_t>(item), words);
    if (slot < slots.size()) slots[slot] = static_cast<int32_t>(item);
  }
  return slots;
}

}  // namespace haploom::pileup
