#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "commands/commands.h"
#include "model/model.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder;
  std::string examples;
  std::string output;
  int calibration = 300;
  int limit = 5000;
};

// NNCF is Python, and lives in the environment of training, beside the sources.
struct Quantizer {
  fs::path python;
  fs::path script;
};

Quantizer quantizer() {
  std::error_code ignored;
  const fs::path sources = fs::weakly_canonical(fs::read_symlink("/proc/self/exe", ignored).parent_path() / "../..", ignored);
  const char* given = std::getenv("HAPLOOM_TRAIN_PYTHON");
  Quantizer out{given != nullptr && *given != '\0' ? fs::path(given) : sources / ".train-venv/bin/python", sources / "train/quantize.py"};
  for (const fs::path& file : {out.script, out.python}) {
    if (fs::exists(file, ignored)) continue;
    throw Error{Exit::kUsage, Reason::kUsage, "commands",
                fmt::format("quantizing needs NNCF, in the Python environment that this installation lacks ({} is missing)", file.string()),
                "./run setup-train quantize, in haploom's source folder, and run its build/bin/haploom"};
  }
  return out;
}

// Ends as the script ends: it takes this process over.
[[noreturn]] void become(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::fflush(nullptr);
  ::execv(arguments.front(), arguments.data());
  throw Error{Exit::kResource, Reason::kOpen, "commands", fmt::format("cannot run {}: {}", words.front(), std::strerror(errno)),
              "./run setup-train quantize"};
}

void quantize(const Options& options) {
  model::read_example_info(options.folder);  // a folder that is none is told of before Python starts
  const Quantizer it = quantizer();
  become({it.python.string(), it.script.string(), options.folder, "--examples", options.examples, "--output", options.output, "--calibration",
          std::to_string(options.calibration), "--limit", std::to_string(options.limit)});
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
