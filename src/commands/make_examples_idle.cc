#include "commands/make_examples_idle.h"

#include <fmt/format.h>

#include "base/log.h"

namespace haploom::commands {
namespace {

// What is true of a run, and why flags change nothing then.
struct Idle {
  bool so;
  const char* why;
  std::vector<const char*> flags;
};

std::vector<Idle> idle_flags(const MakeExamplesFlags& flags, const pipeline::MakeExamplesRequest& request) {
  const bool training = request.mode == pipeline::MakeExamplesMode::kTraining;
  const bool sweep = request.mode == pipeline::MakeExamplesMode::kCandidateSweep;
  const bool by_classes = request.truth.labels.algorithm == labels::Algorithm::kCustomizedClasses;
  return {
      {!training, "it belongs to --mode training",
       {"truth_variants", "confident_regions", "denovo_regions", "labeler_algorithm", "customized_classes_labeler_classes_list",
        "customized_classes_labeler_info_field_name", "downsample_classes", "training_random_emit_ref_sites"}},
      {training && !by_classes, "it needs --labeler_algorithm customized_classes_labeler",
       {"customized_classes_labeler_classes_list", "customized_classes_labeler_info_field_name"}},
      {training, "--mode training draws what --channel_list says", {"checkpoint"}},
      {!training && !flags.checkpoint.empty(), "--checkpoint says what is drawn", {"channel_list"}},
      {sweep, "--mode candidate_sweep writes positions alone",
       {"call_small_model_examples", "candidates", "gvcf", "runtime_by_region", "output_sitelist", "output_local_read_phasing", "phase_reads"}},
      {!flags.phase_reads, "it needs --phase_reads", {"output_phase_info", "reverse_haplotypes", "output_local_read_phasing", "phase_max_candidates"}},
      {!request.candidate_positions.empty(), "--candidate_positions say where partitions end", {"partition_size"}},
      {!request.inputs.proposed_variants, "it needs --variant_caller vcf_candidate_importer", {"proposed_variants"}},
      {request.population_vcfs.empty(), "it needs the channel allele_frequency", {"population_vcfs"}},
      {!flags.small_model.call_small_model_examples, "it needs --call_small_model_examples",
       {"trained_small_model_path", "small_model_inference_batch_size"}},
      {!flags.small_model.call_small_model_examples && !flags.small_model.write_small_model_examples, "there is no small model in the run",
       {"small_model_snp_gq_threshold", "small_model_indel_gq_threshold"}},
      {flags.gvcf.empty(), "it needs --gvcf", {"include_med_dp"}},
      {flags.haploid_contigs.empty(), "it needs --haploid_contigs", {"par_regions_bed"}},
      {!flags.realign_reads, "it needs --realign_reads", {"split_skip_reads"}},
      {flags.alt_aligned_pileup == "none", "it needs --alt_aligned_pileup", {"types_to_alt_align"}},
  };
}

bool asks(const CLI::App& command, const char* flag) {
  const CLI::Option* option = command.get_option_no_throw(fmt::format("--{}", flag));
  if (option == nullptr || option->count() == 0) return false;
  return option->get_expected_min() == 0 ? option->as<bool>() : !option->results().back().empty();
}

}  // namespace

void warn_of_idle_flags(const CLI::App& command, const MakeExamplesFlags& flags, const pipeline::MakeExamplesRequest& request) {
  if (!flags.trim_reads_for_pileup) base::warn("commands", "--notrim_reads_for_pileup changes nothing: DeepVariant 1.9 always trims them");
  for (const Idle& idle : idle_flags(flags, request)) {
    if (!idle.so) continue;
    for (const char* flag : idle.flags) {
      if (asks(command, flag)) base::warn("commands", "--{} changes nothing: {}", flag, idle.why);
    }
  }
}

}  // namespace haploom::commands
