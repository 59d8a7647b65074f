// A candidate: a site of the reference where reads show alleles worth the network's look.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace haploom::genome {

// Indices into the partition's list of reads (or of haplotypes) that show an allele.
using Support = std::vector<int32_t>;

// The alleles that one image (and one network answer) is about: one alt, or two for "one copy of each".
// Indices into Candidate::alts, rising.
using AltSet = std::vector<int>;

struct Candidate {
  int contig = 0;
  int64_t start = 0;             // of the first REF base
  std::string ref;               // upper case; end() = start + ref.size()
  std::vector<std::string> alts; // sorted as strings, 1 or more
  int depth = 0;                 // DP
  std::vector<int> allele_depth; // AD: ref, then alts in order
  std::vector<Support> read_support;       // [alts]; low-quality ones too
  std::vector<Support> haplotype_support;  // [alts]
  Support read_uncalled;         // show another allele that was not accepted ("UNCALLED_ALLELE"), soft clips too
  Support haplotype_uncalled;
  Support ref_support;           // reads with the reference base, low-quality ones too; only when they are tracked
  Support haplotype_ref_support; // haplotypes with it; only where they themselves show a candidate, when they are tracked
  std::vector<float> population_frequency;  // [alts] of a cohort; empty without one
  std::vector<int> allele_phases;  // [ref, alts] 1 or 2, 0 unknown; empty where reads are not phased
  bool small_model = false;        // it answered one of the alt sets at least
  std::vector<AltSet> unanswered;  // where it was asked: the alt sets that it left to the images

  int64_t end() const { return start + static_cast<int64_t>(ref.size()); }
  bool is_snp() const {  // REF and all ALTs of one base
    if (ref.size() != 1) return false;
    for (const auto& alt : alts)
      if (alt.size() != 1) return false;
    return true;
  }
};

// All alts alone, then all pairs: [0] [1] [0,1] for two. DeepVariant's order (AltAlleleCombinations in
// make_examples_native.cc, 1.9): for i < j over [REF, alts...], {j} if i is REF, else {i, j}.
std::vector<AltSet> alt_sets(int alt_count);

// Probabilities of 0, 1 and 2 copies of the set's alleles; they sum to 1.
using GenotypeProbabilities = std::array<double, 3>;

}  // namespace haploom::genome
