// Flags about the store of shared pangenomes: where it lies, who may use it, how long to wait for another loader, how
// large one may be.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "shared_image/gbz_source.h"

namespace haploom::commands {

struct StoreFlags {
  shared_image::Placement placement;
  std::optional<uint32_t> owner;
  std::string group;              // name or number; empty: nobody but the owner
  bool verify = false;
  bool lock_memory = false;
  std::optional<double> size_gb;  // a ceiling; none unless given
  double wait_timeout = 1800;     // seconds

  // Refuses sizes and times that are not finite and above 0.
  void add_to(CLI::App& command);
  shared_image::HoldOptions options(int threads) const;
  // The same said to another command: `--flag`, `value` for whatever is not the default.
  std::vector<std::string> words() const;
};

// --gbz_store_dir alone, for commands that load nothing: empty unless given, and then every place that a load may take.
void add_store_directory(CLI::App& command, std::string& directory);
// Those of them that are there; a directory that was given, whether it is there or not.
std::vector<std::string> places_to_look(const std::string& directory);
// The store with the caller's object of that name. Errors: kUsage when there are two.
shared_image::Store store_with(const std::string& name, const std::string& directory);

}  // namespace haploom::commands
