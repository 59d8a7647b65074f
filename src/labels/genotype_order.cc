#include "labels/genotype_order.h"

#include <bit>
#include <cstdint>
#include <optional>

namespace haploom::labels {
namespace {

uint64_t hash(const Genotype& genotype) {
  constexpr uint64_t kPrime1 = 11400714785074694791U, kPrime2 = 14029467366897019727U, kPrime5 = 2870177450012600261U;
  uint64_t mix = kPrime5;
  for (const int allele : genotype) {
    mix += static_cast<uint64_t>(allele) * kPrime2;
    mix = std::rotl(mix, 31) * kPrime1;
  }
  return mix + (genotype.size() ^ (kPrime5 ^ 3527539U));
}

class Table {
 public:
  void insert(const Genotype& genotype) {
    place(genotype);
    ++used_;
    if (used_ * 5 < (slots_.size() - 1) * 3) return;
    size_t size = 8;
    while (size <= used_ * 4) size *= 2;
    const auto old = std::move(slots_);
    slots_.assign(size, std::nullopt);
    for (const auto& slot : old) {
      if (slot) place(*slot);
    }
  }
  std::vector<Genotype> in_order() const {
    std::vector<Genotype> out;
    for (const auto& slot : slots_) {
      if (slot) out.push_back(*slot);
    }
    return out;
  }

 private:
  void place(const Genotype& genotype) {
    constexpr size_t kProbes = 9;
    const size_t mask = slots_.size() - 1;
    uint64_t perturb = hash(genotype);
    for (size_t i = perturb & mask;; perturb >>= 5, i = (i * 5 + 1 + perturb) & mask) {
      const size_t last = i + kProbes <= mask ? i + kProbes : i;
      for (size_t slot = i; slot <= last; ++slot) {
        if (slots_[slot]) continue;
        slots_[slot] = genotype;
        return;
      }
    }
  }

  std::vector<std::optional<Genotype>> slots_ = std::vector<std::optional<Genotype>>(8);
  size_t used_ = 0;
};

}  // namespace

std::vector<Genotype> genotype_order(size_t alts) {
  Table table;
  for (int j = 0; j <= static_cast<int>(alts); ++j) {
    for (int i = 0; i <= j; ++i) table.insert({i, j});
  }
  return table.in_order();
}

}  // namespace haploom::labels
