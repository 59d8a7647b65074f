// What a panel's haplotypes say of a sample's genotypes: a diploid Li and Stephens model along a contig.
//
// The sample's two haplotypes are taken for mosaics of the panel's, copied with errors. The answer for a site leaves out the
// site's own reads, so that it can stand beside them as evidence of its own.
//
// In:     sites of one contig, rising; of each the panel's alleles and the reads' likelihoods of the genotypes
// Out:    for each site the probabilities of its genotypes, VCF order (0/0 0/1 1/1 0/2 ...), sum 1; none where the panel is empty
// Cost:   sites x haplotypes^2 x 3 passes, float32; memory of some 2 sqrt(sites) x haplotypes^2 floats. More haplotypes than
//         Options::most_haplotypes are first thinned to those that fit the reads best, which holds sites x haplotypes floats
// Errors: none from data; check() for sizes that contradict each other
// Source: Li and Stephens 2003, doi:10.1093/genetics/165.4.2213; the diploid sum over jumps in O(n^2) as in Marchini et al. 2007,
//         doi:10.1038/ng2088
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace haploom::prior {

inline constexpr uint8_t kUnknownAllele = 255;  // of a haplotype that does not cross the site

struct PanelSite {
  int64_t position = 0;                 // 0-based
  int alleles = 2;                      // ref and alts
  std::vector<uint8_t> of_haplotype;    // allele of each, the same haplotypes at every site
  std::vector<double> read_likelihoods; // P(reads | genotype) in VCF order, of any common scale, one of them above 0
};

struct Options {
  // Jumps between haplotypes a base: 4 x effective population (some 10,000) x recombinations a base (some 2e-8), shared by the
  // panel. The two figures are those that foretold the genotypes of train/cascade_sets.json's shallow sets best.
  double jumps_per_base = 1e-3;
  double copying_error = 5e-3;  // above 0, below 1: chance that the sample's allele is not the copied one
  size_t most_haplotypes = 96;
};

std::vector<std::vector<double>> genotype_priors(std::span<const PanelSite> sites, const Options& options);

}  // namespace haploom::prior
