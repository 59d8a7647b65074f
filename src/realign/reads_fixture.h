// For tests: reads and reference made up in a few words.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <random>
#include <string>

#include "genome/read.h"

namespace haploom::realign {

inline genome::Read read_at(int64_t start, const std::string& cigar, const std::string& bases, uint8_t quality = 30) {
  static int made = 0;
  genome::Read out;
  out.name = "read" + std::to_string(++made);
  out.mapq = 60;
  out.start = start;
  out.cigar = genome::parse_cigar(cigar);
  out.end = start + genome::reference_length(out.cigar);
  out.bases = bases;
  out.quality.assign(bases.size(), quality);
  return out;
}

inline std::string random_bases(int length, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string out;
  for (int i = 0; i < length; ++i) out += "ACGT"[random() % 4];
  return out;
}

}  // namespace haploom::realign
