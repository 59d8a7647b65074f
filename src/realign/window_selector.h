// Stretches of a partition whose reads disagree with the reference often enough to be assembled anew.
//
// In:     reads      all of the partition's that may be evidence, each with a quality a base and a CIGAR that fits its bases
//         reference  covers the partition and region_expansion_in_bp beside it, or as far as the contig goes
// Out:    sorted intervals; they may begin before 0 or end beyond the contig, and may overlap when two cannot be merged
// Cost:   a comparison of each read with the reference; a short list of what differs is sorted
// Source: window_selector.py, window_selector.cc, and of allelecounter.cc what they need (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "genome/read.h"
#include "genome/region.h"
#include "pileup/pileup.h"
#include "realign/realign.h"

namespace haploom::realign {

struct Interval {
  int64_t start = 0;
  int64_t end = 0;
  auto operator<=>(const Interval&) const = default;
};

// Keeps its buffers between partitions.
class WindowSelector {
 public:
  explicit WindowSelector(const WindowOptions& options) : options_(options) {}
  std::vector<Interval> select(const genome::Region& partition, std::span<const genome::Read* const> reads,
                               const pileup::ReferenceWindow& reference, int64_t contig_length);

 private:
  // What one read shows in place of the reference. Indels and soft clips stand at the position before them.
  struct Event {
    int32_t position = 0;  // from region_.start
    int32_t read = 0;
    pileup::AlleleType type = pileup::AlleleType::kSubstitution;
    bool low_quality = false;
    char anchor = 0;  // SUB: the base itself
    int32_t offset = 0;  // of the inserted or clipped bases in the read
    int32_t length = 0;  // inserted, clipped or deleted
  };

  void collect(const genome::Read& read, int32_t index);
  void collect_bases(const genome::Read& read, int32_t index, int64_t position, int64_t offset, int64_t length);
  void collect_indel(const genome::Read& read, int32_t index, int64_t position, int64_t offset, const genome::CigarOp& part);
  void collect_base(const genome::Read& read, int32_t index, int64_t position, size_t offset);
  bool usable(const genome::Read& read, size_t offset) const;
  void keep_last_of_each_key(std::vector<Event>& site);
  uint64_t key_hash(int32_t read);
  std::string_view bases(const Event& event) const;
  void score_by_thresholds(std::vector<Event>& site);
  void score_by_model(const std::vector<Event>& site);
  void add(const Event& allele, float by);
  bool is_candidate(float score) const;
  std::vector<Interval> windows() const;

  const WindowOptions options_;
  genome::Region region_;  // the expanded partition
  pileup::ReferenceWindow reference_;
  std::span<const genome::Read* const> reads_;
  bool count_agreement_ = false;
  int64_t last_position_ = 0;  // of the read's last allele, and whether it is the last of events_
  bool last_is_event_ = false;
  std::vector<Event> events_;
  std::vector<Event> site_;
  std::vector<std::pair<uint64_t, size_t>> by_key_;  // of a site: hash of the key, events from the end
  std::vector<Event*> duplicates_;
  std::vector<uint64_t> key_hashes_;  // [reads] 0: not computed yet
  std::vector<int32_t> agreeing_;  // [region] reads with the reference base; only where the options ask for it
  std::vector<float> scores_;      // [region]
};

}  // namespace haploom::realign
