#include "pipeline/call.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/log.h"
#include "commands/call_flags.h"
#include "commands/commands.h"

namespace haploom::commands {
namespace {

struct Options {
  CallFlags common;
  std::string output_vcf;
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
    {"--output_gvcf", "gVCF output"},
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
    if (command.count(missing.flag) == 0) continue;
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

}  // namespace

void add_call(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("call", "reads, reference and pangenome to a VCF (run_pangenome_aware_deepvariant)");
  options->common.add_to(*command);
  command->set_version_flag("--version", HAPLOOM_VERSION);
  command->add_option("--output_vcf", options->output_vcf, "VCF to write; .gz: bgzipped and indexed")->required();
  command->add_option("--sample_name_reads", options->sample_name_reads, "sample name in the VCF (default: SM of the reads)");
  command->add_option("--sample_name_pangenome", options->sample_name_pangenome, "must differ from the reads' name")
      ->capture_default_str();
  command->add_option("--report", options->report, "JSON with counts, times and memory of the run");
  add_switch(*command, "dry_run", options->dry_run, "say what would be done, and stop");
  command->add_option("--intermediate_results_dir", options->intermediate_results_dir, "accepted; nothing intermediate is written");
  command->add_option("--postprocess_cpus", options->postprocess_cpus, "accepted; --num_shards counts");
  add_switch(*command, "disable_small_model", options->disable_small_model, "accepted; there is none");
  for (const Missing& missing : kMissing) command->add_option(missing.flag)->group("");
  command->callback([options, command] {
    check_flags(*options, *command, called_as() == "run_pangenome_aware_deepvariant");
    const pipeline::CallRequest request = request_of(*options, *command);
    if (options->dry_run) return print_plan(request);
    base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, request.command_line);
    const report::RunSummary summary = pipeline::call(request);
    for (const std::string& line : report::closing_lines(summary)) base::info("report", "{}", line);
    if (!options->report.empty()) report::write_json(summary, options->report);
  });
}

}  // namespace haploom::commands
