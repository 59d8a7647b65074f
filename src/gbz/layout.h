// Tags, versions and flags of the pieces of a GBZ: what its reader and its writer must agree on.
//
// Source: github.com/jltsiren/gbwtgraph SERIALIZATION.md, gbwt SERIALIZATION.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string_view>

namespace haploom::gbz {

constexpr uint32_t kGbzTag = 0x205A4247, kGbwtTag = 0x6B376B37, kMetadataTag = 0x6B375E7A, kGraphTag = 0x6B3764AF;
constexpr uint32_t kNewestVersion = 3, kMetadataVersion = 2;
constexpr uint32_t gbwt_version(uint32_t gbz) { return gbz == 3 ? 6 : 5; }
constexpr uint32_t graph_version(uint32_t gbz) { return gbz == 1 ? 3 : 4; }

// Flags of the GBWT header, the graph header and the metadata.
constexpr uint64_t kBidirectional = 1, kMetadata = 2, kGbwtSimpleSds = 4;
constexpr uint64_t kTranslation = 1, kGraphSimpleSds = 2;
constexpr uint64_t kPathNames = 1, kSampleNames = 2, kContigNames = 4;

// From this many successors on, a run of a BWT record is two byte codes.
constexpr uint64_t kSigmaOfWideRuns = 255;

inline constexpr std::string_view kReferenceSamples = "reference_samples";  // key of the GBWT tag
inline constexpr std::string_view kSource = "haploom";

}  // namespace haploom::gbz
