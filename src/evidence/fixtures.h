// What the module's tests share: a partition with reads and haplotypes written in the test.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evidence/evidence.h"
#include "evidence/numbers.h"
#include "genome/cigar.h"

namespace haploom::evidence {

// 11 bases that repeat: no tandem repeat of up to 6 bases, no run of more than two.
//                                0123456789X
inline constexpr char kTurn[] = "ACGATTGCCTA";
inline std::string turns(size_t bases) {
  std::string out;
  while (out.size() < bases) out += kTurn;
  return out.substr(0, bases);
}

struct ReadTraits {
  uint8_t mapq = 60;
  uint8_t quality = 30;
  bool reverse = false;
  int template_length = 300;
};

// A partition over all of `bases`, which begin at `start`. What is handed out must not outlive it.
class Scene {
 public:
  explicit Scene(std::string bases, int64_t start = 0)
      : bases_(std::move(bases)), reference_{start, bases_}, region_{0, start, start + static_cast<int64_t>(bases_.size())}, counts_(bases_.size()) {}
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  // A read of the reference, with other bases at some positions; inserted and clipped bases are C.
  int32_t read(int64_t start, const std::string& cigar, const std::vector<std::pair<int64_t, char>>& others = {}, const ReadTraits& traits = {}) {
    reads.push_back(spelled(start, cigar, others));
    genome::Read& read = reads.back();
    read.mapq = traits.mapq;
    read.reverse = traits.reverse;
    read.template_length = traits.template_length;
    read.quality.assign(read.bases.size(), traits.quality);
    return static_cast<int32_t>(reads.size()) - 1;
  }
  int32_t haplotype(int64_t start, const std::string& cigar, uint32_t owner) {
    haplotypes.push_back(spelled(start, cigar, {}));
    owners.push_back(owner);
    return static_cast<int32_t>(haplotypes.size()) - 1;
  }

  genome::Candidate site(int64_t position, const std::string& ref, std::vector<std::string> alts) const {
    genome::Candidate out;
    out.start = position;
    out.ref = ref;
    out.alts = std::move(alts);
    out.read_support.resize(out.alts.size());
    out.haplotype_support.resize(out.alts.size());
    return out;
  }
  // A substitution with reads of 5 bases that reach over it and nothing else around: some with it, some without.
  genome::Candidate substitution(int64_t position, int with, int without, const genome::Support& haplotypes_with = {}) {
    const char base = reference_.at(position), other = base == 'A' ? 'G' : 'A';
    genome::Candidate out = site(position, std::string(1, base), {std::string(1, other)});
    for (int i = 0; i < with; ++i) out.read_support[0].push_back(read(position - 2, "5M", {{position, other}}, {60, 30, i % 2 == 1, 300}));
    for (int i = 0; i < without; ++i) read(position - 2, "5M", {}, {60, 30, i % 2 == 1, 300});
    out.haplotype_support[0] = haplotypes_with;
    out.depth = with + without;
    return out;
  }

  void depth_everywhere(int depth) {
    for (pileup::PositionCounts& at : counts_) at.reference = depth;
  }

  const genome::ReferenceWindow& reference() const { return reference_; }
  Partition partition() const { return {region_, reference_, reads, counts_, haplotypes, owners, candidates, silent}; }

  std::vector<genome::Read> reads, haplotypes;
  std::vector<uint32_t> owners;
  std::vector<genome::Candidate> candidates, silent;

 private:
  genome::Read spelled(int64_t start, const std::string& cigar, const std::vector<std::pair<int64_t, char>>& others) const {
    genome::Read out;
    out.start = start;
    out.cigar = genome::parse_cigar(cigar);
    out.end = start + genome::reference_length(out.cigar);
    int64_t at = start;
    for (const genome::CigarOp& op : out.cigar) {
      for (int32_t i = 0; i < op.length; ++i) {
        char base = genome::consumes_reference(op.op) ? reference_.at(at) : 'C';
        for (const auto& [position, other] : others) {
          if (genome::is_match(op.op) && position == at) base = other;
        }
        if (genome::consumes_read(op.op)) out.bases += base;
        at += genome::consumes_reference(op.op);
      }
    }
    return out;
  }

  std::string bases_;
  genome::ReferenceWindow reference_;
  genome::Region region_;
  std::vector<pileup::PositionCounts> counts_;
};

}  // namespace haploom::evidence
