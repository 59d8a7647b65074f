#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "commands/commands.h"
#include "shared_image/gbz_source.h"

namespace haploom::commands {
namespace {

struct Options {
  std::string pangenome_gbz;
  std::optional<std::string> name;
  double size_gb = 12;
  int num_shards = 0;  // upstream counts it down to remove the segment; leases do that here
  double wait_timeout = 1800;
  std::string store_dir = "/dev/shm";
};

shared_image::StoreOptions store_options(const Options& options) {
  shared_image::StoreOptions store;
  store.directory = options.store_dir;
  store.ceiling_bytes = static_cast<uint64_t>(options.size_gb * 1e9);
  store.wait_timeout = std::chrono::milliseconds(static_cast<int64_t>(options.wait_timeout * 1e3));
  return store;
}

void load(const Options& options) {
  const shared_image::Lease lease =
      shared_image::attach_or_load_gbz(options.pangenome_gbz, options.name, shared_image::Policy::kKept, store_options(options));
  fmt::print("{}\t{}\t{} bytes\n", lease.name(), lease.loaded_here() ? "loaded" : "was there", lease.header().total_bytes);
}

}  // namespace

void add_gbz_load(CLI::App& parent) {
  CLI::App* command = parent.add_subcommand("load", "hold a pangenome in shared memory until it is unloaded; jobs on this node attach to it");
  const auto options = std::make_shared<Options>();
  command->add_option("--pangenome_gbz,--pangenome", options->pangenome_gbz, "GBZ file, version 1, 2 or 3")->required()->type_name("FILE.gbz");
  command->add_option("--shared_memory_name,--gbz_shared_memory_name", options->name,
                      "its name; {job}, {pid} and {fp} are replaced. Default: GBZ_SHARED_MEMORY.<fingerprint>, where jobs without a name look");
  command->add_option("--shared_memory_size_gb,--gbz_shared_memory_size_gb", options->size_gb, "GB (10^9 bytes) that it may take at most; its size is computed")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--num_shards", options->num_shards, "accepted for command lines of DeepVariant; nothing counts down");
  command->add_option("--gbz_store_dir", options->store_dir, "where shared pangenomes lie")->capture_default_str();
  command->add_option("--gbz_wait_timeout", options->wait_timeout, "seconds to wait for another process that loads the same name")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->callback([options] { load(*options); });
}

}  // namespace haploom::commands
