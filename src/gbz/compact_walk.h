// The walk of a path in about a byte a step, read from either end.
//
// Kept:   the codes of its two ends, and between them the differences of neighbouring codes: 7 bits a byte, the sign in the
//         lowest bit. Ids within 31 of the one before take 1 byte, within 4095 2 bytes; 5 at worst
// Source: variable byte codes; the last byte of a difference alone is below 128, so that they can be read backwards too
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gbz/byte_code.h"
#include "gbz/gbz.h"

namespace haploom::gbz {

// Node codes of one path, front to back. 32 bits are enough for 2^31 nodes.
using Walk = std::vector<uint32_t>;
constexpr uint64_t kMostNodeIds = (uint64_t{1} << 31) - 1;

struct CompactWalk {
  uint32_t first = 0, last = 0;  // 0: no step
  uint64_t steps = 0;
  std::string differences;
};

class WalkWriter {
 public:
  void add(uint32_t code);
  // What was added since the last time, in memory of just its size.
  CompactWalk take();

 private:
  CompactWalk walk_;
};

// On one step of a walk, or behind its last one; the walk must stay where it is.
class WalkCursor {
 public:
  // reverse: from the other end, every node turned.
  WalkCursor(const CompactWalk& walk, bool reverse)
      : at_(walk.differences.data() + (reverse ? walk.differences.size() : 0)),
        end_(walk.differences.data() + (reverse ? 0 : walk.differences.size())),
        forward_code_(reverse ? walk.last : walk.first),
        reverse_(reverse) {
    if (walk.steps == 0) forward_code_ = reverse_;
  }

  uint32_t code() const { return forward_code_ ^ uint32_t{reverse_}; }  // the endmarker behind the last step
  uint32_t advance();

 private:
  const char* at_;
  const char* end_;
  uint32_t forward_code_;
  bool reverse_;
};

inline uint32_t WalkCursor::advance() {
  if (at_ == end_) {
    forward_code_ = reverse_;
    return kEndmarker;
  }
  uint64_t value = 0;
  if (!reverse_) {
    value = take_byte_code(at_);
  } else {
    const auto byte = [](const char* at) { return static_cast<uint8_t>(*at); };
    value = byte(--at_);
    while (at_ != end_ && byte(at_ - 1) >= 128) value = value << 7 | (byte(--at_) & 127U);
  }
  const auto difference = static_cast<uint32_t>(value >> 1);
  forward_code_ += ((value & 1) != 0) == reverse_ ? difference : 0U - difference;
  return code();
}

CompactWalk compact(const Walk& walk);
Walk steps_of(const CompactWalk& walk);

}  // namespace haploom::gbz
