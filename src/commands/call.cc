#include "pipeline/call.h"

#include <fmt/format.h>

#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "commands/call_flags.h"
#include "commands/commands.h"

namespace haploom::commands {
namespace {

struct Options {
  CallFlags common;
  std::string output_vcf;
  std::string output_gvcf;
  std::string sample_name_reads;
  std::string sample_name_pangenome = "hprc_v1.1";
  std::string report;
  bool dry_run = false;
  // Taken so that command lines of the original run unchanged; they steer what one process does not have.
  std::string intermediate_results_dir;
  int postprocess_cpus = 0;
  bool disable_small_model = true;
};

// Flags of the original that ask for something this release does not do: told apart from misspelt ones.
struct Missing {
  const char* flag;
  const char* what;
};
constexpr Missing kMissing[] = {
    {"--vcf_stats_report", "the HTML statistics report"},
    {"--runtime_report", "the HTML runtime report (--report FILE.json tells the CPU of each stage)"},
    {"--logging_level", "log levels"},
    {"--logging_dir", "a log file for each step (there is one process and one log, on stderr)"},
    {"--customized_small_model", "a small model"},
    {"--make_examples_extra_args", "extra arguments for single steps"},
    {"--call_variants_extra_args", "extra arguments for single steps"},
    {"--postprocess_variants_extra_args", "extra arguments for single steps"},
    {"--report_title", "the HTML statistics report"},
};

pipeline::CallRequest request_of(const Options& options, const CLI::App& command) {
  pipeline::CallRequest request;
  request.inputs = options.common.input_paths(command);
  request.output_vcf = options.output_vcf;
  if (!options.output_gvcf.empty()) request.output_gvcf = options.output_gvcf;
  request.model_folder = options.common.model_folder();
  request.options = pipeline::preset(options.common.model_type);
  request.threads = options.common.num_shards;
  if (!options.sample_name_reads.empty()) request.sample_name = options.sample_name_reads;
  request.version = HAPLOOM_VERSION;
  request.command_line = command_line();
  return request;
}

void check_flags(const Options& options, const CLI::App& command, bool upstream_name) {
  for (const Missing& missing : kMissing) {
    const CLI::Option* option = command.get_option(missing.flag);
    if (option->count() == 0 || option->results().front() == "false") continue;  // --vcf_stats_report=false asks for nothing
    throw Error{Exit::kUsage, Reason::kUsage, "commands",
                fmt::format("{} asks for {}, which this release does not have", missing.flag, missing.what),
                fmt::format("leave {} out", missing.flag)};
  }
  if (!options.disable_small_model) {
    throw Error{Exit::kUsage, Reason::kUsage, "commands", "--nodisable_small_model asks for a small model, which this release does not have",
                "leave it out"};
  }
  if (upstream_name && options.common.pangenome.empty()) {
    throw Error{Exit::kUsage, Reason::kUsage, "commands", "--pangenome is required",
                "give a GBZ, or use `haploom call` to call without a pangenome"};
  }
  if (!options.sample_name_reads.empty() && options.sample_name_reads == options.sample_name_pangenome) {
    throw Error{Exit::kUsage, Reason::kUsage, "commands",
                fmt::format("the reads and the pangenome are both named {}", options.sample_name_reads),
                "give --sample_name_pangenome another name"};
  }
}

void print_plan(const pipeline::CallRequest& request) {
  fmt::print("model      {}\nreference  {}\nreads      {}\npangenome  {}\noutput     {}\nthreads    {}\n", request.model_folder,
             request.inputs.reference, request.inputs.reads, request.inputs.pangenome.value_or("none"), request.output_vcf,
             request.threads);
}

// What --model_type stands for, so that a log tells how a VCF came about.
void log_preset(const Options& options, const pipeline::CallRequest& request) {
  const pipeline::ExamineOptions& preset = request.options;
  base::info("commands", "preset model_type={} model={} min_mapping_quality={} keep_supplementary_alignments={} normalize_reads={} keep_legacy_allele_counter_behavior={}",
             options.common.model_type, request.model_folder, preset.reads.filter.min_mapq, preset.reads.filter.keep_supplementary,
             preset.normalize_reads, preset.counts.legacy);
  if (options.common.model_type == "WES" && options.common.customized_model.empty())
    base::warn("commands", "no network for exomes is shipped yet: that of whole genomes is used");
}

}  // namespace

void add_call(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("call", "reads, reference and pangenome to a VCF (run_pangenome_aware_deepvariant)");
  options->common.add_to(*command);
  command->set_version_flag("--version", HAPLOOM_VERSION);
  command->add_option("--output_vcf", options->output_vcf, "VCF to write; .gz: bgzipped and indexed")->required();
  command->add_option("--output_gvcf", options->output_gvcf, "gVCF to write beside it, with reference blocks between the calls");
  command->add_option("--sample_name_reads", options->sample_name_reads, "sample name in the VCF (default: SM of the reads)");
  command->add_option("--sample_name_pangenome", options->sample_name_pangenome, "must differ from the reads' name")
      ->capture_default_str();
  command->add_option("--report", options->report, "JSON with counts, times and memory of the run");
  add_switch(*command, "dry_run", options->dry_run, "say what would be done, and stop");
  command->add_option("--intermediate_results_dir", options->intermediate_results_dir, "accepted; nothing intermediate is written");
  command->add_option("--postprocess_cpus", options->postprocess_cpus, "accepted; --num_shards counts");
  add_switch(*command, "disable_small_model", options->disable_small_model, "accepted; there is none");
  for (const Missing& missing : kMissing) command->add_option(missing.flag)->group(kHidden)->expected(0, 1);
  command->callback([options, command] {
    check_flags(*options, *command, called_as() == "run_pangenome_aware_deepvariant");
    const pipeline::CallRequest request = request_of(*options, *command);
    if (options->dry_run) return print_plan(request);
    base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, request.command_line);
    log_preset(*options, request);
    std::optional<base::AtomicFile> json;  // opened before the work: a mistyped folder must not cost a genome
    if (!options->report.empty()) json.emplace(options->report, "report");
    const report::RunSummary summary = pipeline::call(request);
    for (const std::string& line : report::closing_lines(summary)) base::info("report", "{}", line);
    if (json) {
      json->write(report::json(summary));
      json->commit();
    }
  });
}

}  // namespace haploom::commands
