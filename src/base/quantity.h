// Byte counts as people read them: powers of ten, as in the flag that limits them.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace haploom::base {

// "12.35 GB"; gap: what stands between number and unit.
inline std::string size_text(uint64_t bytes, std::string_view gap = " ") {
  const double value = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000) return fmt::format("{:.2f}{}GB", value / 1e9, gap);
  if (bytes >= 1'000'000) return fmt::format("{:.1f}{}MB", value / 1e6, gap);
  if (bytes >= 1'000) return fmt::format("{:.1f}{}kB", value / 1e3, gap);
  return fmt::format("{}{}bytes", bytes, gap);
}

}  // namespace haploom::base
