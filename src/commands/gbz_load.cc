#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "commands/commands.h"
#include "commands/store_flags.h"
#include "shared_image/gbz_source.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string pangenome_gbz;
  std::optional<std::string> name;
  int num_shards = 0;  // upstream counts it down to remove the segment; leases do that here
  StoreFlags store;
};

void load(const Options& options) {
  const shared_image::Lease lease =
      shared_image::attach_or_load_gbz(options.pangenome_gbz, options.name, shared_image::Policy::kKept, options.store.options());
  fmt::print("{}\t{}\t{} bytes\n", lease.name(), lease.loaded_here() ? "loaded" : "was there", lease.header().total_bytes);
}

}  // namespace

void add_gbz_load(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("load", "hold a pangenome in shared memory until it is unloaded; jobs on this node attach to it");
  const auto options = std::make_shared<Options>();
  command->add_option("--pangenome_gbz,--pangenome", options->pangenome_gbz, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->add_option("--shared_memory_name,--gbz_shared_memory_name", options->name,
                      "its name; {job}, {pid} and {fp} are replaced. Default: GBZ_SHARED_MEMORY.<fingerprint>, where jobs without a name look");
  command->add_option("--num_shards", options->num_shards, "accepted for command lines of DeepVariant; nothing counts down");
  options->store.add_to(*command);
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz load --pangenome_gbz small.gbz --shared_memory_name small");
  command->callback([options] { load(*options); });
}

}  // namespace haploom::commands
