#include "commands/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <map>
#include <optional>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "base/parallel.h"
#include "base/signals.h"
#include "base/usage.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/make_examples_flags.h"
#include "commands/shell.h"
#include "commands/step_flags.h"
#include "formats/sharded_name.h"
#include "model/cascade.h"
#include "model/model.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPangenomeAware = "make_examples_pangenome_aware_dv";
constexpr const char* kPlain = "make_examples";
constexpr const char* kTaskWord = "HAPLOOM_TASK";  // what xargs replaces, wherever it stands: no path is likely to hold it

bool with_pangenome(const CallFlags& flags) { return !flags.pangenome.empty(); }

void add_preset(StepFlags& out, const CallFlags& flags, const std::string& model_folder) {
  const std::vector<Preset>& presets = with_pangenome(flags) ? pangenome_presets() : plain_presets();
  const auto preset = std::find_if(presets.begin(), presets.end(), [&flags](const Preset& one) { return one.model_type == flags.model_type; });
  if (preset == presets.end()) {
    std::vector<std::string_view> known;
    for (const Preset& one : presets) known.push_back(one.model_type);
    throw usage_error(fmt::format("--model_type '{}' is not known {} a pangenome", flags.model_type, with_pangenome(flags) ? "with" : "without"),
                      fmt::format("one of {}", fmt::join(known, ", ")));
  }
  for (const auto& [name, value] : preset->flags) out.set(name, value);
  // A network sees what it was trained to see, whatever the preset.
  for (const auto& [name, value] : model::read_example_info(model_folder).flags_for_calling) out.set(name, value);
}

// Source: SMALL_MODEL_CONFIG_BY_MODEL_TYPE of the two run scripts
void add_small_model(StepFlags& out, const RunFlags& flags) {
  struct Thresholds {
    const char* snp;
    const char* indel;
  };
  static const std::map<std::string, Thresholds> kPlainThresholds = {{"WGS", {"20", "28"}}, {"PACBIO", {"15", "16"}}, {"ONT_R104", {"9", "17"}}};
  static const std::map<std::string, Thresholds> kPangenomeThresholds = {{"WGS", {"25", "30"}}};
  out.set("call_small_model_examples", "true");
  out.set("track_ref_reads", "true");
  out.set("trained_small_model_path", flags.customized_small_model);
  const auto& all = with_pangenome(flags.common) ? kPangenomeThresholds : kPlainThresholds;
  if (const auto own = all.find(flags.common.model_type); own != all.end()) {
    out.set("small_model_snp_gq_threshold", own->second.snp);
    out.set("small_model_indel_gq_threshold", own->second.indel);
    out.set("small_model_vaf_context_window_size", "51");
  }
}

// The words of make_examples that say what is read and how it is drawn; where examples go is not among them.
Step examples_step(const CallFlags& flags, StepFlags& more, const std::string& examples) {
  const std::string model = flags.model_folder();
  Step step{with_pangenome(flags) ? kPangenomeAware : kPlain, {"--mode", "calling", "--ref", flags.ref, "--reads", flags.reads}};
  const auto say = [&step](std::initializer_list<std::string> words) { step.words.insert(step.words.end(), words); };
  if (with_pangenome(flags)) say({"--pangenome", flags.pangenome});
  say({"--examples", examples, "--checkpoint", model});
  if (with_pangenome(flags)) {
    const std::vector<std::string> store = flags.store.words();
    step.words.insert(step.words.end(), store.begin(), store.end());
    more.set_if("gbz_shared_memory_name", flags.gbz_shared_memory_name);
    more.set_if("ref_name_pangenome", flags.ref_name_pangenome);
    more.set_if("ref_chrom_prefix", flags.ref_chrom_prefix);
  }
  more.set_if("regions", flags.regions);
  more.set_if("exclude_regions", flags.exclude_regions);
  return step;
}

void append(Step& step, const std::vector<std::string>& words) { step.words.insert(step.words.end(), words.begin(), words.end()); }

Step make_examples_step(const RunFlags& flags, const std::string& examples, const std::string& gvcf) {
  StepFlags more;
  Step step = examples_step(flags.common, more, examples);
  more.set_if("gvcf", gvcf);
  more.set_if(with_pangenome(flags.common) ? "sample_name_reads" : "sample_name", flags.sample_name);
  if (with_pangenome(flags.common)) more.set("sample_name_pangenome", flags.sample_name_pangenome);
  more.set_if("haploid_contigs", flags.haploid_contigs);
  more.set_if("par_regions_bed", flags.par_regions_bed);
  add_preset(more, flags.common, flags.common.model_folder());
  if (flags.cascade) {
    for (const auto& [name, value] : model::cascade_flags(flags.common.model_folder())) more.set(name, value);
  }
  if (flags.small_model) add_small_model(more, flags);
  more.override_with(extra_args("make_examples_extra_args", flags.make_examples_extra_args, {"mode", "examples", "task", "gvcf", "reads", "ref", "pangenome", "checkpoint"}));
  append(step, more.words());
  return step;
}

Step call_variants_step(const RunFlags& flags, const std::string& examples, const std::string& outputs) {
  Step step{"call_variants",
            {"--outfile", outputs, "--examples", examples, "--checkpoint", flags.common.model_folder(), "--num_threads",
             std::to_string(flags.common.num_shards)}};
  StepFlags more;
  more.override_with(extra_args("call_variants_extra_args", flags.call_variants_extra_args, {"examples", "outfile", "checkpoint"}));
  append(step, more.words());
  return step;
}

// --regions are not among them: no output starts elsewhere.
Step postprocess_step(const RunFlags& flags, const std::string& outputs, const std::string& gvcf, const std::string& small_model_outputs) {
  const int usual = flags.common.model_type == "WES" ? 0 : flags.common.num_shards;
  Step step{"postprocess_variants",
            {"--ref", flags.common.ref, "--infile", outputs, "--outfile", flags.output_vcf, "--cpus",
             std::to_string(flags.postprocess_cpus < 0 ? usual : flags.postprocess_cpus)}};
  StepFlags more;
  if (flags.small_model) more.set("small_model_cvo_records", small_model_outputs);
  more.set_if("nonvariant_site_tfrecord_path", gvcf);
  more.set_if("gvcf_outfile", flags.output_gvcf);
  more.set_if("sample_name", flags.sample_name);
  more.set_if("haploid_contigs", flags.haploid_contigs);
  more.set_if("par_regions_bed", flags.par_regions_bed);
  more.override_with(extra_args("postprocess_variants_extra_args", flags.postprocess_variants_extra_args,
                                {"infile", "outfile", "ref", "gvcf_outfile", "nonvariant_site_tfrecord_path", "small_model_cvo_records"}));
  append(step, more.words());
  return step;
}

// The program of a step as a shell finds it: beside this one.
std::string command_of(const Step& step) {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path own = self.parent_path() / step.program;
  return fs::exists(own, ignored) ? quoted(own.string()) : quoted(self.string()) + " " + step.program;
}

template <typename Work>
void run_logged(const Step& step, const std::string& logging_dir, const Work& work) {
  logged(logging_dir, step.program, [&] {
    base::info("commands", "step {} {}", step.program, quoted(step.words));
    work();
  });
}

// One load with all threads, one copy for all tasks. request: of the first. What they count goes into the summary.
report::RunSummary make_all_examples(const pipeline::CallRequest& request, std::vector<pipeline::MakeExamplesRequest> tasks) {
  pipeline::Inputs inputs(request.examples.inputs);
  inputs.paths.hold.threads = static_cast<unsigned>(tasks.size());
  inputs.attach_pangenome();
  inputs.warn_of_unknown_contigs();
  for (pipeline::MakeExamplesRequest& task : tasks) task.inputs.attached = inputs.pangenome;
  std::vector<pipeline::MakeExamplesCounts> counts(tasks.size());
  base::for_each_parallel(tasks.size(), static_cast<unsigned>(tasks.size()),
                          [&](uint64_t i) { counts[static_cast<size_t>(i)] = pipeline::make_examples(tasks[static_cast<size_t>(i)]); });
  report::RunSummary summary = pipeline::summary_of(request, inputs, counts.front().sample);
  for (const pipeline::MakeExamplesCounts& one : counts) {
    summary.sites += one.candidates;
    summary.reads += one.reads;
    summary.windows_with_candidates += one.windows_with_candidates;
    summary.windows_with_haplotypes += one.windows_with_haplotypes;
  }
  if (summary.reads == 0) base::warn("commands", "no read passed the filters inside the regions: the VCF will hold no records");
  return summary;
}

void parse(CLI::App& app, const Step& step) {
  std::vector<std::string> words(step.words.rbegin(), step.words.rend());  // what CLI11 takes
  try {
    app.parse(words);
  } catch (const CLI::ParseError& wrong) {
    throw usage_error(fmt::format("{}: {}", step.program, wrong.what()), fmt::format("haploom {} --help lists its flags", step.program));
  }
}

// What an exception says.
std::string cause_of(const std::exception_ptr& problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const Error& error) {
    return error.text();
  } catch (const base::Interrupted& stop) {
    return fmt::format("stopped by signal {}\n", stop.signal());
  } catch (const std::exception& error) {
    return fmt::format("{}\n", error.what());
  }
}

}  // namespace

void logged(const std::string& logging_dir, const std::string& name, const std::function<void()>& work) {
  if (logging_dir.empty()) return work();
  base::LogFile file((fs::path(logging_dir) / (name + ".log")).string());
  try {
    work();
  } catch (...) {
    file.append(cause_of(std::current_exception()));
    throw;
  }
}

Steps steps_of(const RunFlags& flags, const std::string& folder) {
  Steps steps;
  steps.folder = folder;
  steps.tasks = flags.common.num_shards;
  const auto file = [&](const std::string& name) { return (fs::path(folder) / name).string(); };
  const std::string shards = fmt::format("tfrecord@{}.gz", steps.tasks);
  const std::string name = with_pangenome(flags.common) ? kPangenomeAware : kPlain;
  const std::string examples = file(fmt::format("{}.{}", name, shards));
  const std::string small_model_outputs = file(fmt::format("{}_call_variant_outputs.{}", name, shards));
  const std::string outputs = file("call_variants_output.tfrecord.gz");
  const std::string gvcf = flags.output_gvcf.empty() ? "" : file("gvcf." + shards);
  steps.make_examples = make_examples_step(flags, examples, gvcf);
  steps.call_variants = call_variants_step(flags, examples, outputs);
  steps.postprocess = postprocess_step(flags, outputs, gvcf, small_model_outputs);
  return steps;
}

std::string script(const Steps& steps) {
  const auto line = [](const Step& step) { return fmt::format("{} {}", command_of(step), quoted(step.words)); };
  return fmt::format("mkdir -p {} &&\nseq 0 {} | xargs -P {} -I {} {} --task {} &&\n{} &&\n{}\n", quoted(steps.folder), steps.tasks - 1,
                     steps.tasks, kTaskWord, line(steps.make_examples), kTaskWord, line(steps.call_variants), line(steps.postprocess));
}

pipeline::MakeExamplesRequest make_examples_request(const Step& step, Warnings warnings) {
  MakeExamplesFlags flags(step.program == kPangenomeAware);
  CLI::App app;
  flags.add_to(app);
  parse(app, step);
  pipeline::MakeExamplesRequest request = flags.request(app);
  if (warnings == Warnings::kSaid) flags.warn(app, request);
  return request;
}

void read_step(const Step& step, const std::function<void(CLI::App&)>& add_flags) {
  CLI::App app;
  add_flags(app);
  parse(app, step);
}

report::RunSummary run_steps(const Steps& steps, const std::string& logging_dir) {
  // What can be known to be wrong without the files between is known before any work.
  std::vector<pipeline::MakeExamplesRequest> tasks;
  for (int task = 0; task < steps.tasks; ++task) {
    Step one = steps.make_examples;
    append(one, {"--task", std::to_string(task)});
    tasks.push_back(make_examples_request(one, Warnings::kUnsaid));
  }
  const pipeline::CallRequest request{tasks.front(), call_variants_request(steps.call_variants), postprocess_request(steps.postprocess), steps.tasks};
  pipeline::check_steps(request);
  pipeline::PostprocessRequest postprocess = request.output;
  for (const std::string& output : {postprocess.output_vcf, postprocess.output_gvcf.value_or("")}) {
    if (!output.empty()) base::AtomicFile(output, "commands");
  }
  report::RunSummary summary;
  double before = base::process_usage().cpu_seconds;
  const auto step_done = [&](const Step& step) {
    const double now = base::process_usage().cpu_seconds;
    summary.stage_cpu_seconds.emplace_back(step.program, now - before);
    before = now;
  };
  run_logged(steps.make_examples, logging_dir, [&] { summary = make_all_examples(request, tasks); });
  step_done(steps.make_examples);
  run_logged(steps.call_variants, logging_dir, [&] { postprocess.model = pipeline::call_variants(request.network).model; });
  step_done(steps.call_variants);
  // These files and no others that lie in the folder; and whose reads they were, where no record says it.
  postprocess.call_outputs = pipeline::sharded_outfile(request.network);
  if (!postprocess.sample_name) postprocess.sample_name = summary.sample;
  run_logged(steps.postprocess, logging_dir, [&] { summary.variants = pipeline::postprocess(postprocess).variants; });
  step_done(steps.postprocess);
  summary.usage = base::process_usage();
  return summary;
}

pipeline::CallRequest in_one_piece(const Steps& steps, int threads, bool cascade) {
  pipeline::CallRequest request;
  request.cascade = cascade;
  Step first = steps.make_examples;
  append(first, {"--task", "0"});
  request.examples = make_examples_request(first, Warnings::kSaid);
  request.examples.inputs.hold.threads = static_cast<unsigned>(threads);
  request.network = call_variants_request(steps.call_variants);
  request.output = postprocess_request(steps.postprocess);
  request.threads = threads;
  return request;
}

pipeline::MakeExamplesRequest examples_request(const CallFlags& flags, const std::vector<std::pair<std::string, std::string>>& more_flags) {
  StepFlags more;
  Step step = examples_step(flags, more, "images.tfrecord.gz");
  add_preset(more, flags, flags.model_folder());
  for (const auto& [name, value] : more_flags) more.set(name, value);
  append(step, more.words());
  pipeline::MakeExamplesRequest request = make_examples_request(step, Warnings::kSaid);
  request.inputs.hold.threads = static_cast<unsigned>(flags.num_shards);
  return request;
}

}  // namespace haploom::commands
