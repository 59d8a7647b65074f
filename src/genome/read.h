// One aligned sequence: a sequencing read, or a haplotype of the pangenome seen as one.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genome/cigar.h"

namespace haploom::genome {

inline constexpr int32_t kNoHaplotypeTag = INT32_MIN;

struct Read {
  std::string name;
  uint8_t number = 0;    // 0: unpaired or first of its pair, 1: second
  uint8_t mapq = 0;
  bool reverse = false;
  int32_t haplotype_tag = kNoHaplotypeTag;  // HP, or what phasing found; none when it is absent or no integer
  int contig = 0;        // index in the reference's ContigList
  int64_t start = 0;     // 0-based position of the first aligned base
  int64_t end = 0;       // start + reference_length(cigar); kept in step by whoever changes cigar
  int32_t template_length = 0;
  Cigar cigar;
  std::string bases;             // upper case
  std::vector<uint8_t> quality;  // Phred, one a base

  std::string key() const { return name + "/" + std::to_string(number); }  // DeepVariant's read key
};

}  // namespace haploom::genome
