#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/output_names.h"
#include "commands/training_environment.h"
#include "formats/vcf_reader.h"
#include "model/model.h"
#include "pipeline/inputs.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string ref;
  std::vector<std::string> reads, truth_variants, confident_regions;  // of each sample, in one order
  std::string pangenome;
  std::string regions, exclude_regions, validation_regions;
  std::string model_type = "WGS", model;
  std::string output, work;
  double epochs = 0, minutes = 0;
  double learning_rate = 2e-4;
  int batch_size = 128;
  int num_shards = 1;
  std::string device = "auto";
  int seed = 1;
  std::string gbz_shared_memory_name, ref_name_pangenome, ref_chrom_prefix;
  StoreFlags store;

  std::string model_folder() const { return model.empty() ? shipped_model(model_type) : model; }
  std::string work_folder() const { return work.empty() ? output + ".work" : work; }
};

void check_counts(const Options& options) {
  const size_t samples = options.reads.size();
  if (options.truth_variants.size() == samples && options.confident_regions.size() == samples) return;
  throw usage_error(fmt::format("{} of --reads, {} of --truth_variants, {} of --confident_regions: each sample has one of each, in one order", samples,
                                options.truth_variants.size(), options.confident_regions.size()),
                    "--reads A.bam --truth_variants A.vcf.gz --confident_regions A.bed --reads B.bam ...");
}

void check_outputs(const Options& options) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(options.output, ignored))) {
    throw usage_error(fmt::format("--output {} exists; a model stands under its name only when it is complete", options.output),
                      "name a folder that is not there yet");
  }
  std::vector<NamedPath> inputs = {{"--ref", options.ref}, {"--pangenome", options.pangenome}, {"--customized_model", options.model_folder()}};
  for (const std::string& one : options.reads)
    for (const std::string& file : words(one, ",")) inputs.push_back({"--reads", file});
  for (const std::string& one : options.truth_variants) inputs.push_back({"--truth_variants", one});
  for (const std::string& one : options.confident_regions) inputs.push_back({"--confident_regions", one});
  check_outputs_are_apart({{"--output", options.output}, {"--work", options.work_folder()}}, inputs);
}

// Only a network of ours can be trained on, in the form that its weights are named in.
void check_model(const Options& options) {
  const std::string folder = options.model_folder();
  model::read_example_info(folder);
  std::error_code ignored;
  if (fs::exists(fs::path(folder) / "model.onnx", ignored)) {
    model::read_shape(folder);
    return;
  }
  throw Error{Exit::kInput, Reason::kModel, "commands", fmt::format("{} holds no model.onnx: only haploom's own networks in float32 can be trained on", folder),
              "leave --customized_model out to begin with the shipped one"};
}

void check_truth(const std::string& path) {
  const formats::VcfReader truth(path);
  if (!truth.has_index()) throw Error{Exit::kInput, Reason::kVariants, "commands", fmt::format("{} has no index", path), fmt::format("tabix -p vcf {}", path)};
  if (truth.samples().size() != 1) {
    throw Error{Exit::kInput, Reason::kVariants, "commands", fmt::format("{} holds {} samples; the truth of one is needed", path, truth.samples().size()),
                fmt::format("bcftools view -s SAMPLE -c 1 {} -Oz -o one.vcf.gz", path)};
  }
}

// Opened and closed again: what is missing or damaged is told of in a second, not after an hour of examples.
void check_inputs(const Options& options) {
  pipeline::InputPaths paths;
  paths.reference = options.ref;
  for (size_t i = 0; i < options.reads.size(); ++i) {
    try {
      paths.reads = words(options.reads[i], ",");
      paths.regions = {options.confident_regions[i]};
      if (!options.confident_regions[i].ends_with(".bed"))
        throw usage_error(fmt::format("--confident_regions {} does not end in .bed", options.confident_regions[i]), "give a BED file, not compressed");
      pipeline::Inputs{paths};
      check_truth(options.truth_variants[i]);
    } catch (Error& error) {
      error.add_context(fmt::format("checking sample {} of {}", i + 1, options.reads.size()));
      throw;
    }
  }
  paths.exclude_regions = words(options.exclude_regions);
  for (const std::string& given : {options.regions, options.validation_regions}) {
    paths.regions = words(given);
    pipeline::Inputs{paths};
  }
  std::error_code ignored;
  if (!options.pangenome.empty() && !fs::is_regular_file(options.pangenome, ignored))
    throw usage_error(fmt::format("--pangenome {} is no file", options.pangenome), "check the path");
}

// What the script is told: every flag that says something.
std::vector<std::string> script_words(const Options& options) {
  std::error_code ignored;
  std::vector<std::string> out = {"--haploom", fs::read_symlink("/proc/self/exe", ignored).string(), "--ref", options.ref};
  const auto say = [&out](const std::string& flag, const std::string& value) {
    if (!value.empty()) out.push_back(flag + "=" + value);
  };
  for (size_t i = 0; i < options.reads.size(); ++i) {
    say("--reads", options.reads[i]);
    say("--truth_variants", options.truth_variants[i]);
    say("--confident_regions", options.confident_regions[i]);
  }
  say("--pangenome", options.pangenome);
  say("--regions", options.regions);
  say("--exclude_regions", options.exclude_regions);
  say("--validation_regions", options.validation_regions);
  say("--customized_model", options.model_folder());
  say("--output", options.output);
  say("--work", options.work_folder());
  if (options.epochs > 0) say("--epochs", fmt::format("{}", options.epochs));
  if (options.minutes > 0) say("--minutes", fmt::format("{}", options.minutes));
  say("--learning_rate", fmt::format("{}", options.learning_rate));
  say("--batch_size", std::to_string(options.batch_size));
  say("--num_shards", std::to_string(options.num_shards));
  say("--device", options.device);
  say("--seed", std::to_string(options.seed));
  // The rest is for `haploom examples`, as it stands.
  std::vector<std::string> passed = options.store.words();
  for (const auto& [flag, value] : {std::pair{"--gbz_shared_memory_name", options.gbz_shared_memory_name}, {"--ref_name_pangenome", options.ref_name_pangenome},
                                    {"--ref_chrom_prefix", options.ref_chrom_prefix}})
    if (!value.empty()) passed.insert(passed.end(), {flag, value});
  for (const std::string& word : passed) say("--pass", word);
  return out;
}

void train(const Options& options) {
  check_counts(options);
  if (options.epochs > 0 && options.minutes > 0) throw usage_error("--epochs and --minutes are two ways to say how long", "give one of them");
  check_model(options);
  check_outputs(options);
  check_inputs(options);
  run_in_training_environment({"train.py", "training needs PyTorch and LightGBM", "./run setup-train"}, script_words(options));
}

}  // namespace

void add_train(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("train", "a model trained on from one that is there, with reads and truth of one's own samples");
  const auto add = last_counts(*command);
  add("--ref", options->ref, "reference FASTA with its .fai (may be bgzipped, with .gzi)")->required();
  command->add_option("--reads", options->reads, "BAM or CRAM, sorted, with its index; once for each sample (commas between several files of one)")->required();
  command->add_option("--truth_variants", options->truth_variants, "VCF with index: what the sample has; once for each --reads, in their order")->required();
  command->add_option("--confident_regions", options->confident_regions, "BED where that is all it has; once for each --reads, in their order")->required();
  add("--pangenome", options->pangenome, "pangenome graph, GBZ version 1 to 3; the model is trained to do with it and without");
  add("--regions", options->regions, "what to train on, written as for haploom call (default: all that is confident)");
  add("--exclude_regions", options->exclude_regions, "what to leave out, written like --regions: hold a chromosome out to check the result on");
  add("--validation_regions", options->validation_regions, "what to judge the training by and never train on, written like --regions (default: 15 % of the blocks)");
  add("--model_type", options->model_type, "preset whose shipped model is trained on: WGS or WES")->capture_default_str();
  add("--customized_model,--model", options->model, "model folder of haploom to begin with instead");
  add("--output", options->output, "FOLDER of the model, made when all is done")->required();
  add("--work", options->work, "folder of examples and checkpoints; the same command goes on from there (default: FOLDER.work)");
  add("--epochs", options->epochs, "how often the network sees every example (default: 10)")->check(CLI::PositiveNumber);
  add("--minutes", options->minutes, "or how long the network is trained, examples and trees not counted")->check(CLI::PositiveNumber);
  add("--learning_rate", options->learning_rate, "of the network, at its top")->capture_default_str()->check(CLI::PositiveNumber);
  add("--batch_size", options->batch_size, "examples a step; fewer where the data are few")->capture_default_str()->check(CLI::Range(2, 65536));
  add("--num_shards", options->num_shards, "threads")->capture_default_str()->check(CLI::Range(1, 1024));
  add("--device", options->device, "of the network's training: auto takes a GPU where PyTorch finds one")->capture_default_str()->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  add("--seed", options->seed, "of the parts and of the training")->capture_default_str()->check(CLI::NonNegativeNumber);
  add("--gbz_shared_memory_name,--shared_memory_name", options->gbz_shared_memory_name, "name of the pangenome in shared memory, as of haploom call");
  options->store.add_to(*command);
  add("--ref_name_pangenome", options->ref_name_pangenome, "sample of the reference paths in the graph (default: GRCh38, or the only one)");
  add("--ref_chrom_prefix", options->ref_chrom_prefix, "cut from contig names before they are looked up in the graph (default: matched by the usual spellings)");
  command->footer("Needs the Python environment of `./run setup-train`. docs/training.md goes through it with the data of `./run demo`.");
  command->callback([options] { train(*options); });
}

}  // namespace haploom::commands
