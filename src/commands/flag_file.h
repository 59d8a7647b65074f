// absl's --flagfile: words of the command line that stand in a file, one a line.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace haploom::commands {

// Puts the lines of `--flagfile=F` (or `--flagfile F`) in its place. Blank lines and those that begin with # or // say nothing; a
// file may name others.
// Errors: kUsage for a file that cannot be read, or that names itself
std::vector<std::string> with_flag_files(const std::vector<std::string>& words);

}  // namespace haploom::commands
