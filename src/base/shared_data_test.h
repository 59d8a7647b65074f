// For tests: the data that lies beside a developer's checkout and is not part of the project. Tests on it are skipped by
// name where it is not there.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <filesystem>

namespace haploom::base {

// $HAPLOOM_SHARED/data, or ../shared/data beside the checkout; may not exist.
inline std::filesystem::path shared_data() {
  const char* set = std::getenv("HAPLOOM_SHARED");
  return (set != nullptr && *set != '\0' ? std::filesystem::path(set) : std::filesystem::path(HAPLOOM_SOURCE_DIR) / ".." / "shared") / "data";
}

}  // namespace haploom::base
