// A number in fewer bits, or the error of a graph that outgrows the image's layout.
//
// Errors: kInput/kGbzFormat
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace haploom::shared_image {

// what: "node strands", for the message.
uint32_t narrow(uint64_t value, const char* what);

}  // namespace haploom::shared_image
