#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "commands/commands.h"
#include "commands/store_commands.h"
#include "commands/store_flags.h"
#include "shared_image/gbz_source.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string pangenome_gbz;
  std::optional<std::string> name;
  int num_shards = 1;  // upstream counts it down to remove the segment; leases do that here
  bool unload = false, force = false, list = false, gc = false;  // instead of loading
  StoreFlags store;
};

// What the name was when it was loaded: given, or that of the graph's family.
std::string name_to_unload(const Options& options) {
  const bool by_graph = !options.name || options.name->find("{fp}") != std::string::npos;
  if (by_graph && options.pangenome_gbz.empty())
    throw Error{Exit::kUsage, Reason::kUsage, "commands", "--unload: which pangenome?", "--shared_memory_name NAME (haploom gbz ls prints it), or --pangenome_gbz FILE.gbz"};
  return shared_image::resolve_name(options.name, by_graph ? shared_image::fingerprint_of(options.pangenome_gbz) : shared_image::Fingerprint{}).name;
}

void load(const Options& options) {
  const std::string& directory = options.store.placement.directory;
  if (options.unload) return unload(directory, name_to_unload(options), options.force);
  if (options.list) return print_store(directory, ListFormat::kTable, options.store.owner.value_or(::geteuid()));
  if (options.gc) return collect_garbage(directory, {.owner = options.store.owner});
  if (options.pangenome_gbz.empty())
    throw Error{Exit::kUsage, Reason::kUsage, "commands", "--pangenome_gbz is required", "--pangenome_gbz FILE.gbz; or --unload, --list or --gc"};
  const shared_image::Lease lease =
      shared_image::attach_or_load_gbz(options.pangenome_gbz, options.name, shared_image::Policy::kKept, options.store.options(options.num_shards));
  fmt::print("{}\t{}\t{} bytes\n", lease.name(), lease.loaded_here() ? "loaded" : "was there", lease.header().total_bytes);
}

}  // namespace

void add_gbz_load(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("load", "hold a pangenome in shared memory until it is unloaded; jobs on this node attach to it");
  const auto options = std::make_shared<Options>();
  command->add_option("--pangenome_gbz,--pangenome", options->pangenome_gbz, "GBZ file, version 1, 2 or 3; required for loading")->type_name("FILE.gbz");
  command->add_option("--shared_memory_name,--gbz_shared_memory_name", options->name,
                      "its name; {job}, {pid} and {fp} are replaced. Default: GBZ_SHARED_MEMORY.<fingerprint>, where jobs without a name look");
  command->add_option("--num_shards", options->num_shards, "threads of the conversion; nothing counts down, as it does in DeepVariant")->capture_default_str()->check(CLI::Range(1, 1024));
  CLI::Option* unload = command->add_flag("--unload", options->unload, "as `haploom gbz unload`: of --shared_memory_name, else what jobs over --pangenome_gbz share without a name");
  command->add_flag("--force", options->force, "with --unload: although it is in use; running jobs keep what they have")->needs(unload);
  CLI::Option* list = command->add_flag("--list", options->list, "as `haploom gbz ls`")->excludes(unload);
  command->add_flag("--gc", options->gc, "as `haploom gbz gc`")->excludes(unload)->excludes(list);
  options->store.add_to(*command);
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz load --pangenome_gbz small.gbz --shared_memory_name small");
  command->callback([options] { load(*options); });
}

}  // namespace haploom::commands
