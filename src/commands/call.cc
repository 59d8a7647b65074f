#include "pipeline/call.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/temporary_directory.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/output_names.h"
#include "commands/shell.h"
#include "commands/steps.h"
#include "model/cascade.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;

// `call` takes a pangenome or none; of the two names of the original one needs it, the other has no such flag.
enum class Program { kEither, kWithPangenome, kWithout };

struct Options {
  RunFlags run;
  std::string report;
  std::string intermediate_results_dir;
  std::string logging_dir;
  bool dry_run = false;
  bool cascade = true;
  bool disable_small_model = true;
  bool vcf_stats_report = false;
  bool runtime_report = false;
  // Taken so that command lines of the original run unchanged.
  std::string report_title;
  std::string logging_level;
};

void check_flags(const Options& options, const CLI::App& command, Program program) {
  const RunFlags& run = options.run;
  if (options.vcf_stats_report)
    throw usage_error("--vcf_stats_report asks for the HTML statistics report, which this release does not make", "leave it out; bcftools stats reads the VCF");
  if (options.runtime_report)
    throw usage_error("--runtime_report asks for the HTML runtime report, which this release does not make", "leave it out; --report FILE.json tells the CPU of each stage");
  if (!options.report_title.empty()) base::warn("commands", "--report_title changes nothing: there is no report");
  if (program == Program::kWithPangenome && run.common.pangenome.empty())
    throw usage_error("--pangenome is required", "give a GBZ, or use run_deepvariant to call without a pangenome");
  if (!run.sample_name.empty() && !run.common.pangenome.empty() && run.sample_name == run.sample_name_pangenome)
    throw usage_error(fmt::format("the reads and the pangenome are both named {}", run.sample_name), "give --sample_name_pangenome another name");
  if (run.output_vcf.empty()) throw usage_error("--output_vcf is empty", "name the VCF to write");
  const bool small_model_wanted = command.count("--disable_small_model") > 0 && !options.disable_small_model;
  if (small_model_wanted && run.customized_small_model.empty())
    throw usage_error("--nodisable_small_model asks for a small model, and none is shipped", "give --customized_small_model FOLDER, or leave it out");
}

// A small model that is given is used unless it is switched off by name.
bool uses_small_model(const Options& options, const CLI::App& command) {
  const bool switched_off = command.count("--disable_small_model") > 0 && options.disable_small_model;
  if (!options.run.customized_small_model.empty() && switched_off)
    base::warn("commands", "--customized_small_model changes nothing beside --disable_small_model");
  return !options.run.customized_small_model.empty() && !switched_off;
}

bool takes_cascade(Options& options, const CLI::App& command) {
  const CallFlags& common = options.run.common;
  const bool asked_for = command.count("--cascade") > 0;
  const bool there = model::has_cascade(common.model_folder());
  if (asked_for && options.cascade && !there) base::warn("commands", "--cascade changes nothing: {} has none", common.model_folder());
  options.cascade = options.cascade && there;
  return options.cascade && options.intermediate_results_dir.empty() && !options.dry_run;
}

// A folder that is gone when this is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = base::temporary_directory() + "/haploom_steps_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error{Exit::kResource, Reason::kOutput, "commands", fmt::format("no folder for the files between the steps can be made in {}", base::temporary_directory()),
                  "give --intermediate_results_dir, or set TMPDIR"};
    }
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void make_folder(const std::string& flag, const std::string& path) {
  std::error_code wrong;
  fs::create_directories(path, wrong);
  if (!wrong) return;
  throw Error{Exit::kResource, Reason::kOutput, "commands", fmt::format("the folder '{}' of --{} cannot be made: {}", path, flag, wrong.message()),
              "give a folder that can be written"};
}

// All files of a run: none may be another's.
void check_files(const Options& options, const pipeline::CallRequest& request, const Steps& steps) {
  const RunFlags& run = options.run;
  std::vector<NamedPath> outputs = {{"--output_vcf", run.output_vcf}, {"--output_gvcf", run.output_gvcf}, {"--report", options.report}};
  const auto log = [&](const std::string& name) {
    if (!options.logging_dir.empty()) outputs.push_back({"the log", (fs::path(options.logging_dir) / (name + ".log")).string()});
  };
  if (options.intermediate_results_dir.empty()) {
    log("call");
  } else {
    outputs.push_back({"what --intermediate_results_dir will hold", request.examples.outputs.examples});
    outputs.push_back({"what --intermediate_results_dir will hold", request.output.reference_records.value_or("")});
    outputs.push_back({"what --intermediate_results_dir will hold", pipeline::sharded_outfile(request.network)});
    for (const Step* step : {&steps.make_examples, &steps.call_variants, &steps.postprocess}) log(step->program);
  }
  std::vector<NamedPath> inputs = {{"--ref", run.common.ref}, {"--pangenome", run.common.pangenome}, {"--par_regions_bed", run.par_regions_bed}};
  for (const std::string& file : words(run.common.reads, ",")) inputs.push_back({"--reads", file});
  for (const std::string& region : words(run.common.regions)) inputs.push_back({"--regions", region});
  for (const std::string& region : words(run.common.exclude_regions)) inputs.push_back({"--exclude_regions", region});
  check_outputs_are_apart(outputs, inputs);
}

void warn_of_no_cascade(const RunFlags& flags) {
  base::warn("commands", "the steps leave the cascade of {} out: the network alone answers (docs/cascade.md)", flags.common.model_folder());
}

// The steps know no cascade.
RunFlags without_cascade(const RunFlags& flags) {
  if (flags.cascade) warn_of_no_cascade(flags);
  RunFlags out = flags;
  out.cascade = false;
  return out;
}

// In one piece where that does all that is asked for, and files between the steps are not.
report::RunSummary run(const Options& options) {
  const std::string& given = options.intermediate_results_dir;
  const Steps steps = steps_of(options.run, given.empty() ? "." : given);
  const pipeline::CallRequest request = in_one_piece(steps, options.run.common.num_shards, options.run.cascade);
  check_files(options, request, steps);
  if (!given.empty()) {
    make_folder("intermediate_results_dir", given);
    if (options.cascade) warn_of_no_cascade(options.run);
    return run_steps(steps, options.logging_dir);
  }
  const std::string why = pipeline::only_in_steps(request);
  if (why.empty()) {
    base::info("commands", "make_examples' flags: {}", quoted(steps.make_examples.words));
    return pipeline::call(request);
  }
  const TemporaryFolder folder;
  base::info("commands", "one step after another, with files in {}: {}", folder.path(), why);
  return run_steps(steps_of(without_cascade(options.run), folder.path()), options.logging_dir);
}

void print_steps(const Options& options) {
  const bool given = !options.intermediate_results_dir.empty();
  const std::string folder = given ? options.intermediate_results_dir : base::temporary_directory() + fmt::format("/haploom_steps_{}", ::getpid());
  const Steps steps = steps_of(options.run, folder);
  // What the steps would refuse is refused here.
  const pipeline::CallRequest request = in_one_piece(steps, options.run.common.num_shards, false);
  const std::string why = given ? "--intermediate_results_dir" : pipeline::only_in_steps(request);
  fmt::print("# {}\n{}", why.empty() ? "a run does this in one piece, without the files between" : fmt::format("a run does this step by step: {}", why), script(steps));
  if (why.empty() && options.cascade) fmt::print("# the run also has the cascade of {}: these steps do what it does with --nocascade\n", options.run.common.model_folder());
}

void run_and_report(const Options& options) {
  base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, command_line());
  std::optional<base::AtomicFile> json;  // opened before the work: a mistyped folder must not cost a genome
  if (!options.report.empty()) json.emplace(options.report, "report");
  const report::RunSummary summary = run(options);
  for (const std::string& line : report::closing_lines(summary)) base::info("report", "{}", line);
  if (json) {
    json->write(report::json(summary));
    json->commit();
  }
}

// With steps each has a log of its own.
void run_and_log(const Options& options) {
  if (!options.logging_dir.empty()) make_folder("logging_dir", options.logging_dir);
  const bool one_log = options.intermediate_results_dir.empty();
  logged(one_log ? options.logging_dir : "", "call", [&options] { run_and_report(options); });
}

void add_flags(CLI::App& command, Options& options, Program program) {
  RunFlags& run = options.run;
  const auto add = last_counts(command);
  run.common.add_to(command);
  command.set_version_flag("--version", HAPLOOM_VERSION);
  add("--output_vcf", run.output_vcf, "VCF to write; .gz: bgzipped and indexed")->required();
  add("--output_gvcf", run.output_gvcf, "gVCF to write beside it, with reference blocks between the calls");
  add(program == Program::kWithout ? "--sample_name,--sample_name_reads" : "--sample_name_reads,--sample_name", run.sample_name,
      "sample name in the VCF (default: SM of the reads)");
  if (program != Program::kWithout)
    add("--sample_name_pangenome", run.sample_name_pangenome, "must differ from the reads' name")->capture_default_str();
  add("--haploid_contigs", run.haploid_contigs, "contigs of one copy, separated by commas");
  add("--par_regions_bed", run.par_regions_bed, "where those have two copies after all (BED)");
  add("--report", options.report, "JSON with counts, times and memory of the run");
  add_switch(command, "dry_run", options.dry_run, "print the steps as commands for a shell, and stop");
  add("--intermediate_results_dir", options.intermediate_results_dir, "run step by step with files between, and keep these here (default: in one piece, without files)");
  add("--logging_dir", options.logging_dir, "folder for the log, of each step its own where there are steps");
  add("--make_examples_extra_args", run.make_examples_extra_args, "more flags of make_examples: name=value,name=value");
  add("--call_variants_extra_args", run.call_variants_extra_args, "more flags of call_variants");
  add("--postprocess_variants_extra_args", run.postprocess_variants_extra_args, "more flags of postprocess_variants");
  add("--postprocess_cpus", run.postprocess_cpus, "threads of the last step, where there are steps (default: num_shards)")->check(CLI::Range(0, 1024));
  add("--customized_small_model", run.customized_small_model, "folder of a small model that answers the plain candidates");
  add_switch(command, "disable_small_model", options.disable_small_model, "leave the small model out");
  add_switch(command, "cascade", options.cascade, "let the model folder's cascade, if it has one, settle plain sites and weigh the network's answers with the panel");
  add_switch(command, "vcf_stats_report", options.vcf_stats_report, "refused: the HTML statistics report");
  add_switch(command, "runtime_report", options.runtime_report, "refused: the HTML runtime report");
  add("--report_title", options.report_title, "accepted")->group(kHidden);
  add("--logging_level", options.logging_level, "accepted")->group(kHidden);
}

void add_run(CLI::App& parent, const std::string& name, const std::string& help, Program program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand(name, help);
  add_flags(*command, *options, program);
  command->callback([options, command, program] {
    check_flags(*options, *command, called_as() == "run_pangenome_aware_deepvariant" ? Program::kWithPangenome : program);
    options->run.small_model = uses_small_model(*options, *command);
    options->run.cascade = takes_cascade(*options, *command);
    options->dry_run ? print_steps(*options) : run_and_log(*options);
  });
}

}  // namespace

void add_call(CLI::App& parent) {
  add_run(parent, "call", "reads, reference and pangenome to a VCF (run_pangenome_aware_deepvariant)", Program::kEither);
  add_run(parent, "run_deepvariant", "reads and reference to a VCF, without a pangenome", Program::kWithout);
}

}  // namespace haploom::commands
