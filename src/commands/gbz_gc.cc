#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/quantity.h"
#include "commands/commands.h"
#include "commands/store_commands.h"
#include "commands/store_flags.h"
#include "shared_image/garbage.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string directory;
  std::optional<uint32_t> owner;
  shared_image::GarbageRules rules;
};

const char* text_of(shared_image::Rubbish what) {
  switch (what) {
    case shared_image::Rubbish::kTransient: return "transient";
    case shared_image::Rubbish::kDamaged: return "damaged";
    case shared_image::Rubbish::kKept: return "kept";
    case shared_image::Rubbish::kTemporary: return "temporary";
    case shared_image::Rubbish::kLock: return "lock";
  }
  return "?";
}

}  // namespace

void collect_garbage(const std::string& directory, const shared_image::GarbageRules& rules) {
  uint64_t files = 0, bytes = 0;
  fmt::print("file\tuid\twhat\tbytes\toutcome\n");
  for (const std::string& place : places_to_look(directory)) {
    // Leases of other nodes cannot be seen there.
    if (directory.empty() && shared_image::network_file_system(place)) continue;
    shared_image::require_local(place, {});
    shared_image::StoreOptions store;
    store.directory = place;
    for (const shared_image::GarbageRow& row : shared_image::collect_garbage(store, rules)) {
      const std::string outcome = row.removed ? (rules.dry_run ? "would be removed" : "removed") : "stays: " + row.spared;
      fmt::print("{}\t{}\t{}\t{}\t{}\n", row.path, row.owner, text_of(row.what), row.bytes, outcome);
      files += row.removed ? 1 : 0;
      bytes += row.removed ? row.bytes : 0;
    }
  }
  base::info("commands", "{} {} files, {}", rules.dry_run ? "would remove" : "removed", files, base::size_text(bytes));
}

void add_gbz_gc(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand(
      "gc", "remove what killed jobs left behind: transient or damaged pangenomes that nobody uses, temporaries and lock files without a process");
  const auto options = std::make_shared<Options>();
  command->add_flag("--kept,--all", options->rules.kept, "unused pangenomes too that were loaded to be kept");
  command->add_flag("--dry_run", options->rules.dry_run, "print what would be removed, and remove nothing");
  command->add_option("--gbz_shared_memory_owner", options->owner, "of this user id, with that user's rights; root only, but for one's own");
  command->add_flag("--all_users", options->rules.all_users, "of every user of the node, each with that user's rights; root only. For the epilog of a scheduler");
  add_store_directory(*command, options->directory);
  command->footer("What is in use, and what is being loaded, stays; the table says by whom.\n\nexample: haploom gbz gc --dry_run");
  command->callback([options] {
    options->rules.owner = options->owner;
    collect_garbage(options->directory, options->rules);
  });
}

}  // namespace haploom::commands
