#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "base/error.h"
#include "commands/commands.h"
#include "formats/guarded_file.h"
#include "gbz/gbz.h"

namespace haploom::commands {
namespace {

void print_line(std::string_view line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fputc('\n', stdout) != EOF) return;
  throw Error{Exit::kResource, Reason::kOutput, "commands", fmt::format("cannot write the table to the standard output: {}", std::strerror(errno)),
              "check the disk or the program that reads it"};
}

void print_paths(const std::string& file) {
  const formats::GuardedFile mapped(file, "gbz", Reason::kReadGbz);
  const gbz::Gbz graph = gbz::Gbz::parse(mapped.bytes(), file);
  gbz::Walker walker(graph);
  print_line(gbz::kPathTableHeader);
  for (uint64_t path = 0; path < graph.path_count(); ++path) {
    const std::string row = gbz::path_row(graph, walker, path);
    mapped.require_whole();
    print_line(row);
  }
}

}  // namespace

void add_gbz_paths(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("paths", "table of the paths of a GBZ file, with lengths and sequence hashes");
  const auto file = std::make_shared<std::string>();
  command->add_option("file", *file, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->footer("example, in the source folder:\n  haploom gbz build tests/data/small.gfa -o small.gbz\n  haploom gbz paths small.gbz");
  command->callback([file] { print_paths(*file); });
}

}  // namespace haploom::commands
