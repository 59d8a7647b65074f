#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/store_flags.h"
#include "shared_image/store.h"

namespace haploom::commands {
namespace {

// "42s", "5m", "3h", "2d"
std::string age_text(int64_t seconds) {
  seconds = std::max<int64_t>(seconds, 0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::string pids_text(const std::vector<shared_image::Holder>& holders) {
  std::string text;
  for (const shared_image::Holder& holder : holders) text += (text.empty() ? "" : ",") + (holder.pid > 0 ? std::to_string(holder.pid) : "?");
  return text.empty() ? "-" : text;
}

void print_table(const std::string& directory) {
  shared_image::StoreOptions options;
  options.directory = directory;
  fmt::print("name\tgraph\tbytes\tpolicy\tage\tholders\n");
  for (const shared_image::Entry& entry : shared_image::Store(options).list()) {
    const bool whole = entry.problem.empty();
    const std::string graph = whole ? std::filesystem::path(entry.gbz_path).filename().string() : "-";
    const char* policy = !whole ? "damaged" : entry.policy == shared_image::Policy::kKept ? "kept" : "transient";
    fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", entry.name, graph, entry.bytes, policy, age_text(std::time(nullptr) - entry.created_unix),
               pids_text(entry.holders));
    if (!whole) fmt::print(stderr, "{}: {}\n", entry.name, entry.problem);
  }
}

}  // namespace

void add_gbz_ls(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("ls", "table of your shared pangenomes on this node: name, graph, bytes, policy, age, holders' pids");
  const auto directory = std::make_shared<std::string>("/dev/shm");
  add_store_directory(*command, *directory);
  command->footer("example: haploom gbz ls");
  command->callback([directory] { print_table(*directory); });
}

}  // namespace haploom::commands
