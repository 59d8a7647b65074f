#include <memory>
#include <string>

#include "base/atomic_file.h"
#include "commands/commands.h"
#include "gbz/gbz.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string gfa;
  std::string output;
  int version = 1;
  uint32_t max_node = gbz::kMaxNodeBases;
};

void build(const Options& options) {
  base::AtomicFile out(options.output, "gbz");
  gbz::build_gbz(options.gfa, options.max_node, options.version, [&](std::string_view bytes) { out.write(bytes); });
  out.commit();
}

}  // namespace

void add_gbz_build(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("build", "build a GBZ from a GFA with paths (P lines) or walks (W lines)");
  const auto options = std::make_shared<Options>();
  command->add_option("gfa", options->gfa, "graph, GFA 1.0 or 1.1, plain or gzip; RS:Z: in its H line names the reference samples")->required()->type_name("GRAPH.gfa[.gz]");
  command->add_option("-o,--output", options->output, "GBZ file to write")->required()->type_name("FILE.gbz");
  command->add_option("--version", options->version, "1 (every GBZ tool), 2 or 3 (smaller; newer tools only)")->check(CLI::Range(1, 3))->capture_default_str();
  command->add_option("--max-node", options->max_node, "longest node in bases; longer segments are cut")->check(CLI::Range(1U, 1U << 30))->capture_default_str();
  command->footer(
      "memory: about two bytes for each base of the segments, one for each step of the paths, and 100 for each node:\n"
      "130 MB for a GFA of 250 MB (20 Mb, 90 haplotypes). The GFA is read twice and must be a regular file.\n"
      "example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz");
  command->callback([options] { build(*options); });
}

}  // namespace haploom::commands
