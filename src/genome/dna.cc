#include "genome/dna.h"

#include <algorithm>

namespace haploom::genome {

std::string upper_case(std::string bases) {
  for (char& base : bases) base = upper_case(base);
  return bases;
}

std::string reverse_complement_acgt(std::string_view bases) {
  std::string out(bases.size(), '\0');
  std::transform(bases.rbegin(), bases.rend(), out.begin(), complement_acgt);
  return out;
}

}  // namespace haploom::genome
