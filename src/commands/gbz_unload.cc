#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/store_commands.h"
#include "commands/store_flags.h"
#include "shared_image/store.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string name;
  std::string directory;
  bool force = false;
};

}  // namespace

void unload(const std::string& directory, const std::string& name, bool force) {
  store_with(name, directory).unload(name, force);
}

void add_gbz_unload(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("unload", "remove a shared pangenome that nobody uses");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "as `haploom gbz ls` prints it")->required()->type_name("NAME");
  command->add_flag("--force", options->force, "remove the name although it is in use; running jobs keep what they have");
  add_store_directory(*command, options->directory);
  command->footer("example, after that of haploom gbz load:\n  haploom gbz unload small");
  command->callback([options] { unload(options->directory, options->name, options->force); });
}

}  // namespace haploom::commands
