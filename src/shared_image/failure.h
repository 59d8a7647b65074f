// The errors of the store: exit kResource, spoken by shared_image, with the reason number of docs/shared_memory.md.
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

// What the kernel said: call at once after the failed call.
inline std::string errno_text(int error) { return std::strerror(error); }

}  // namespace haploom::shared_image
