// Numbers about a stretch of bases that some channels show.
//
// Source: channels/{read_mapping_percent,avg_base_quality,gap_compressed_identity,gc_content,homopolymer_weighted}
//         _channel.cc (DeepVariant 1.9); percentages are truncated float32
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tensor/trim.h"

namespace haploom::tensor {

// Bases that the CIGAR says match (M counts, X does not), of all bases of the piece, clipped ones too.
int matched_percent(const Piece& piece);
// The same of matches, mismatches and one for each insertion or deletion.
int gap_compressed_percent(const Piece& piece);
int average_quality(std::span<const uint8_t> quality);
int gc_percent(std::string_view bases);
// [bases] the length of the run of equal bases that each stands in.
void run_lengths(std::string_view bases, std::vector<int32_t>& out);

}  // namespace haploom::tensor
