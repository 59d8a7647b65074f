// What each read shows at a candidate, and how far it is to be believed.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "evidence/evidence.h"

namespace haploom::evidence {

inline constexpr int kOtherAllele = -1;

// A read over the candidate that tells its alleles apart.
struct ReadAt {
  const genome::Read* read = nullptr;
  int32_t index = 0;    // of the read in its partition
  int allele = 0;       // 0 REF, 1.. ALTs, or kOtherAllele
  uint8_t quality = 0;  // of the base at the candidate's start
  int from_end = 0;     // bases to the nearer end of the read
  double error = 0;     // chance that sequencing made it show another allele
  double astray = 0;    // chance that it comes from elsewhere
};

// How a read differs from the reference as a whole.
struct ReadMeasures {
  int mismatches = 0;
  int gaps = 0;
  bool clipped = false;
};

// The reads of one partition, measured once.
class PartitionReads {
 public:
  explicit PartitionReads(const Partition& partition);

  std::vector<ReadAt> at(const genome::Candidate& candidate) const;
  const ReadMeasures& measures(int32_t read);

  // Alleles of the partition's candidates, silent ones too, each shown by two reads or more, that a read shows.
  struct Shown {
    int novel = 0;  // no haplotype has them
    int known = 0;
  };
  Shown shown(int32_t read) const { return shown_[static_cast<size_t>(read)]; }

 private:
  void count_shown(const genome::Candidate& candidate);

  const Partition& partition_;
  std::vector<ReadMeasures> measures_;
  std::vector<bool> measured_;
  std::vector<Shown> shown_;
};

// log10 P(reads | genotype) in VCF order; reads of no listed allele say nothing. alleles: REF and ALTs.
std::vector<double> log_likelihoods(const std::vector<ReadAt>& reads, size_t alleles);

}  // namespace haploom::evidence
