#include "pipeline/small_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "base/usage.h"

namespace haploom::pipeline {
namespace {

constexpr double kMostSure = 1 - 1e-7;

// Alts that stand for no allele. Source: nucleus/util/variant_utils.py, vcf_constants.py
bool is_allele(std::string_view alt) { return alt != "<*>" && alt != "<NON_REF>" && alt != "."; }

std::vector<std::string> alleles_of(const genome::Candidate& candidate) {
  std::vector<std::string> out;
  std::copy_if(candidate.alts.begin(), candidate.alts.end(), std::back_inserter(out), is_allele);
  return out;
}

bool are_single(const std::vector<std::string>& alleles) {
  return std::all_of(alleles.begin(), alleles.end(), [](const std::string& allele) { return allele.size() == 1; });
}

double quality(const std::array<float, 3>& probabilities) {
  const double best = *std::max_element(probabilities.begin(), probabilities.end());
  return -10 * std::log10(1 - std::min(best, kMostSure));
}

std::vector<genome::AltSet> sets_of(const genome::Candidate& candidate) { return genome::alt_sets(static_cast<int>(candidate.alts.size())); }

std::vector<std::string> in_order_of_drawing(const SampleNames& samples, bool has_pangenome) {
  if (has_pangenome) return {samples.haplotypes, samples.reads};
  return {samples.reads};
}

// Two records of one read have one phase: the last one's.
std::vector<int> phases_of(const std::vector<genome::Read>& reads) {
  std::unordered_map<std::string, int> by_key;
  by_key.reserve(reads.size());
  for (const genome::Read& read : reads) by_key[read.key()] = std::max(0, static_cast<int>(read.haplotype_tag));
  std::vector<int> out;
  out.reserve(reads.size());
  for (const genome::Read& read : reads) out.push_back(by_key.at(read.key()));
  return out;
}

// The class of a site with one alt is its genotype, where one copy may be all there is; of others the copies of the set.
int64_t class_of(const genome::Candidate& candidate, const labels::Label& label, const genome::AltSet& alts) {
  const bool haploid = label.genotype.size() == 1 && alleles_of(candidate).size() == 1;
  return haploid ? 2 * label.value(alts) : label.value(alts);
}

}  // namespace

bool is_for_small_model(const genome::Candidate& candidate, const SmallModelOptions& options) {
  const std::vector<std::string> alleles = alleles_of(candidate);
  if (alleles.size() != 1) return options.multiallelics;
  return (candidate.ref.size() == 1 && are_single(alleles) ? options.snp_gq : options.indel_gq) >= 0;
}

bool is_sure(const genome::Candidate& candidate, const genome::AltSet& alts, const std::array<float, 3>& probabilities,
             const SmallModelOptions& options) {
  const bool snp = candidate.ref.size() == 1 &&
                   std::all_of(alts.begin(), alts.end(), [&candidate](int alt) { return candidate.alts[static_cast<size_t>(alt)].size() == 1; });
  const int least = snp ? options.snp_gq : options.indel_gq;
  return least >= 0 && quality(probabilities) >= least;
}

Summaries::Summaries(const SampleNames& samples, bool has_pangenome, const candidates::SummaryOptions& options)
    : samples_(samples),
      has_pangenome_(has_pangenome),
      options_(options),
      names_(candidates::summary_feature_names(in_order_of_drawing(samples, has_pangenome), options)) {}

std::string Summaries::features_from() const {
  return fmt::format("train the small model on what --write_small_model_examples writes with the same flags, or give the flags that it was "
                     "trained with: here {} of {} samples, --small_model_vaf_context_window_size {}, {} --phase_reads",
                     has_pangenome_ ? "make_examples_pangenome_aware_dv" : "make_examples", has_pangenome_ ? 2 : 1, options_.window,
                     options_.by_haplotype ? "with" : "without");
}

void Summaries::begin(const Partition& partition) {
  partition_ = &partition;
  phases_.clear();
  if (options_.by_haplotype) phases_ = phases_of(partition.reads);
}

void Summaries::rows(const genome::Candidate& candidate, std::vector<int>& out) const {
  check(partition_ != nullptr, "a partition was begun");
  const Partition& partition = *partition_;
  const auto at = static_cast<size_t>(candidate.start - partition.counted.start);
  static const pileup::PositionCounts kNothing{};
  std::vector<candidates::SummarySample> samples;
  if (has_pangenome_) {
    const pileup::PositionCounts& panel = partition.haplotype_counts.empty() ? kNothing : partition.haplotype_counts[at];
    samples.push_back({samples_.haplotypes, candidates::haplotypes_evidence(candidate, panel, partition.haplotypes), {}});
  }
  samples.push_back({samples_.reads, candidates::reads_evidence(candidate, partition.counts[at], partition.reads), phases_});
  const auto around = candidates::frequencies_around(partition.counted, partition.counts, candidate.start, options_.window);
  for (const genome::AltSet& alts : sets_of(candidate)) {
    const std::vector<int> row = candidates::summary_features(candidate, alts, samples, around, options_);
    out.insert(out.end(), row.begin(), row.end());
  }
}

SmallModelCaller::SmallModelCaller(const SmallModelOptions& options, const Summaries& summaries)
    : options_(options), model_(options.folder, summaries.features(), static_cast<size_t>(options.batch), summaries.features_from()) {}

std::vector<SmallModelCaller::Answer> SmallModelCaller::answers(Partition& partition, Summaries& summaries, SmallModelCost& cost) {
  const double start = base::thread_cpu_seconds();
  std::vector<genome::Candidate*> asked;
  std::vector<int> rows;
  summaries.begin(partition);
  for (genome::Candidate& candidate : partition.candidates) {
    if (!is_for_small_model(candidate, options_)) continue;
    asked.push_back(&candidate);
    summaries.rows(candidate, rows);
  }
  const double made = base::thread_cpu_seconds();
  cost.numbers = made - start;
  if (asked.empty()) return {};

  std::vector<std::array<float, 3>> all;
  model_.infer(std::vector<float>(rows.begin(), rows.end()), rows.size() / summaries.features(), all);
  std::vector<Answer> out;
  auto next = all.begin();
  for (genome::Candidate* candidate : asked) {
    for (genome::AltSet& alts : sets_of(*candidate)) {
      const std::array<float, 3>& probabilities = *next++;
      if (is_sure(*candidate, alts, probabilities, options_)) {
        candidate->small_model = true;
        out.push_back({candidate, std::move(alts), probabilities});
      } else {
        candidate->unanswered.push_back(std::move(alts));
      }
    }
  }
  cost.answers = base::thread_cpu_seconds() - made;
  return out;
}

void keep_unanswered(std::vector<genome::Candidate>& candidates) {
  std::erase_if(candidates, [](const genome::Candidate& candidate) { return candidate.small_model && candidate.unanswered.empty(); });
  std::stable_partition(candidates.begin(), candidates.end(), [](const genome::Candidate& candidate) { return candidate.unanswered.empty(); });
}

std::vector<formats::SummaryRecord> summary_records(const genome::Candidate& candidate, const labels::Label& label,
                                                    const genome::ContigList& contigs, const Summaries& summaries) {
  std::vector<int> rows;
  summaries.rows(candidate, rows);
  std::vector<formats::SummaryRecord> out;
  for (const genome::AltSet& alts : sets_of(candidate)) {
    formats::SummaryRecord& record = out.emplace_back();
    const auto from = rows.begin() + static_cast<std::ptrdiff_t>((out.size() - 1) * summaries.features());
    record.numbers.assign(from, from + static_cast<std::ptrdiff_t>(summaries.features()));
    std::vector<std::string> shown;
    for (const int alt : alts) shown.push_back(candidate.alts[static_cast<size_t>(alt)]);
    record.ids = {contigs[candidate.contig].name, std::to_string(candidate.start), std::to_string(candidate.end()), candidate.ref,
                  fmt::format("{}", fmt::join(shown, "|"))};
    record.label = class_of(candidate, label, alts);
    record.genotype.assign(label.genotype.begin(), label.genotype.end());
  }
  return out;
}

}  // namespace haploom::pipeline
