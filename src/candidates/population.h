// How frequent a cohort finds the alts of candidates (--population_vcfs), for the channel allele_frequency.
//
// A cohort's alt is a candidate's alt when both make the same sequence of the reference around them, however they are
// spelled. What no record of the cohort makes has frequency 0.
//
// Source: allele_frequency.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/reference.h"
#include "formats/vcf_reader.h"
#include "genome/candidate.h"

namespace haploom::candidates {

class PopulationFrequencies {
 public:
  // One file serves all contigs; of several each serves the contig of its first record.
  // Errors: those of formats::VcfReader; kUsage/kVariants for two files about one contig. The reference must outlive this.
  PopulationFrequencies(const std::vector<std::string>& paths, const formats::Reference& reference);

  // Fills population_frequency of a partition's candidates; one query for all of them. Not for two threads at once.
  // Errors: kInput/kVariants for a matching record without a frequency for the alt.
  void annotate(std::vector<genome::Candidate>& candidates);

 private:
  formats::VcfReader* reader_of(const std::string& contig);

  const formats::Reference& reference_;
  std::map<std::string, formats::VcfReader> by_contig_;  // "" for the only file
};

}  // namespace haploom::candidates
