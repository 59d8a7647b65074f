// Flags of make_examples about a small model: DeepVariant 1.9's names, types and defaults.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "pipeline/make_examples.h"

namespace haploom::commands {

struct SmallModelFlags {
  bool call_small_model_examples = false, write_small_model_examples = false, skip_pileup_image_generation = false;
  pipeline::SmallModelOptions options;

  void add_to(CLI::App& command);
  // Files that stand beside the examples of a task, named as DeepVariant names them; empty: not wanted.
  std::string call_outputs(const std::string& examples) const;
  std::string summaries(const std::string& examples) const;
  // Errors: kUsage for what contradicts or is missing. labels: the algorithm of the run.
  void check(pipeline::MakeExamplesMode mode, labels::Algorithm labels) const;
};

}  // namespace haploom::commands
