// Eight 16-bit numbers at a time, and pairs of such, for the alignment's inner loops.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace haploom::realign::lanes {

// g++ and clang turn operations on these into the machine's own vectors. What they do not find themselves is spelled for SSE2,
// which is in every x86-64; the lanes are part of the answer, so that wider machines are of no use here.
typedef int16_t V8 __attribute__((vector_size(16)));

// A pair of registers, so that 16 lanes do not ask for a wider machine.
struct Pair {
  V8 low;
  V8 high;
};

inline V8 max(V8 a, V8 b) { return a > b ? a : b; }
inline Pair max(Pair a, Pair b) { return {max(a.low, b.low), max(a.high, b.high)}; }
inline V8 add(V8 a, V8 b) { return a + b; }
inline Pair add(Pair a, Pair b) { return {a.low + b.low, a.high + b.high}; }
#ifdef __SSE2__
inline V8 minus(V8 a, V8 b) {  // 0 and more; a is not negative
  return reinterpret_cast<V8>(_mm_subs_epu16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
}
inline V8 shifted(V8 v) { return reinterpret_cast<V8>(_mm_slli_si128(reinterpret_cast<__m128i>(v), 2)); }
inline V8 last_first(V8 v) { return reinterpret_cast<V8>(_mm_srli_si128(reinterpret_cast<__m128i>(v), 14)); }
inline bool any(V8 mask) { return _mm_movemask_epi8(reinterpret_cast<__m128i>(mask)) != 0; }
#else
inline V8 minus(V8 a, V8 b) { return max(a - b, V8{}); }
inline V8 shifted(V8 v) { return __builtin_shuffle(v, V8{}, V8{8, 0, 1, 2, 3, 4, 5, 6}); }
inline V8 last_first(V8 v) { return __builtin_shuffle(v, V8{}, V8{7, 8, 8, 8, 8, 8, 8, 8}); }
inline bool any(V8 mask) {
  uint64_t words[2];
  std::memcpy(words, &mask, sizeof words);
  return (words[0] | words[1]) != 0;
}
#endif
inline Pair minus(Pair a, V8 b) { return {minus(a.low, b), minus(a.high, b)}; }
inline Pair shifted(Pair v) { return {shifted(v.low), shifted(v.high) | last_first(v.low)}; }

inline bool any_above(V8 a, V8 b) { return any(a > b); }
inline bool any_above(Pair a, Pair b) { return any((a.low > b.low) | (a.high > b.high)); }
inline bool any_above(Pair a, V8 b) { return any((a.low > b) | (a.high > b)); }

inline int highest(V8 v) {
  int16_t best = v[0];
  for (int i = 1; i < 8; ++i) best = std::max<int16_t>(best, v[i]);
  return best;
}
inline int highest(Pair v) { return highest(max(v.low, v.high)); }

inline V8 splat(int value) { return V8{} + static_cast<int16_t>(value); }

template <int kLanes>
struct Register;
template <>
struct Register<8> {
  using type = V8;
};
template <>
struct Register<16> {
  using type = Pair;
};

template <class Vector>
inline Vector load(const int16_t* from) {
  Vector out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
template <class Vector>
inline void store(int16_t* to, Vector value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace haploom::realign::lanes
