#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/store_flags.h"
#include "shared_image/holders.h"
#include "shared_image/store.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string name;
  std::string directory;
};

std::string time_text(int64_t unix_seconds) {
  const std::time_t time = unix_seconds;
  struct tm parts {};
  char text[32] = {};
  if (::gmtime_r(&time, &parts) != nullptr) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void print_object(const Options& options) {
  const shared_image::Store there = store_with(options.name, options.directory);
  const shared_image::ObjectHeader header = there.inspect(options.name, false);
  const auto row = [](const char* key, const std::string& value) { fmt::print("{}\t{}\n", key, value); };
  for (const shared_image::Entry& entry : there.list()) {
    if (entry.name != shared_image::validated_name(options.name)) continue;
    row("name", entry.name);
    row("file", entry.path);
    row("policy", entry.policy == shared_image::Policy::kKept ? "kept" : "transient");
    row("holders", entry.holders.empty() ? "none" : shared_image::text_of(entry.holders));
  }
  row("bytes", std::to_string(header.total_bytes));
  row("graph", header.gbz_path.text());
  row("graph_bytes", std::to_string(header.gbz_bytes));
  row("fingerprint", header.fingerprint().text());
  row("reference_samples", header.reference_samples.text());
  row("created", time_text(header.created_unix));
  row("creator", fmt::format("uid {} pid {} on {}", header.uid, header.pid, header.host.text()));
  row("version", header.version.text());
}

}  // namespace

void add_gbz_stat(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("stat", "everything about one shared pangenome");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "as `haploom gbz ls` prints it")->required()->type_name("NAME");
  add_store_directory(*command, options->directory);
  command->footer("example, after that of haploom gbz load:\n  haploom gbz stat small");
  command->callback([options] { print_object(*options); });
}

}  // namespace haploom::commands
