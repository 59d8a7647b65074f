#include "commands/commands.h"

namespace haploom::commands {

void add_gbz_paths(CLI::App& parent) { parent.add_subcommand("paths", "table of the paths of a GBZ file"); }

}  // namespace haploom::commands
