// Lines of a text file, plain or gzipped.
//
// Errors: the given exit and reason, naming the file, when it cannot be opened, cannot be decompressed or ends early.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace haploom::formats {

// take(number, line): lines count from 1 and come without their line end ("\n" or "\r\n").
void for_each_line(const std::string& path, Exit exit, Reason reason,
                   const std::function<void(int64_t number, std::string_view line)>& take);

}  // namespace haploom::formats
