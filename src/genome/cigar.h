// An alignment's operations, as in SAM.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::genome {

struct CigarOp {
  char op = 'M';  // one of MIDNSHP=X
  int32_t length = 0;
  bool operator==(const CigarOp&) const = default;
};
using Cigar = std::vector<CigarOp>;

constexpr bool consumes_reference(char op) { return op == 'M' || op == 'D' || op == 'N' || op == '=' || op == 'X'; }
constexpr bool consumes_read(char op) { return op == 'M' || op == 'I' || op == 'S' || op == '=' || op == 'X'; }
constexpr bool is_match(char op) { return op == 'M' || op == '=' || op == 'X'; }

int64_t reference_length(const Cigar& cigar);
int64_t read_length(const Cigar& cigar);
std::string text(const Cigar& cigar);  // "10M2I5M"; "*" when empty
Cigar parse_cigar(std::string_view text);  // for tests and tools; check()s its input

// Appends, merging with a last operation of the same kind; a length of 0 is dropped.
void append(Cigar& cigar, char op, int32_t length);

}  // namespace haploom::genome
