// Records of one read: supplementary alignments and repeated lines share name and number. What supports an allele is the
// read, so all its records bear the colour.
//
// Source: read_supports_variant_channel.cc, which asks by read key (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "genome/read.h"

namespace haploom::tensor {

// [reads] the next record of the same read, in a ring (itself when it is alone); empty when all are alone.
std::vector<int32_t> twins(const std::vector<genome::Read>& reads);

}  // namespace haploom::tensor
