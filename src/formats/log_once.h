// Warnings that a run gives once, however many threads open the same file.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace haploom::formats {

// Logs the line as a warning of `formats` unless the process has done so before. Safe from many threads.
void warn_once(const std::string& line);

}  // namespace haploom::formats
