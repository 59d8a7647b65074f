// The command line: one file for each command, named after it, holding its flags with default, unit and help.
//
// Every add_...() hangs one subcommand under `parent`; its callback does the work and throws Error.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

namespace haploom::commands {

// The whole program: parses, runs, prints the one error, returns the exit code. argv[0] may be a DeepVariant name.
int main(int argc, char** argv);

void add_gbz_paths(CLI::App& parent);

}  // namespace haploom::commands
