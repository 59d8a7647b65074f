#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/training_environment.h"
#include "model/model.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string folder;
  std::string examples;
  std::string output;
  int calibration = 300;
  int limit = 5000;
};

void quantize(const Options& options) {
  model::read_example_info(options.folder);  // a folder that is none is told of before Python starts
  run_in_training_environment({"quantize.py", "quantizing needs NNCF", "./run setup-train quantize"},
                              {options.folder, "--examples", options.examples, "--output", options.output, "--calibration", std::to_string(options.calibration),
                               "--limit", std::to_string(options.limit)});
}

}  // namespace

void add_model_quantize(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("quantize", "an int8 copy of a model, calibrated on examples, and what it costs in accuracy");
  command->add_option("folder", options->folder, "model folder of haploom, or a SavedModel folder of DeepVariant")->required()->type_name("FOLDER");
  command->add_option("--examples", options->examples, "TFRecord of make_examples for this model, NAME@N too; with labels, accuracy is told")->required();
  command->add_option("--output", options->output, "folder to make: model.xml, model.bin, example_info.json")->required();
  command->add_option("--calibration", options->calibration, "examples that the ranges of values are learnt from")->check(CLI::Range(1, 100000))->capture_default_str();
  command->add_option("--limit", options->limit, "examples at most that the two are compared on: those after the calibration's")->check(CLI::Range(1, 10000000))->capture_default_str();
  command->footer("Needs the Python environment of `./run setup-train quantize`.");
  command->callback([options] { quantize(*options); });
}

}  // namespace haploom::commands
