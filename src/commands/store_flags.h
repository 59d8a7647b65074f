// Flags about the store of shared pangenomes: where it lies, how long to wait for another loader, how large one may be.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "shared_image/store.h"

namespace haploom::commands {

struct StoreFlags {
  std::string directory = "/dev/shm";
  std::optional<double> size_gb;  // a ceiling; none unless given
  double wait_timeout = 1800;     // seconds

  // Refuses sizes and times that are not finite and above 0.
  void add_to(CLI::App& command);
  shared_image::StoreOptions options() const;
};

// --gbz_store_dir alone, for commands that load nothing.
void add_store_directory(CLI::App& command, std::string& directory);

}  // namespace haploom::commands
