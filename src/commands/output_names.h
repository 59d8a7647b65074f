// Whether the files that a command is to write are apart from each other and from what it reads.
//
// In:     the paths by their flags; an empty path is one that is not wanted. Two spellings of one file are one (a/../b, links); a
//         name of shards stands for each of them, an input or a bgzipped output for its index beside it, too; a device
//         (/dev/null) may be named as often as one likes
// Errors: kUsage, both flags named; before any work, and nothing is opened
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace haploom::commands {

struct NamedPath {
  std::string flag;  // as the user writes it, or words for a file that has no flag of its own
  std::string path;
};

void check_outputs_are_apart(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs = {});

}  // namespace haploom::commands
