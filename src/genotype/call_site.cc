#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "genotype/genotype.h"
#include "genotype/merge.h"
#include "genotype/quality.h"

namespace haploom::genotype {
namespace {

void check_sizes(const Site& site, const std::vector<genome::AltSet>& sets,
                 const std::vector<genome::GenotypeProbabilities>& probabilities) {
  const size_t alleles = site.alts.size() + 1;
  check(!site.ref.empty() && !site.alts.empty(), "a site has a reference base and an alt");
  check(site.allele_depth.empty() || site.allele_depth.size() == alleles, "a site has one depth an allele");
  check(site.vaf.empty() || site.vaf.size() + 1 == alleles, "a site has one fraction an alt");
  check(probabilities.size() == sets.size(), "a site has one answer an alt set");
  for (const auto& answer : probabilities)
    check(std::isfinite(answer[0]) && std::isfinite(answer[1]) && std::isfinite(answer[2]), "probabilities are numbers");
}

// The part of a list about REF and all alts that is about REF and the listed ones.
template <typename T>
std::vector<T> of_alleles(const std::vector<T>& values, const std::vector<int>& listed) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.push_back(values[0]);
  for (const int alt : listed)
    if (static_cast<size_t>(alt) + 1 < values.size()) out.push_back(values[static_cast<size_t>(alt) + 1]);
  return out;
}

// On methylation of REF and ALT: none on one and nearly full on another allele, nearly full, or neither.
// Source: determine_methylation_type of nucleus/util/variantcall_utils.py (DeepVariant 1.9), with its thresholds.
std::string methylation_type(const std::vector<double>& fractions) {
  constexpr double kLow = 0.2, kHigh = 0.8;
  const auto any = [&fractions](auto holds) { return std::any_of(fractions.begin(), fractions.end(), holds); };
  if (!any([](double fraction) { return fraction > 0; })) return "";
  if (!any([](double fraction) { return fraction >= kHigh; })) return "0/0";
  return any([](double fraction) { return fraction <= kLow; }) ? "0/1" : "1/1";
}

Call call_of(const Site& site, const std::vector<int>& listed) {
  Call call;
  call.contig = site.contig;
  call.start = site.start;
  call.ref = site.ref;
  call.depth = site.depth;
  call.allele_depth = of_alleles(site.allele_depth, listed);
  call.notes = site.notes;
  call.notes.methylated_fraction = of_alleles(site.notes.methylated_fraction, listed);
  call.notes.methylation_depth = of_alleles(site.notes.methylation_depth, listed);
  call.methylation_type = methylation_type(call.notes.methylated_fraction);
  for (const int alt : listed) {
    call.alts.push_back(site.alts[static_cast<size_t>(alt)]);
    if (!site.vaf.empty()) call.vaf.push_back(site.vaf[static_cast<size_t>(alt)]);
  }
  return call;
}

std::vector<int> all_alts(const Site& site) {
  std::vector<int> out(site.alts.size());
  std::iota(out.begin(), out.end(), 0);
  return out;
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

// Orders the genotype by haplotype where both alleles have one of their own. As upstream does, an allele is looked up by its
// number in the call, which is another than in the site after an alt before it was removed.
void phase_genotype(Call& call, const Phase& phase) {
  const std::array<int, 2> genotype = call.genotype;
  if (static_cast<size_t>(genotype[1]) >= phase.allele_haplotype.size()) return;
  const int first = phase.allele_haplotype[static_cast<size_t>(genotype[0])];
  const int second = phase.allele_haplotype[static_cast<size_t>(genotype[1])];
  if (first == 0 || second == 0 || first == second) return;
  call.phased = true;
  call.phase_set = phase.set;
  if (first == 2) call.genotype = {genotype[1], genotype[0]};
}

void fill_genotype(Call& call, const std::optional<Phase>& phase, const std::vector<double>& probabilities, const CallOptions& options) {
  call.quality = site_quality(probabilities);
  const auto best = std::max_element(probabilities.begin(), probabilities.end());
  call.genotype = genotype_at(static_cast<int>(best - probabilities.begin()));
  if (phase) phase_genotype(call, *phase);
  if (!options.genotype_without_reads && std::accumulate(call.allele_depth.begin(), call.allele_depth.end(), int64_t{0}) == 0) {
    call.genotype = {-1, -1};
    call.likelihoods = {0, 0};
    call.filter = filter_of(call, options.qual_filter);
    return;
  }
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

Site site_of(const genome::Candidate& candidate) {
  Site site;
  site.contig = candidate.contig;
  site.start = candidate.start;
  site.ref = candidate.ref;
  site.alts = candidate.alts;
  site.depth = candidate.depth;
  site.allele_depth = candidate.allele_depth;
  for (size_t i = 1; i < candidate.allele_depth.size(); ++i)
    site.vaf.push_back(candidate.depth == 0 ? 0.0 : static_cast<double>(candidate.allele_depth[i]) / candidate.depth);
  return site;
}

Call call_site(const Site& site, const std::vector<genome::GenotypeProbabilities>& probabilities, const CallOptions& options,
               Ploidy ploidy) {
  const std::vector<genome::AltSet> sets = genome::alt_sets(static_cast<int>(site.alts.size()));
  check_sizes(site, sets, probabilities);
  const bool biallelic = site.alts.size() == 1;
  const std::vector<int> kept = biallelic ? all_alts(site) : kept_alts(sets, probabilities, options.multi_allelic_qual_filter);
  const std::vector<int> listed = options.removed_alts == RemovedAlts::kInAlt ? all_alts(site) : kept;
  Call call = call_of(site, listed);
  std::vector<double> merged(probabilities[0].begin(), probabilities[0].end());
  if (!biallelic) {
    const bool modelled = options.use_multiallelic_model && listed.size() == 2;
    merged = modelled ? modelled_probabilities(sets, probabilities, kept) : merged_probabilities(sets, probabilities, kept, listed);
    if (options.removed_alts == RemovedAlts::kInInfo) call.candidates = fmt::format("{}", fmt::join(site.alts, "|"));
  }
  if (ploidy == Ploidy::kHaploid) make_haploid(merged);
  cut_common_suffix(call);
  fill_genotype(call, site.phase, merged, options);
  return call;
}

Call call_site(const genome::Candidate& candidate, const std::vector<genome::GenotypeProbabilities>& probabilities,
               const CallOptions& options, Ploidy ploidy) {
  return call_site(site_of(candidate), probabilities, options, ploidy);
}

}  // namespace haploom::genotype
