#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands/commands.h"
#include "model/cascade.h"
#include "model/model.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string folder;
  bool json = false;
};

std::vector<std::string> channel_names(const model::ExampleInfo& info) {
  std::vector<std::string> names;
  for (const int number : info.channels) names.push_back(model::channel_name(number));
  return names;
}

void print_json(const model::Description& it) {
  nlohmann::ordered_json out = {{"folder", it.folder},         {"version", it.info.version},
                                {"format", it.format},         {"file", it.file},
                                {"bytes", it.bytes},           {"precision", it.precision},
                                {"parameters", it.parameters}, {"input", {{"name", it.input}, {"shape", it.input_shape}}},
                                {"output", {{"name", it.output}}}, {"shape", {it.info.rows, it.info.width, it.info.channels.size()}},
                                {"channels", it.info.channels}, {"channel_names", channel_names(it.info)}};
  if (it.info.height_reads) {
    out["height_pangenome"] = *it.info.height_pangenome;
    out["height_reads"] = *it.info.height_reads;
  }
  if (!it.info.flags_for_calling.empty()) {
    nlohmann::ordered_json flags;
    for (const auto& [name, value] : it.info.flags_for_calling) flags[name] = value;
    out["flags_for_calling"] = flags;
  }
  out["cascade"] = model::has_cascade(it.folder);
  fmt::print("{}\n", out.dump(2));
}

std::string rows_text(const model::ExampleInfo& info) {
  if (!info.height_reads) return fmt::format("{}", info.rows);
  return fmt::format("{} ({} of the pangenome, {} of reads)", info.rows, *info.height_pangenome, *info.height_reads);
}

void print_table(const model::Description& it) {
  const auto row = [](const char* key, const std::string& value) { fmt::print("{}\t{}\n", key, value); };
  row("folder", it.folder);
  row("version", it.info.version);
  row("format", fmt::format("{} ({})", it.format, it.file));
  row("bytes", std::to_string(it.bytes));
  row("precision", it.precision);
  row("parameters", std::to_string(it.parameters));
  row("input", fmt::format("{} {}", it.input, it.input_shape));
  row("output", it.output);
  row("rows", rows_text(it.info));
  row("width", std::to_string(it.info.width));
  row("channels", fmt::format("{}", fmt::join(channel_names(it.info), ", ")));
  if (model::has_cascade(it.folder)) row("cascade", "settles plain sites and weighs the network's answers in `haploom call`");
  for (const auto& [name, value] : it.info.flags_for_calling) row("flag", fmt::format("--{}={}", name, value));
}

}  // namespace

void add_model_info(CLI::App& parent) {
  auto options = std::make_shared<Options>();
  CLI::App* command = parent.add_subcommand("info", "what a model folder holds: format, input, output, channels, precision, size");
  command->add_option("folder", options->folder, "model folder of haploom, or a SavedModel folder of DeepVariant")->required()->type_name("FOLDER");
  command->add_flag("--json", options->json, "JSON instead of a table");
  command->footer("example, in the source folder:\n  haploom model info tests/data/tiny_model");
  command->callback([options] {
    const model::Description description = model::describe(options->folder);
    options->json ? print_json(description) : print_table(description);
  });
}

}  // namespace haploom::commands
