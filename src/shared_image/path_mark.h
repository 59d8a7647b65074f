// What a path passes, in short: the same from its front as from its end, and another one when a node, its strand or the
// order differs.
//
// The mark is the sum, over the path's visits, of a mixture of the node as the path reads it, times r to the power of the
// bases from that node's first to the path's end, mod 2^64. Either direction makes it in its own order, one product and one
// sum a visit: from the front with r; from the end with 1 / r, which is r^bases too little when all bases are known.
// Not seen: neighbours without bases that change places. Damage is no malice: nobody is kept from making two paths of one mark.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "gbz/gbz.h"

namespace haploom::shared_image {

constexpr uint64_t power(uint64_t base, uint64_t exponent) {
  uint64_t out = 1;
  for (; exponent != 0; exponent >>= 1, base *= base)
    if ((exponent & 1) != 0) out *= base;
  return out;
}

// Powers of one number: two look-ups for exponents as long as nodes are.
class Powers {
 public:
  constexpr explicit Powers(uint64_t base) : beyond_(power(base, kSteps * kSteps)) {
    for (uint64_t i = 0; i < kSteps; ++i) {
      near_[i] = power(base, i);
      far_[i] = power(base, i * kSteps);
    }
  }
  uint64_t of(uint64_t exponent) const {
    const uint64_t low = near_[exponent % kSteps] * far_[exponent / kSteps % kSteps];
    return exponent < kSteps * kSteps ? low : low * power(beyond_, exponent / (kSteps * kSteps));
  }

 private:
  static constexpr uint64_t kSteps = 64;
  uint64_t beyond_;
  std::array<uint64_t, kSteps> near_{}, far_{};
};

// A sequence on its way.
struct PathMark {
  uint64_t bases = 0;
  uint64_t mark = 0;
};

// What a visit of one node strand does to the marks of the sequences that pass it: even ones run from their path's front.
class MarkStep {
 public:
  MarkStep(gbz::NodeCode code, uint64_t bases) : bases_(bases), factors_{kForward.of(bases), kBackward.of(bases)} {
    terms_ = {mixed(code) * factors_[0], mixed(gbz::flipped(code))};
  }
  void take(PathMark& at, uint32_t sequence) const {
    const size_t direction = sequence % 2;
    at.bases += bases_;
    at.mark = at.mark * factors_[direction] + terms_[direction];
  }

  static bool same_path(const PathMark& from_front, const PathMark& from_end) {
    return from_front.bases == from_end.bases && from_front.mark == from_end.mark * kForward.of(from_end.bases);
  }

 private:
  static constexpr uint64_t kRoot = 0x9E3779B97F4A7C15;  // odd, and 5 mod 8: its powers come round after 2^62
  static constexpr uint64_t kInverse = 0xF1DE83E19937733D;
  static_assert(kRoot * kInverse == 1 && kRoot % 8 == 5);
  static constexpr Powers kForward{kRoot}, kBackward{kInverse};

  static constexpr uint64_t mixed(uint64_t code) {
    code = (code + 1) * 0xBF58476D1CE4E5B9;
    return (code ^ code >> 32) * 0xD6E8FEB86659FD93;
  }

  uint64_t bases_;
  std::array<uint64_t, 2> factors_;
  std::array<uint64_t, 2> terms_{};
};

}  // namespace haploom::shared_image
