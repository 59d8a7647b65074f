#include "pipeline/call_variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "base/log.h"
#include "base/quantity.h"
#include "commands/call_flags.h"
#include "commands/commands.h"
#include "commands/flag_values.h"
#include "commands/output_names.h"
#include "commands/steps.h"
#include "formats/sharded_name.h"

namespace haploom::commands {
namespace {

constexpr int kMostWriters = 16;  // _MAX_WRITER_THREADS of call_variants.py (DeepVariant 1.9)

struct Options {
  pipeline::CallVariantsRequest request;
  std::string examples;
  int num_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  uint64_t limit = 0, batch_size = 1024;
  std::optional<uint64_t> max_batches;
  int writer_threads = 0;
  std::string execution_hardware = "auto";
  std::string activation_layers;
  bool stream_examples = false;
  // Taken so that command lines of the original run unchanged; they steer what this engine does not have.
  int num_readers = 8;
  std::string config_string, kmp_blocktime, logging_level, shm_prefix;
  int num_input_shards = 0;
};

pipeline::CallVariantsRequest request_of(const Options& options) {
  pipeline::CallVariantsRequest request = options.request;
  request.examples = words(options.examples, ",");
  request.threads = options.num_threads;
  request.shards = std::clamp(options.writer_threads, 1, kMostWriters);
  if (options.limit > 0) request.limit = options.limit;
  if (options.max_batches) request.limit = std::min(request.limit.value_or(~uint64_t{0}), *options.max_batches * options.batch_size);
  return request;
}

void check_flags(const Options& options) {
  if (options.stream_examples)
    throw usage_error("--stream_examples asks for examples in shared memory, which this release does not pass on", "run `haploom call`: there the steps are one process");
  if (options.execution_hardware == "accelerator")
    throw usage_error("--execution_hardware accelerator asks for a GPU, which this release does not use", "leave it out");
  const std::string& name = options.request.outfile;
  if (!name.ends_with(".tfrecord") && !name.ends_with(".tfrecord.gz") && !formats::sharded_name(name) && !formats::is_shard(name))
    throw usage_error(fmt::format("--outfile '{}' is neither NAME.tfrecord.gz nor the name of a shard", name), "write NAME.tfrecord.gz");
  const pipeline::CallVariantsRequest request = request_of(options);
  if (request.examples.empty()) throw usage_error("--examples is empty", "name the files of make_examples");
  std::vector<NamedPath> examples;
  for (const std::string& file : request.examples) examples.push_back({"--examples", file});
  check_outputs_are_apart({{"--outfile", pipeline::sharded_outfile(request)}}, examples);
  if (!options.activation_layers.empty()) base::warn("commands", "--activation_layers changes nothing: networks of this form do not show their layers");
  if (options.request.true_labels && !options.request.debug_info)
    base::warn("commands", "--debugging_true_label_mode changes nothing without --include_debug_info");
}

void add_flags(CLI::App& command, Options& options) {
  const auto add = last_counts(command);
  pipeline::CallVariantsRequest& request = options.request;
  add("--examples", options.examples, "examples of make_examples: TFRecord file, name@N, or the name that its shards share; several with commas")->required();
  add("--outfile", request.outfile, "call outputs to write: NAME.tfrecord.gz becomes NAME-00000-of-00001.tfrecord.gz")->required();
  add("--checkpoint", request.model_folder, "model folder")->required();
  add("--num_threads", options.num_threads, "threads; the output is the same for any number")->capture_default_str()->check(CLI::Range(1, 1024));
  add("--writer_threads", options.writer_threads, "shards of the output, at most 16; 0: 1")->capture_default_str()->check(CLI::NonNegativeNumber);
  add("--limit", options.limit, "examples to look at; 0: all")->capture_default_str()->check(CLI::NonNegativeNumber);
  add("--batch_size", options.batch_size, "examples in a batch of --max_batches")->capture_default_str()->check(CLI::Range(uint64_t{1}, uint64_t{1} << 31U));
  add("--max_batches", options.max_batches, "batches to look at (default: all); 0: none")->check(CLI::Range(uint64_t{0}, uint64_t{1} << 31U));
  add_switch(command, "allow_empty_examples", request.allow_empty_examples, "no example: an empty output (default); --noallow_empty_examples: an error");
  add_switch(command, "include_debug_info", request.debug_info, "outputs hold the image, the likeliest label and the kinds of alleles, too");
  add_switch(command, "debugging_true_label_mode", request.true_labels, "and the label of examples that have one");
  add("--execution_hardware", options.execution_hardware, "auto or cpu: the network runs on the CPU")->check(CLI::IsMember({"auto", "cpu", "accelerator"}));
  add_switch(command, "stream_examples", options.stream_examples, "refused: examples through shared memory");
  add("--activation_layers", options.activation_layers, "accepted; no network shows them");
  add("--num_readers", options.num_readers, "accepted")->group(kHidden);
  add("--config_string", options.config_string, "accepted")->group(kHidden);
  add("--kmp_blocktime", options.kmp_blocktime, "accepted")->group(kHidden);
  add("--num_input_shards", options.num_input_shards, "accepted")->group(kHidden);
  add("--shm_prefix", options.shm_prefix, "accepted")->group(kHidden);
  add("--logging_level", options.logging_level, "accepted")->group(kHidden);
}

}  // namespace

pipeline::CallVariantsRequest call_variants_request(const Step& step) {
  Options options;
  read_step(step, [&options](CLI::App& app) { add_flags(app, options); });
  check_flags(options);
  return request_of(options);
}

void add_call_variants(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("call_variants", "examples of make_examples through the network to call outputs");
  command->set_version_flag("--version", HAPLOOM_VERSION);
  add_flags(*command, *options);
  command->callback([options] {
    check_flags(*options);
    base::info("commands", "haploom {} : {}", HAPLOOM_VERSION, command_line());
    const pipeline::CallVariantsSummary summary = pipeline::call_variants(request_of(*options));
    base::info("report", "model {}: {} examples; wall {:.1f} s, cpu {:.1f} s, peak memory {}", summary.model, summary.examples,
               summary.usage.wall_seconds, summary.usage.cpu_seconds, base::size_text(static_cast<uint64_t>(summary.usage.peak_memory_bytes)));
  });
}

}  // namespace haploom::commands
