// Flags of make_examples that this release takes only at their default, and those that change nothing.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

namespace haploom::commands {

// Registers them, out of --help.
void add_refused_flags(CLI::App& command);
// kUsage for the first that asks for something.
void check_refused_flags(const CLI::App& command);
// A warning for each that is given and changes nothing.
void warn_of_flags_without_effect(const CLI::App& command);

}  // namespace haploom::commands
