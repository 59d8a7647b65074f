#include <bit>
#include <numeric>
#include <random>

#include "base/error.h"
#include "pileup/pileup.h"

namespace haploom::pileup {
namespace {

constexpr auto kSeed = static_cast<uint32_t>(kReadSeed);

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

std::vector<int32_t> reservoir_sample(std::span<const int64_t> overlaps, int64_t keep, int64_t max_bases) {
  if (max_bases <= 0) return reservoir_sample(static_cast<int64_t>(overlaps.size()), keep);
  check(overlaps.size() <= INT32_MAX, "a partition's reads can be counted in 31 bits");
  const size_t most = keep <= 0 ? overlaps.size() : static_cast<size_t>(keep);
  std::vector<int32_t> slots;
  std::mt19937 words(kSeed);
  int64_t covered = 0;
  for (size_t item = 0; item < overlaps.size(); ++item) {
    if (slots.size() < most && covered < max_bases) {
      slots.push_back(static_cast<int32_t>(item));
      covered += overlaps[item];
      continue;
    }
    const uint32_t slot = random_up_to(static_cast<uint32_t>(item), words);
    if (slot >= slots.size()) continue;
    covered += overlaps[item] - overlaps[static_cast<size_t>(slots[slot])];
    slots[slot] = static_cast<int32_t>(item);
  }
  if (covered < max_bases) return slots;
  int64_t sum = 0;
  for (size_t i = 0; i < slots.size(); ++i) {
    sum += overlaps[static_cast<size_t>(slots[i])];
    if (sum <= max_bases) continue;
    slots.resize(i + 1);
    break;
  }
  return slots;
}

}  // namespace haploom::pileup
