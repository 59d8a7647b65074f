// A number as a byte code: 7 bits a byte, low group first, the top bit set when another byte follows.
//
// For bytes that we have written ourselves: those of files go through the checked reader of bwt.cc.
// Source: GBZ file format, "Byte code"
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

namespace haploom::gbz {

inline void append_byte_code(uint64_t value, std::string& out) {
  for (; value >= 128; value >>= 7) out += static_cast<char>((value & 127) | 128);
  out += static_cast<char>(value);
}

inline uint64_t take_byte_code(const char*& at) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= uint64_t{byte & 127U} << shift;
    if (byte < 128) return value;
  }
}

}  // namespace haploom::gbz
