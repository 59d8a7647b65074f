// A truth record as the labelers see it, and the confident regions around it.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "genome/region.h"

namespace haploom::labels {

struct Truth {
  int64_t start = 0;  // of the first REF base
  int64_t end = 0;
  std::string ref;
  std::vector<std::string> alts;
  std::vector<int> genotype;  // allele numbers, 0 is REF, -1 missing; one or two
  std::string info;           // the class field's text; empty without one
};

// Regions of the whole genome, asked for single positions.
class RegionSet {
 public:
  explicit RegionSet(std::vector<genome::Region> regions);
  bool contains(int contig, int64_t position) const;
  bool empty() const { return regions_.empty(); }

 private:
  std::vector<genome::Region> regions_;  // merged
};

// Length of what two alleles have in common at their right ends, never all of the shorter one.
size_t common_suffix(std::string_view a, std::string_view b);

}  // namespace haploom::labels
