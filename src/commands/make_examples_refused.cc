#include "commands/make_examples_refused.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/log.h"
#include "commands/commands.h"
#include "commands/flag_values.h"

namespace haploom::commands {
namespace {

enum class Kind { kSwitch, kValue };

struct Refused {
  const char* flag;
  Kind kind;
  const char* asks_nothing;  // the value that asks for nothing
  const char* why;
};

constexpr Refused kRefused[] = {
    // gone in DeepVariant itself
    {"channels", Kind::kValue, "", "was removed from DeepVariant: write --channel_list"},
    {"add_hp_channel", Kind::kSwitch, "false", "was removed from DeepVariant: put haplotype into --channel_list"},
    {"use_allele_frequency", Kind::kSwitch, "false", "was removed from DeepVariant: put allele_frequency into --channel_list"},
    // examples go through files
    {"stream_examples", Kind::kSwitch, "false", "asks for examples through shared memory; `haploom call` needs no files between its steps"},
    // base modifications
    {"enable_methylation_calling", Kind::kSwitch, "false", "asks for base modifications, which are not read"},
    {"enable_methylation_aware_phasing", Kind::kSwitch, "false", "asks for base modifications, which are not read"},
    // somatic calling
    {"exclude_variants_vcf_filename", Kind::kValue, "", "belongs to somatic calling, which this release does not do"},
    {"use_non_uniform_downsampling", Kind::kSwitch, "false", "belongs to somatic calling, which this release does not do"},
    // traces for DeepVariant's developers
    {"realigner_diagnostics", Kind::kValue, "", "asks for traces of the realigner, which this one does not write"},
    {"emit_realigned_reads", Kind::kSwitch, "false", "asks for traces of the realigner, which this one does not write"},
    {"output_phasing_error_stats", Kind::kValue, "", "asks for a table of phasing errors, which this release does not write"},
    {"ws_window_selector_model", Kind::kValue, "", "asks for a window selector's model from a file; the built-in one is --ws_use_window_selector_model"},
};

struct WithoutEffect {
  const char* flag;
  Kind kind;
  const char* why;
};

constexpr WithoutEffect kWithoutEffect[] = {
    {"parse_sam_aux_fields", Kind::kSwitch, "tags are read where a channel needs them"},
    {"aux_fields_to_keep", Kind::kValue, "tags are read where a channel needs them"},
    {"aln_k", Kind::kValue, "DeepVariant's aligner does not read it"},
    {"aln_error_rate", Kind::kValue, "DeepVariant's aligner does not read it"},
    {"mean_coverage_per_sample", Kind::kValue, "DeepVariant 1.9 draws a coverage of 0 whatever it says"},
    {"sample_mean_coverage_on_calling_regions", Kind::kSwitch, "DeepVariant 1.9 draws a coverage of 0 whatever it says"},
    {"shm_prefix", Kind::kValue, "examples go through files"},
    {"shm_buffer_size", Kind::kValue, "examples go through files"},
    {"methylation_calling_threshold", Kind::kValue, "base modifications are not read"},
    {"exclude_contigs_for_methylation_phasing", Kind::kValue, "base modifications are not read"},
    {"exclude_variants_af_threshold", Kind::kValue, "it needs --exclude_variants_vcf_filename"},
    {"non_uniform_downsampling_threshold", Kind::kValue, "it needs --use_non_uniform_downsampling"},
    {"enable_joint_realignment", Kind::kSwitch, "one sample alone is realigned"},
    {"hts_block_size", Kind::kValue, "files are read in htslib's own blocks"},
    {"deterministic_serialization", Kind::kSwitch, "equal records have equal bytes in any case"},
    {"output_debug_info", Kind::kSwitch, "the log tells of errors with their place in any case"},
    {"logging_level", Kind::kValue, "the log has one level"},
};

void add(CLI::App& command, const std::string& flag, Kind kind) {
  if (kind == Kind::kSwitch) {
    command.add_flag(fmt::format("--{0},!--no{0}", flag))->group(kHidden)->take_last();
  } else {
    command.add_option("--" + flag)->group(kHidden)->take_last();
  }
}

// Whether the last value given asks for something. A switch's is written in many ways: =False, =0, =f.
bool asks(const CLI::Option& option, const Refused& one) {
  if (one.kind == Kind::kSwitch) return option.as<bool>() != (std::string_view(one.asks_nothing) == "true");
  return option.results().back() != one.asks_nothing;
}

}  // namespace

void add_refused_flags(CLI::App& command) {
  for (const Refused& one : kRefused) add(command, one.flag, one.kind);
  for (const WithoutEffect& one : kWithoutEffect) add(command, one.flag, one.kind);
}

void check_refused_flags(const CLI::App& command) {
  for (const Refused& one : kRefused) {
    const CLI::Option* option = command.get_option_no_throw(fmt::format("--{}", one.flag));
    if (option == nullptr || option->count() == 0 || !asks(*option, one)) continue;
    throw usage_error(fmt::format("--{} {}", one.flag, one.why), fmt::format("leave --{} out", one.flag));
  }
}

void warn_of_flags_without_effect(const CLI::App& command) {
  for (const WithoutEffect& one : kWithoutEffect) {
    if (command.count(fmt::format("--{}", one.flag)) > 0) base::warn("commands", "--{} changes nothing: {}", one.flag, one.why);
  }
}

}  // namespace haploom::commands
