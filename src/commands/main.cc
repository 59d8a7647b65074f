#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <numeric>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/signals.h"
#include "commands/commands.h"
#include "commands/flag_file.h"
#include "commands/shell.h"

namespace haploom::commands {
namespace {

// The names that DeepVariant's users know, and the subcommand each stands for.
const std::map<std::string, std::vector<std::string>> kUpstreamNames = {
    {"run_deepvariant", {"run_deepvariant"}},
    {"run_pangenome_aware_deepvariant", {"call"}},
    {"load_gbz_into_shared_memory", {"gbz", "load"}},
    {"call_variants", {"call_variants"}},
    {"postprocess_variants", {"postprocess_variants"}},
    {"make_examples", {"make_examples"}},
    {"make_examples_pangenome_aware_dv", {"make_examples_pangenome_aware_dv"}},
};

std::string the_command_line;
std::string the_program_name;

size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

// The flag of the command that a word was probably meant to be; empty when none is near.
std::string nearest_flag(const CLI::App& command, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::string best;
  size_t distance = name.size() / 3 + 1;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group() == kHidden) continue;
    for (const std::string& known : option->get_lnames()) {
      if (const size_t d = edit_distance(name, "--" + known); d < distance) {
        distance = d;
        best = "--" + known;
      }
    }
  }
  return best;
}

// What stdio still holds may not fit any more.
void finish_stdout() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Error{Exit::kResource, Reason::kOutput, "commands", fmt::format("cannot write to standard output: {}", std::strerror(errno)),
              "check the disk or the program that reads it"};
}

// "gbz ls"
std::string path_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  const bool top = parent == nullptr || parent->get_parent() == nullptr;
  return (top ? "" : path_of(*parent) + " ") + command.get_name();
}

int refuse_usage(const CLI::App& app, const CLI::ParseError& wrong) {
  const CLI::App& command = innermost(app);
  fmt::print(stderr, "error [commands/{}]: {}\n", static_cast<int>(Reason::kUsage), wrong.what());
  std::string near;
  for (const std::string& word : command.remaining()) {
    if (word.starts_with("-") && near.empty()) near = nearest_flag(command, word);
  }
  const std::string asked = the_program_name == "haploom" && command.get_parent() != nullptr ? "haploom " + path_of(command) : the_program_name;
  fmt::print(stderr, "  try:   {}\n", near.empty() ? asked + " --help" : near);
  return static_cast<int>(Exit::kUsage);
}

// `--flag=` gives an empty value; the parser would take the next word for it.
std::vector<std::string> with_empty_values(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const std::string& word : words) {
    const bool empty_value = word.starts_with("--") && word.find('=') == word.size() - 1;
    out.push_back(empty_value ? word.substr(0, word.size() - 1) : word);
    if (empty_value) out.emplace_back();
  }
  return out;
}

void add_commands(CLI::App& app) {
  add_call(app);
  add_make_examples(app);
  add_call_variants(app);
  add_examples(app);
  add_postprocess_variants(app);
  add_show(app);
  CLI::App* gbz = app.add_subcommand("gbz", "pangenome graphs: show, build, hold in shared memory");
  gbz->require_subcommand(1);
  add_gbz_build(*gbz);
  add_gbz_check(*gbz);
  add_gbz_gc(*gbz);
  add_gbz_haplotypes(*gbz);
  add_gbz_index(*gbz);
  add_gbz_load(*gbz);
  add_gbz_ls(*gbz);
  add_gbz_paths(*gbz);
  add_gbz_stat(*gbz);
  add_gbz_unload(*gbz);
  add_gbz_verify(*gbz);
  CLI::App* model = app.add_subcommand("model", "networks: what a folder holds, and an int8 copy of it");
  model->require_subcommand(1);
  add_model_info(*model);
  add_model_quantize(*model);
  add_train(app);
}

}  // namespace

const std::string& command_line() { return the_command_line; }
const std::string& called_as() { return the_program_name; }

int main(int argc, char** argv) {
  CLI::App app{"haploom: pangenome-aware small-variant calling", "haploom"};
  app.require_subcommand(1);
  app.set_version_flag("--version", HAPLOOM_VERSION);
  add_commands(app);
  base::install_signal_handlers();

  the_program_name = std::filesystem::path(argv[0]).filename().string();
  std::vector<std::string> said(argv + 1, argv + argc);
  said.insert(said.begin(), the_program_name);
  the_command_line = quoted(said);
  std::vector<std::string> words;
  if (const auto known = kUpstreamNames.find(the_program_name); known != kUpstreamNames.end()) words = known->second;
  words.insert(words.end(), argv + 1, argv + argc);
  try {
    words = with_empty_values(with_flag_files(words));
    std::reverse(words.begin(), words.end());  // what CLI11 takes
    app.parse(words);
    finish_stdout();
    return static_cast<int>(Exit::kDone);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& wrong) {
    return refuse_usage(app, wrong);
  } catch (const Error& error) {
    fmt::print(stderr, "{}", error.text());
    return static_cast<int>(error.exit());
  } catch (const base::Interrupted& stop) {
    fmt::print(stderr, "haploom: stopped by signal {} ({}); unfinished outputs are removed\n", stop.signal(), strsignal(stop.signal()));
    return 128 + stop.signal();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error [base/21]: out of memory\n  try:   give the job more memory or fewer threads\n");
    return static_cast<int>(Exit::kResource);
  } catch (const std::system_error& error) {  // a closed pipe, a folder without rights, no more threads
    fmt::print(stderr, "error [base/60]: {}\n  try:   check where the output goes, and the limits of this account (ulimit -a)\n", error.what());
    return static_cast<int>(Exit::kResource);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error [base/70]: {}\n  try:   please report this with the command line and the version\n", error.what());
    return static_cast<int>(Exit::kInternal);
  }
}

}  // namespace haploom::commands
