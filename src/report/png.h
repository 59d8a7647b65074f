// PNG files: 8-bit RGB, one zlib stream, every line as its difference from the line above; the same bytes for the same
// pixels and zlib.
//
// Source: Portable Network Graphics, W3C Recommendation, 2nd edition (ISO/IEC 15948:2003)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace haploom::report {

// rgb: [height][width][3].
std::string png(int width, int height, std::span<const uint8_t> rgb);

}  // namespace haploom::report
