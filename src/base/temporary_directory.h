// Where files go that nobody asked for a place: $TMPDIR, without slashes at its end, else /tmp. Whether it is there is not asked.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <string>

namespace haploom::base {

inline std::string temporary_directory() {
  const char* given = std::getenv("TMPDIR");
  std::string directory = given != nullptr ? given : "";
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  return directory.empty() ? "/tmp" : directory;
}

}  // namespace haploom::base
