// htslib as the rest of the house needs it: silent (an Error says what went wrong, once) and off the network.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace haploom::formats {

// Turns off htslib's own lines on stderr and its look-up of CRAM references by URL. Whoever opens a file with htslib
// calls it first; cheap when repeated, safe from many threads.
void quiet_htslib();

}  // namespace haploom::formats
