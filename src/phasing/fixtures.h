// For the tests of this folder: sites and reads written for a reader.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "phasing/phasing.h"

namespace haploom::phasing {

inline std::vector<genome::Read> reads_named(const std::vector<std::string>& names) {
  std::vector<genome::Read> out;
  for (const std::string& name : names) {
    genome::Read read;
    read.name = name;
    out.push_back(read);
  }
  return out;
}

inline std::vector<genome::Read> reads(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("r" + std::to_string(i));
  return reads_named(names);
}

}  // namespace haploom::phasing
