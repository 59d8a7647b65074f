#include "genotype/merge.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "genotype/quality.h"

namespace haploom::genotype {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

void divide_by_sum(std::vector<double>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  for (double& value : values) value /= sum;
}

bool holds(const std::vector<int>& alts, int alt) { return std::find(alts.begin(), alts.end(), alt) != alts.end(); }

// The set in terms of the listed alleles (0 = REF); empty if an alt of it was not kept.
std::vector<int> kept_alleles(const genome::AltSet& set, const std::vector<int>& kept, const std::vector<int>& listed) {
  std::vector<int> out;
  for (const int alt : set) {
    if (!holds(kept, alt)) return {};
    out.push_back(static_cast<int>(std::find(listed.begin(), listed.end(), alt) - listed.begin()) + 1);
  }
  return out;
}

void bound(double& value, double limit) { value = std::min(value, limit); }

}  // namespace

std::vector<int> kept_alts(const std::vector<genome::AltSet>& sets,
                           const std::vector<genome::GenotypeProbabilities>& probabilities, double least_quality) {
  std::vector<int> kept;
  int best = -1;
  double best_quality = -kUnbounded;
  for (size_t i = 0; i < sets.size(); ++i) {
    if (sets[i].size() != 1) continue;
    const double quality = site_quality(probabilities[i]);
    if (quality >= least_quality) kept.push_back(sets[i][0]);
    if (quality > best_quality) best = sets[i][0], best_quality = quality;
  }
  check(best >= 0, "a site has an answer about at least one single alt");
  if (kept.empty()) kept.push_back(best);
  return kept;
}

std::vector<double> merged_probabilities(const std::vector<genome::AltSet>& sets,
                                         const std::vector<genome::GenotypeProbabilities>& probabilities,
                                         const std::vector<int>& kept, const std::vector<int>& listed) {
  std::vector<double> out(static_cast<size_t>(genotype_count(1 + static_cast<int>(listed.size()))), kUnbounded);
  const auto at = [&out](int a, int b) -> double& { return out[static_cast<size_t>(genotype_index(a, b))]; };
  for (size_t i = 0; i < sets.size(); ++i) {
    const std::vector<int> alleles = kept_alleles(sets[i], kept, listed);
    if (alleles.empty()) continue;
    bound(at(0, 0), probabilities[i][0]);
    for (const int s : alleles) bound(at(0, s), probabilities[i][1]);
    for (const int s : alleles)
      for (const int t : alleles) bound(at(s, t), probabilities[i][2]);
  }
  if (kept.size() < listed.size()) std::replace(out.begin(), out.end(), kUnbounded, 0.0);
  check(std::find(out.begin(), out.end(), kUnbounded) == out.end(), "every genotype is spoken of by some alt set");
  if (std::all_of(out.begin(), out.end(), [](double value) { return value == 0; })) std::fill(out.begin(), out.end(), 1.0);
  divide_by_sum(out);
  return out;
}

void make_haploid(std::vector<double>& genotype_probabilities) {
  int a = 0, b = 0;
  bool any = false;
  for (double& probability : genotype_probabilities) {
    if (a != b) probability = 0;
    any = any || probability != 0;
    if (++a > b) a = 0, ++b;
  }
  if (any) divide_by_sum(genotype_probabilities);
}

}  // namespace haploom::genotype
