#include "genome/cigar.h"

#include <fmt/format.h>

#include "base/error.h"

namespace haploom::genome {

int64_t reference_length(const Cigar& cigar) {
  int64_t sum = 0;
  for (const CigarOp& part : cigar) sum += consumes_reference(part.op) ? part.length : 0;
  return sum;
}

int64_t read_length(const Cigar& cigar) {
  int64_t sum = 0;
  for (const CigarOp& part : cigar) sum += consumes_read(part.op) ? part.length : 0;
  return sum;
}

std::string text(const Cigar& cigar) {
  if (cigar.empty()) return "*";
  std::string out;
  for (const CigarOp& part : cigar) out += fmt::format("{}{}", part.length, part.op);
  return out;
}

Cigar parse_cigar(std::string_view text) {
  Cigar out;
  if (text == "*") return out;
  int32_t length = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      length = length * 10 + (c - '0');
    } else {
      check(std::string_view("MIDNSHP=X").find(c) != std::string_view::npos, "a CIGAR operation is one of MIDNSHP=X");
      out.push_back({c, length});
      length = 0;
    }
  }
  check(length == 0, "a CIGAR ends in an operation");
  return out;
}

void append(Cigar& cigar, char op, int32_t length) {
  if (length <= 0) return;
  if (!cigar.empty() && cigar.back().op == op) {
    cigar.back().length += length;
  } else {
    cigar.push_back({op, length});
  }
}

}  // namespace haploom::genome
