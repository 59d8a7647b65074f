#include "genotype/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace haploom::genotype {
namespace {

// Python's round(value, 7): through the decimal text, correct to the last bit, which value * 1e7 would not be.
double rounded_to_7_decimals(double value) { return std::strtod(fmt::format("{:.7f}", value).c_str(), nullptr); }

}  // namespace

double phred_of_error(double probability) { return -10.0 * std::log10(1.0 - std::min(probability, kMostCertain)); }

double site_quality(std::span<const double> genotype_probabilities) {
  double not_reference = 0;
  for (const double probability : genotype_probabilities.subspan(1)) not_reference += probability;
  return rounded_to_7_decimals(phred_of_error(std::min(not_reference, 1.0)));
}

int genotype_quality(double best_probability) {
  constexpr int kMostGq = 99;  // upstream's cap, for a value of one byte
  return std::min(kMostGq, static_cast<int>(std::nearbyint(phred_of_error(best_probability))));
}

double log10_likelihood(double probability) { return std::log10(std::max(probability, 1.0 - kMostCertain)); }

}  // namespace haploom::genotype
