// Direct phasing: which of the two haplotypes each read of a partition was copied from, told by the alleles that it shares
// with its neighbours. No database, no pedigree.
//
// Sites with several alleles become columns of a graph, alleles its nodes, reads that show alleles of two neighbouring
// columns its edges. Of all pairs of paths the one is kept that the most reads stay on; a read is of the haplotype whose
// alleles it shows more of.
//
// In:     candidates  of the partition and what it is padded with, by position, one a position, with ref_support tracked
//         counts      of the reads over the same region: they know which bases are of low quality
//         reads       those that were counted
// Out:    a phase a read: 1 or 2, or 0 for unknown. Which haplotype is 1 means nothing beyond the partition, nor beyond a
//         column that no read joins to the next
// Cost:   columns x (edges between two columns)^2 x reads/64 words; the caller limits the columns (phase_max_candidates)
// Source: deepvariant/direct_phasing.cc, make_examples_core.py add_phasing_to_candidate (DeepVariant 1.9), whose choices
//         between equals these are. Upstream numbers reads in 16 bits and mixes them up beyond 65,536; here they are told apart
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "genome/region.h"
#include "pileup/pileup.h"

namespace haploom::phasing {

// A column: an allele is named by its bases as the candidate spells them, or "REF".
struct Allele {
  std::string bases;
  genome::Support reads;  // that show it, none of low quality
};
struct Site {
  int64_t position = 0;
  std::vector<Allele> alleles;  // REF first, if there is enough of it, then the others by their bases
};

// The candidates that tell haplotypes apart: more than one allele counting REF (3 reads or more, of any quality), no allele
// of another length than REF (hence none where a read shows what was not accepted), not under such a candidate.
std::vector<Site> sites(const std::vector<genome::Candidate>& candidates, const genome::Region& region,
                        const std::vector<pileup::PositionCounts>& counts);

struct PhasedSite {
  int64_t position = 0;
  std::array<std::string, 2> bases;  // of haplotype 1 and 2, as Allele names them
  bool operator==(const PhasedSite&) const = default;
};
struct Phasing {
  std::vector<int> reads;         // [reads] 0, 1 or 2; records of one read (name and number) alike
  std::vector<PhasedSite> sites;  // with an allele of each haplotype, by position
};
Phasing phase(const std::vector<Site>& sites, const std::vector<genome::Read>& reads);

// ALT_PS of each candidate: 0, 1 or 2 for REF and every alt. From its own site if that is phased; else an allele is of the
// haplotype that at least two more of its reads are of. None for a phased site of other alleles.
std::vector<std::optional<std::vector<int>>> allele_phases(const std::vector<genome::Candidate>& candidates, const Phasing& phasing);

}  // namespace haploom::phasing
