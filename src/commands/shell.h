// Words as a shell takes them.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace haploom::commands {

std::string quoted(const std::string& word);  // in quotes if a shell would need them
std::string quoted(const std::vector<std::string>& words);  // with blanks between

}  // namespace haploom::commands
