// Where a window's reads hold a given k-mer.
//
// In:     reads of any length and letters; those of k bases and fewer are not in the index
// Cost:   a step of a known path for each base of a read that follows another; a look-up where paths part
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "realign/kmer_table.h"

namespace haploom::realign {

class ReadIndex {
 public:
  struct Occurrence {
    int32_t read = 0;
    int32_t offset = 0;
    char before = 0;  // the read's base before it; 0 where the read begins
  };

  void build(std::span<const std::string_view> reads, int k);

  // Walks along a sequence k-mer by k-mer.
  class Walk {
   public:
    Walk(const ReadIndex& index, std::string_view sequence) : index_(index), sequence_(sequence) {}
    // The number of the k-mer at `at`, kNone when no read has it. Calls go from left to right, one by one.
    int32_t kmer_at(int32_t at);

   private:
    const ReadIndex& index_;
    std::string_view sequence_;
    int32_t last_ = KmerTable::kNone;
  };

  // By read, then offset.
  std::span<const Occurrence> occurrences(int32_t kmer) const {
    const auto first = static_cast<size_t>(first_[static_cast<size_t>(kmer)]);
    const auto last = static_cast<size_t>(first_[static_cast<size_t>(kmer) + 1]);
    return std::span(occurrences_).subspan(first, last - first);
  }
  // Whether some occurrence does not follow upon `before`. If all do, the k-mer that begins one base earlier has them all.
  bool begins_anew(int32_t kmer, char before) const {
    return (before_[static_cast<size_t>(kmer)] & ~(1u << letter_code(before))) != 0 || letter_code(before) == 4;
  }

 private:
  static constexpr uint8_t kReadBegins = 1 << 5;
  KmerTable kmers_;
  std::vector<std::array<int32_t, 4>> next_;  // by the letter that follows, as far as some read went there
  std::vector<uint8_t> before_;               // a bit a letter, and kReadBegins
  std::vector<int32_t> path_;                 // k-mer of each base of each read
  std::vector<int32_t> first_;
  std::vector<Occurrence> occurrences_;
};

}  // namespace haploom::realign
