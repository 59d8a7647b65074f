// The errors of the store, spoken by shared_image, with the reason number of docs/errors.md.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstring>
#include <string>

#include "base/error.h"

namespace haploom::shared_image {

inline constexpr const char* kModule = "shared_image";

inline Error failure(Reason reason, std::string message, std::string remedy = "") {
  return Error{Exit::kResource, reason, kModule, std::move(message), std::move(remedy)};
}

// The GBZ file that was given cannot be read.
inline Error unreadable_gbz(const std::string& path, const std::string& why) {
  return Error{Exit::kInput, Reason::kReadGbz, kModule, "cannot read the pangenome " + path + ": " + why, "give a GBZ file that you may read and that nobody writes to"};
}

// What the kernel said: call at once after the failed call.
inline std::string errno_text(int error) { return std::strerror(error); }

}  // namespace haploom::shared_image
