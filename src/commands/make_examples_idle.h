// Flags of make_examples that change nothing in a run of this kind: they need another flag or another mode.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

#include "commands/make_examples_flags.h"
#include "pipeline/make_examples.h"

namespace haploom::commands {

// A warning for each that is given and asks for something. request: what the flags came to.
void warn_of_idle_flags(const CLI::App& command, const MakeExamplesFlags& flags, const pipeline::MakeExamplesRequest& request);

}  // namespace haploom::commands
