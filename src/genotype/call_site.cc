#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "genotype/genotype.h"
#include "genotype/merge.h"
#include "genotype/quality.h"

namespace haploom::genotype {
namespace {

void check_sizes(const genome::Candidate& candidate, const std::vector<genome::AltSet>& sets,
                 const std::vector<genome::GenotypeProbabilities>& probabilities) {
  check(!candidate.ref.empty() && !candidate.alts.empty(), "a site has a reference base and an alt");
  check(candidate.allele_depth.size() == candidate.alts.size() + 1, "a site has one depth an allele");
  check(probabilities.size() == sets.size(), "a site has one answer an alt set");
  for (const auto& answer : probabilities)
    check(std::isfinite(answer[0]) && std::isfinite(answer[1]) && std::isfinite(answer[2]), "probabilities are numbers");
}

Call call_of(const genome::Candidate& candidate, const std::vector<int>& kept) {
  Call call;
  call.contig = candidate.contig;
  call.start = candidate.start;
  call.ref = candidate.ref;
  call.depth = candidate.depth;
  call.allele_depth.push_back(candidate.allele_depth[0]);
  for (const int alt : kept) {
    const int count = candidate.allele_depth[static_cast<size_t>(alt) + 1];
    call.alts.push_back(candidate.alts[static_cast<size_t>(alt)]);
    call.allele_depth.push_back(count);
    call.vaf.push_back(candidate.depth == 0 ? 0.0 : static_cast<double>(count) / candidate.depth);
  }
  return call;
}

// Cuts what all alleles end with, leaving each at least one base. The start stays: alleles share their anchor base.
void cut_common_suffix(Call& call) {
  const auto end_with = [&call](char base) {
    return std::all_of(call.alts.begin(), call.alts.end(), [base](const std::string& alt) { return alt.size() > 1 && alt.back() == base; });
  };
  while (call.ref.size() > 1 && end_with(call.ref.back())) {
    call.ref.pop_back();
    for (std::string& alt : call.alts) alt.pop_back();
  }
}

std::array<int, 2> genotype_at(int index) {
  int b = 0;
  while (genotype_count(b + 1) <= index) ++b;
  return {index - genotype_count(b), b};
}

Filter filter_of(const Call& call, double least_quality) {
  if (call.genotype[0] < 0 && call.genotype[1] < 0) return Filter::kNoCall;
  if (call.genotype[0] == 0 && call.genotype[1] == 0) return Filter::kRefCall;
  return call.quality < least_quality ? Filter::kLowQual : Filter::kPass;
}

void fill_genotype(Call& call, const std::vector<double>& probabilities, const CallOptions& options) {
  call.quality = site_quality(probabilities);
  if (std::accumulate(call.allele_depth.begin(), call.allele_depth.end(), int64_t{0}) == 0) {
    call.likelihoods = {0, 0};
    call.filter = filter_of(call, options.qual_filter);
    return;
  }
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  call.genotype = genotype_at(static_cast<int>(best - probabilities.begin()));
  call.genotype_quality = genotype_quality(*best);
  for (const double probability : probabilities) call.likelihoods.push_back(log10_likelihood(probability));
  call.filter = filter_of(call, options.qual_filter);
  // An unsure reference call says "unknown" in GT; its FILTER stays.
  if (call.filter == Filter::kRefCall && call.genotype_quality < options.cnn_homref_call_min_gq) call.genotype = {-1, -1};
}

}  // namespace

std::string_view name(Filter filter) {
  switch (filter) {
    case Filter::kPass: return "PASS";
    case Filter::kRefCall: return "RefCall";
    case Filter::kLowQual: return "LowQual";
    case Filter::kNoCall: return "NoCall";
  }
  return ".";
}

Call call_site(const genome::Candidate& candidate, const std::vector<genome::GenotypeProbabilities>& probabilities,
               const CallOptions& options, Ploidy ploidy) {
  const std::vector<genome::AltSet> sets = genome::alt_sets(static_cast<int>(candidate.alts.size()));
  check_sizes(candidate, sets, probabilities);
  const bool biallelic = candidate.alts.size() == 1;
  const std::vector<int> kept = biallelic ? std::vector<int>{0} : kept_alts(sets, probabilities, options.multi_allelic_qual_filter);
  std::vector<double> merged = biallelic ? std::vector<double>(probabilities[0].begin(), probabilities[0].end())
                                         : merged_probabilities(sets, probabilities, kept);
  if (ploidy == Ploidy::kHaploid) make_haploid(merged);
  Call call = call_of(candidate, kept);
  cut_common_suffix(call);
  fill_genotype(call, merged, options);
  return call;
}

}  // namespace haploom::genotype
