#include "pipeline/run_info.h"

#include <fmt/format.h>

#include <utility>

#include "base/usage.h"

namespace haploom::pipeline {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out + "\"";
}

std::string options(const MakeExamplesRequest& request) {
  return fmt::format(
      "options {{\n  reference_filename: {}\n  examples_filename: {}\n  candidates_filename: {}\n  gvcf_filename: {}\n  task_id: {}\n"
      "  num_shards: {}\n}}\n",
      quoted(request.inputs.reference), quoted(request.outputs.examples), quoted(request.outputs.candidates), quoted(request.outputs.gvcf),
      request.task, request.tasks);
}

std::string labeling_metrics(const labels::Metrics& of) {
  std::string out = "labeling_metrics {\n";
  for (const auto& [name, value] : {std::pair("truth_variant_sites", of.truth_sites),
                                    {"truth_variant_alleles", of.truth_alleles},
                                    {"candidate_variant_sites", of.candidate_sites},
                                    {"candidate_variant_alleles", of.candidate_alleles},
                                    {"non_confident_candidate_variant_sites", of.non_confident_candidate_sites},
                                    {"true_positive_sites", of.true_positive_sites},
                                    {"true_positive_alleles", of.true_positive_alleles},
                                    {"false_negative_sites", of.false_negative_sites},
                                    {"false_negative_alleles", of.false_negative_alleles},
                                    {"false_positive_sites", of.false_positive_sites},
                                    {"false_positive_alleles", of.false_positive_alleles},
                                    {"inexact_position_matches", of.inexact_positions},
                                    {"exact_position_matches", of.exact_positions},
                                    {"exact_position_and_allele_matches", of.exact_positions_and_alleles},
                                    {"exact_position_and_allele_and_genotype_matches", of.exact_positions_alleles_and_genotypes},
                                    {"truth_multiallelics_sites_with_missed_alleles", of.truth_multiallelics_with_missed_alleles}}) {
    out += fmt::format("  n_{}: {}\n", name, value);
  }
  return out + "}\n";
}

std::string resource_metrics() {
  const base::Usage usage = base::process_usage();
  return fmt::format("resource_metrics {{\n  cpu_user_time_seconds: {}\n  wall_time_seconds: {}\n  memory_peak_rss_mb: {}\n}}\n", usage.cpu_seconds,
                     usage.wall_seconds, usage.peak_memory_bytes >> 20);
}

std::string stats(const MakeExamplesCounts& counts) {
  return fmt::format(
      "stats {{\n  num_examples: {}\n  num_indels: {}\n  num_snps: {}\n  num_class_0: {}\n  num_class_1: {}\n  num_class_2: {}\n"
      "  num_denovo: {}\n  num_nondenovo: {}\n}}\n",
      counts.examples, counts.indels, counts.snps, counts.labels[0], counts.labels[1], counts.labels[2], counts.denovo, counts.not_denovo);
}

}  // namespace

std::string run_info(const MakeExamplesRequest& request, const MakeExamplesCounts& counts, const std::optional<labels::Metrics>& labeling) {
  return fmt::format("# proto-file: learning/genomics/deepvariant/protos/deepvariant.proto\n# proto-message: MakeExamplesRunInfo\n# haploom {}: {}\n",
                     request.version, request.command_line) +
         options(request) + (labeling ? labeling_metrics(*labeling) : "") + resource_metrics() + stats(counts);
}

}  // namespace haploom::pipeline
