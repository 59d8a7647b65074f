#include <fmt/format.h>

#include <memory>
#include <string>

#include "commands/commands.h"
#include "shared_image/gbz_source.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string gbz;
  int num_shards = 1;
  bool force = false;
};

void index(const Options& options) {
  const shared_image::IndexWritten written = shared_image::write_index(options.gbz, options.force, static_cast<unsigned>(options.num_shards));
  fmt::print("{}\t{}\t{} bytes\n", written.path, written.made ? "made" : "up to date", written.bytes);
}

}  // namespace

void add_gbz_index(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("index", "write FILE.gbz.haploom, which jobs map or copy instead of converting the GBZ; made anew when it no longer fits");
  const auto options = std::make_shared<Options>();
  command->add_option("file", options->gbz, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->add_option("--num_shards", options->num_shards, "threads")->capture_default_str()->check(CLI::Range(1, 1024));
  command->add_flag("--force", options->force, "make it anew although it fits");
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz index small.gbz");
  command->callback([options] { index(*options); });
}

}  // namespace haploom::commands
