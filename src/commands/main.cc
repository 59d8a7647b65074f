#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/signals.h"
#include "commands/commands.h"

namespace haploom::commands {
namespace {

// The names that DeepVariant's users know, and the subcommand each stands for.
const std::map<std::string, std::vector<std::string>> kUpstreamNames = {
    {"run_pangenome_aware_deepvariant", {"call"}},
    {"load_gbz_into_shared_memory", {"gbz", "load"}},
};

void add_commands(CLI::App& app) {
  CLI::App* gbz = app.add_subcommand("gbz", "pangenome graphs: show, build, hold in shared memory");
  gbz->require_subcommand(1);
  add_gbz_paths(*gbz);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"haploom: pangenome-aware small-variant calling", "haploom"};
  app.require_subcommand(1);
  app.set_version_flag("--version", HAPLOOM_VERSION);
  add_commands(app);
  base::install_signal_handlers();

  std::vector<std::string> words;
  if (const auto known = kUpstreamNames.find(std::filesystem::path(argv[0]).filename().string()); known != kUpstreamNames.end())
    words = known->second;
  words.insert(words.end(), argv + 1, argv + argc);
  std::reverse(words.begin(), words.end());  // what CLI11 takes
  try {
    app.parse(words);
    return static_cast<int>(Exit::kDone);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return static_cast<int>(Exit::kUsage);
  } catch (const Error& error) {
    fmt::print(stderr, "{}", error.text());
    return static_cast<int>(error.exit());
  } catch (const base::Interrupted& stop) {
    fmt::print(stderr, "haploom: stopped by signal {} ({}); unfinished outputs are removed\n", stop.signal(), strsignal(stop.signal()));
    return 128 + stop.signal();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error [base/21]: out of memory\n  try:   give the job more memory or fewer threads\n");
    return static_cast<int>(Exit::kResource);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error [base/70]: {}\n  try:   please report this with the command line and the version\n", error.what());
    return static_cast<int>(Exit::kInternal);
  }
}

}  // namespace haploom::commands
