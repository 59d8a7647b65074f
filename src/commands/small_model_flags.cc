#include "commands/small_model_flags.h"

#include <fmt/format.h>

#include "commands/call_flags.h"
#include "commands/flag_values.h"

namespace haploom::commands {
namespace {

constexpr int kMostQuality = 1'000'000;

// The word goes before the first dot of the file's name. Source: _add_suffix in make_examples_core.py (DeepVariant 1.9)
std::string beside(const std::string& examples, const char* word) {
  const size_t name = examples.find_last_of('/') + 1;  // 0 without a folder
  const size_t dot = std::min(examples.find('.', name), examples.size());
  return fmt::format("{}_{}{}", examples.substr(0, dot), word, examples.substr(dot));
}

}  // namespace

void SmallModelFlags::add_to(CLI::App& command) {
  const auto add = [&command](const char* flag, auto& value, const char* help) {
    return last_counts(command)(fmt::format("--{}", flag), value, help)->capture_default_str();
  };
  add_switch(command, "call_small_model_examples", call_small_model_examples,
             "ask a small model first: what it is sure of goes to NAME_call_variant_outputs... and is not drawn");
  add("trained_small_model_path", options.folder, "its folder: a SavedModel, model.onnx or model.xml");
  add("small_model_snp_gq_threshold", options.snp_gq, "least quality of its answer about a SNP; -1: SNPs are drawn")->check(CLI::Range(-1, kMostQuality));
  add("small_model_indel_gq_threshold", options.indel_gq, "least quality of its answer about an indel; -1: indels are drawn")
      ->check(CLI::Range(-1, kMostQuality));
  add_switch(command, "small_model_call_multiallelics", options.multiallelics, "ask it about sites with several alts, too");
  add("small_model_inference_batch_size", options.batch, "candidates that it is asked about at a time; 16 at most")->check(CLI::Range(1, kMostQuality));
  add_switch(command, "write_small_model_examples", write_small_model_examples, "training: candidates as numbers, with their labels, to NAME_small_model...");
  add_switch(command, "skip_pileup_image_generation", skip_pileup_image_generation, "with --write_small_model_examples: no images");
}

std::string SmallModelFlags::call_outputs(const std::string& examples) const {
  return call_small_model_examples ? beside(examples, "call_variant_outputs") : "";
}

std::string SmallModelFlags::summaries(const std::string& examples) const {
  return write_small_model_examples ? beside(examples, "small_model") : "";
}

void SmallModelFlags::check(pipeline::MakeExamplesMode mode, labels::Algorithm labels) const {
  if (skip_pileup_image_generation && !write_small_model_examples)
    throw usage_error("--skip_pileup_image_generation without --write_small_model_examples leaves nothing to do", "add it, or leave both out");
  if (write_small_model_examples && mode != pipeline::MakeExamplesMode::kTraining)
    throw usage_error("--write_small_model_examples belong to --mode training", "leave it out, or train");
  if (write_small_model_examples && labels == labels::Algorithm::kCustomizedClasses)
    throw usage_error("--write_small_model_examples tell genotypes, which --labeler_algorithm customized_classes_labeler does not find",
                      "--labeler_algorithm haplotype_labeler");
  if (!call_small_model_examples) return;
  if (write_small_model_examples)
    throw usage_error("--write_small_model_examples and --call_small_model_examples in one run", "write what a model is trained on first, then train it");
  if (options.folder.empty()) throw usage_error("--call_small_model_examples needs --trained_small_model_path", "give the folder of a small model");
}

}  // namespace haploom::commands
