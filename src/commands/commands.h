// The command line: one file for each command, named after it, holding its flags with default, unit and help.
//
// Every add_...() hangs one subcommand under `parent`; its callback does the work and throws Error.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace haploom::commands {

// The whole program: parses, runs, prints the one error, returns the exit code. argv[0] may be a DeepVariant name.
int main(int argc, char** argv);

inline constexpr const char* kHidden = "";  // CLI11's group of options that --help does not show

const std::string& command_line();  // as a shell would take it
const std::string& called_as();     // argv[0] without its folder

void add_call(CLI::App& parent);
void add_call_variants(CLI::App& parent);
void add_examples(CLI::App& parent);
void add_postprocess_variants(CLI::App& parent);
void add_make_examples(CLI::App& parent);  // and make_examples_pangenome_aware_dv
void add_show(CLI::App& parent);
void add_gbz_build(CLI::App& parent);
void add_gbz_check(CLI::App& parent);
void add_gbz_gc(CLI::App& parent);
void add_gbz_haplotypes(CLI::App& parent);
void add_gbz_index(CLI::App& parent);
void add_gbz_load(CLI::App& parent);
void add_gbz_ls(CLI::App& parent);
void add_gbz_paths(CLI::App& parent);
void add_gbz_stat(CLI::App& parent);
void add_gbz_unload(CLI::App& parent);
void add_gbz_verify(CLI::App& parent);
void add_model_info(CLI::App& parent);
void add_model_quantize(CLI::App& parent);
void add_train(CLI::App& parent);

}  // namespace haploom::commands
