// What candidate_sweep writes: where candidates are, in the order of the calling regions.
//
// In:     a file for each task: int32 in the machine's order; the positions of a partition, -2 after it, and -1 after the last of
//         a calling region. Task t of N has every N-th partition, from t
// Out:    [regions][candidates] 0-based positions, rising
// Errors: kInput/kRecord for a file that is absent, of another kind, or lacks an end
// Source: merge_ranges_from_files_sequential in make_examples_core.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace haploom::formats {

inline constexpr int32_t kEndOfCallingRegion = -1;
inline constexpr int32_t kEndOfPartition = -2;

// files: in the order of tasks
std::vector<std::vector<int64_t>> read_candidate_positions(const std::vector<std::string>& files);

}  // namespace haploom::formats
