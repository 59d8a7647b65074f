// The reads of one window aligned to its haplotypes, and by them to the reference.
//
// Most reads are placed without a gap, by the k-mers that they share with a haplotype; only those that fit none are aligned
// by Smith-Waterman. Haplotypes that the reads do not cover without a hole are discarded. Each read goes to the haplotype
// that it fits best; of equal ones to the one that more reads support, and rather not to the reference.
//
// Cost:   scores for every pair that upstream scores; paths only for the haplotypes and reads that win
// Source: deepvariant/realigner/fast_pass_aligner.cc (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genome/cigar.h"
#include "realign/read_index.h"
#include "realign/realign.h"
#include "realign/smith_waterman.h"

namespace haploom::realign {

class FastPassAligner {
 public:
  struct Task {
    std::string_view reference;
    std::span<const std::string> haplotypes;  // flanked as the reference is: prefix + haplotype + suffix
    int32_t prefix = 0;
    int32_t suffix = 0;
    std::span<const std::string_view> reads;
    bool force = false;         // reads are scored against the reference whatever it is worth
    bool leftmost_only = true;  // an alignment of which an indel could move left does not count
  };
  enum class Outcome : uint8_t {
    kAligned,
    kUnfit,      // aligned to a haplotype, but not to be used
    kUnaligned
  };
  struct Answer {
    Outcome outcome = Outcome::kUnaligned;
    int32_t start = 0;  // base of the reference
    genome::Cigar cigar;
  };

  explicit FastPassAligner(const AlignerOptions& options);
  // [reads], valid until the next call.
  std::span<const Answer> align(const Task& task);

 private:
  struct Placement {
    int32_t score = 0;  // 0: not placed
    int32_t start = 0;
  };
  struct Haplotype {
    int32_t index = 0;
    int32_t sum = 0;  // of its placements' scores; 0: discarded
    bool is_reference = false;
    bool is_aligned = false;  // to the reference
    std::optional<LocalAlignment> alignment;
    std::vector<int8_t> codes;
    LocalEnd end;  // of the read in hand, that is placed nowhere
  };

  void place_reads(const Task& task, Haplotype& haplotype);
  int32_t score_without_gaps(const char* haplotype, std::string_view read, int32_t& mismatches) const;
  const std::optional<LocalAlignment>& to_reference(const Task& task, Haplotype& haplotype);
  void score_unplaced(const Task& task, int32_t read);
  void answer(const Task& task, int32_t read, Answer& out);
  Placement& placement(const Haplotype& haplotype, int32_t read) {
    return placements_[static_cast<size_t>(haplotype.index) * reads_ + static_cast<size_t>(read)];
  }

  AlignerOptions options_;
  SmithWaterman aligner_;
  SmithWaterman haplotype_aligner_;
  RelatedScores related_;
  std::vector<int32_t> scored_;
  std::vector<std::span<const int8_t>> scored_codes_;
  ReadIndex index_;
  size_t reads_ = 0;
  int32_t score_threshold_ = 1;
  std::vector<Placement> placements_;  // [haplotypes][reads]
  std::vector<uint8_t> is_placed_;     // [reads] on some haplotype, without a gap
  std::vector<Haplotype> haplotypes_;
  std::vector<int32_t> order_;  // of the haplotypes, by sum
  std::vector<int8_t> reference_codes_;
  std::vector<Answer> answers_;
};

}  // namespace haploom::realign
