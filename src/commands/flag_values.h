// What the values of flags say: lists of words, names in any case, and the error of a value that cannot be.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace haploom::commands {

inline constexpr std::string_view kBlanks = " \t\n\r\v\f";
inline constexpr std::string_view kBlanksAndCommas = ", \t\n\r\v\f";

// The pieces between separators; empty ones are left out.
std::vector<std::string> words(std::string_view text, std::string_view separators = kBlanks);
std::string lower_case(std::string text);

Error usage_error(std::string message, std::string remedy);  // kUsage

}  // namespace haploom::commands
