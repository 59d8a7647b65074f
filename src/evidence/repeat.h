// Runs and short tandem repeats of the reference at a position.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "genome/reference_window.h"

namespace haploom::evidence {

inline constexpr int64_t kLongestTract = 200;  // bases that are looked at

// Length of the run of equal bases that begins at a position, rightwards or leftwards; 0 where it is no base.
int64_t run_length(const genome::ReferenceWindow& reference, int64_t position, int step = 1);

struct Repeat {
  int unit = 0;       // bases, 1 to 6; 0: there is none
  int64_t tract = 0;  // bases, at least two units and 4 bases
};
// The longest one that begins at a position; of equal ones that with the shortest unit.
Repeat repeat_at(const genome::ReferenceWindow& reference, int64_t position);

}  // namespace haploom::evidence
