#include "commands/store_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace haploom::commands {
namespace {

// No store is larger and nobody waits longer, and in bytes and milliseconds both fit 64 bits.
constexpr double kMostGb = 1e9;
constexpr double kMostSeconds = 1e9;

CLI::Validator above_zero() {
  return CLI::Validator(
      [](const std::string& text) {
        double value = 0;
        const bool holds = CLI::detail::lexical_cast(text, value) && std::isfinite(value) && value > 0;
        return holds ? std::string() : fmt::format("{} is not a number above 0", text);
      },
      "NUMBER > 0");
}

}  // namespace

void add_store_directory(CLI::App& command, std::string& directory) {
  command.add_option("--gbz_store_dir", directory, "where shared pangenomes lie")->capture_default_str();
}

void StoreFlags::add_to(CLI::App& command) {
  command.add_option("--gbz_shared_memory_size_gb,--shared_memory_size_gb", size_gb,
                     "GB (10^9 bytes) that the pangenome may take at most. Its size is computed; without this flag what there is room for is the limit")
      ->check(above_zero());
  add_store_directory(command, directory);
  command.add_option("--gbz_wait_timeout", wait_timeout, "seconds to wait for another process that loads the same pangenome")
      ->capture_default_str()
      ->check(above_zero());
}

shared_image::StoreOptions StoreFlags::options() const {
  shared_image::StoreOptions out;
  out.directory = directory;
  if (size_gb) out.ceiling_bytes = std::max<uint64_t>(1, static_cast<uint64_t>(std::min(*size_gb, kMostGb) * 1e9));
  out.wait_timeout = std::chrono::milliseconds(static_cast<int64_t>(std::min(wait_timeout, kMostSeconds) * 1e3));
  return out;
}

}  // namespace haploom::commands
