#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "commands/commands.h"
#include "commands/store_flags.h"
#include "shared_image/gbz_source.h"
#include "shared_image/store.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string name;
  std::string directory;
};

void verify(const Options& options) {
  if (options.name.ends_with(".haploom") && std::filesystem::exists(options.name)) {
    fmt::print("{}\tgood\t{} bytes\n", options.name, shared_image::verify_index(options.name));
    return;
  }
  const shared_image::ObjectHeader header = store_with(options.name, options.directory).inspect(options.name, true);
  fmt::print("{}\tgood\t{} bytes\n", shared_image::validated_name(options.name), header.total_bytes);
}

}  // namespace

void add_gbz_verify(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("verify", "compare every byte of a shared pangenome, or of an index, with its checksums: exit 0, or an error with its reason");
  const auto options = std::make_shared<Options>();
  command->add_option("name", options->name, "as `haploom gbz ls` prints it; or the path of an index that `haploom gbz index` wrote")->required()->type_name("NAME|FILE.gbz.haploom");
  add_store_directory(*command, options->directory);
  command->footer("Exit 3, reason 40: the image is damaged; exit 4, reasons 10 to 15: its header is, or it cannot be opened (docs/errors.md).\n\n"
                  "example, with one loaded for it:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n"
                  "  haploom gbz load --pangenome_gbz small.gbz --shared_memory_name small\n  haploom gbz verify small\n  haploom gbz unload small");
  command->callback([options] { verify(*options); });
}

}  // namespace haploom::commands
