// A glance at records without copying them: where a variant lies, and the parts of a call output. For programs that sort
// and split many records and read most of each only later.
//
// Errors: kInput/kRecord for bytes that do not follow the protobuf wire format, a variant without a contig or of no length,
//         an output without a variant or without its three probabilities
// Source: field numbers, deepvariant.proto beside this file
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "genome/candidate.h"

namespace haploom::formats {

// Of a variant's bytes (records.h, VariantRecord); points into them.
struct VariantPlace {
  std::string_view contig;
  int64_t start = 0;  // 0-based, half-open; start < end
  int64_t end = 0;
};
VariantPlace variant_place(std::string_view variant);

// Of a call output's bytes (CallOutputRecord); points into them.
struct CallOutputView {
  std::string_view variant;
  genome::AltSet alt_set;
  genome::GenotypeProbabilities probabilities = {};
};
CallOutputView call_output_view(std::string_view output);

}  // namespace haploom::formats
