// Flags that every command over reads, reference and pangenome takes, with DeepVariant's names.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "commands/store_flags.h"

namespace haploom::commands {

struct CallFlags {
  std::string model_type = "WGS";
  std::string ref;
  std::string reads;
  std::string pangenome;
  std::string regions;
  std::string exclude_regions;
  std::string gbz_shared_memory_name;
  StoreFlags store;
  std::string ref_name_pangenome;
  std::string ref_chrom_prefix;
  std::string customized_model;
  int num_shards = 1;

  void add_to(CLI::App& command);
  std::string model_folder() const;  // --customized_model, else the one shipped for --model_type
};

// add(flag with its dashes, value, help) for one command, in the manner of absl: the last of several counts.
inline auto last_counts(CLI::App& command) {
  return [&command](const std::string& flag, auto& value, const std::string& help) { return command.add_option(flag, value, help)->take_last(); };
}

// absl's boolean: --x, --nox, --x=true|false.
void add_switch(CLI::App& command, const std::string& name, bool& value, const std::string& help);

// The models shipped with the program: beside a build tree or an installation; HAPLOOM_MODELS overrides.
std::string shipped_model(const std::string& model_type);

}  // namespace haploom::commands
