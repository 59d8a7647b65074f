// Which rows a block shows when it has more of them than room: the head of a fixed permutation of 0..n-1.
//
// The permutation is the one that libc++'s std::shuffle makes with std::mt19937_64(2101079370). Written out, for the
// standard leaves the algorithm open and libstdc++ has another one; DeepVariant's published test images were drawn so.
//
// Source: pileup_image_native.cc DownsampleReadIndices; seed in pileup_image.py (DeepVariant 1.9); LLVM libc++ shuffle.h
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace haploom::tensor {

std::vector<int32_t> shuffled(int32_t n);

// shuffled() of the sizes met so far: neighbouring images have the same few. Not for several threads at once.
class RowOrder {
 public:
  const std::vector<int32_t>& of(int32_t n);

 private:
  std::map<int32_t, std::vector<int32_t>> known_;
};

}  // namespace haploom::tensor
