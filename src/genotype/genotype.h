// From the network's answers about one site to a call: merged alleles, genotype, qualities, filter; and the VCF line.
//
// In:     a site (2..n alleles) and, for each of its alt sets in genome::alt_sets order, the probabilities of
//         0, 1, 2 copies of the set's alleles
// Out:    one Call a site, alleles pruned and shortened; then, over all calls in order, overlapping ones made to agree;
//         then text: a VCF line, or a gVCF line; and that of a reference block
// Cost:   call_site O(alts^2); resolve_overlaps O(3^n) in a group of n <= 12 overlapping calls
// Errors: none from data; check() for sizes that contradict each other
// Source: postprocess_variants.py, haplotypes.py, nucleus/util/genomics_math.py, nucleus/util/variant_utils.py,
//         nucleus/io/vcf_writer.cc, nucleus/io/vcf_conversion.cc (DeepVariant 1.9); VCF 4.2
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "genome/candidate.h"
#include "genome/region.h"

namespace haploom::genotype {

// What becomes of alts that are removed from a site: nothing, they stay in ALT with probability 0, or INFO/CANDIDATES
// lists all alts of the site.
enum class RemovedAlts { kDropped, kInAlt, kInInfo };

// Upstream's flags of the same names, with their defaults.
struct CallOptions {
  double qual_filter = 1.0;
  double multi_allelic_qual_filter = 1.0;
  double cnn_homref_call_min_gq = 20.0;
  bool use_multiallelic_model = false;  // for sites where two alts remain; not with RemovedAlts::kInAlt
  bool genotype_without_reads = false;  // ours: a site that no read covers keeps what the panel says of it; upstream makes it ./.
  RemovedAlts removed_alts = RemovedAlts::kDropped;  // debug_output_all_candidates
};

// On a haploid contig (outside the pseudo-autosomal regions) no genotype has two different alleles.
enum class Ploidy { kHaploid = 1, kDiploid = 2 };

enum class Filter { kPass, kRefCall, kLowQual, kNoCall };
std::string_view name(Filter filter);  // as in the FILTER column

// What some sites' records bring along; each is written where it is there.
struct Notes {
  std::vector<std::string> names;           // ID
  std::string model;                        // MID: which model answered
  std::vector<double> methylated_fraction;  // MF: ref, alts
  std::vector<int> methylation_depth;       // MD: ref, alts
};

// Which of the two haplotypes has an allele, from phased reads.
struct Phase {
  std::vector<int> allele_haplotype;  // ref, alts of the site as it came: 0 unknown, 1, 2
  int set = 0;                        // PS
};

struct Site {
  int contig = 0;
  int64_t start = 0;
  std::string ref;
  std::vector<std::string> alts;
  std::optional<int> depth;
  std::vector<int> allele_depth;  // ref, alts; empty: not known, as if no read was there
  std::vector<double> vaf;        // alts; may be empty
  Notes notes;
  std::optional<Phase> phase;
};
Site site_of(const genome::Candidate& candidate);  // vaf: count / DP, 0 where DP is 0

struct Call {
  int contig = 0;
  int64_t start = 0;
  std::string ref;
  std::vector<std::string> alts;
  std::optional<int> depth;
  std::vector<int> allele_depth;   // ref, alts
  std::vector<double> vaf;         // alts
  Notes notes;
  std::string methylation_type;    // MT; empty: no methylation known
  std::string candidates;          // INFO/CANDIDATES; empty: not asked for
  bool phased = false;             // genotype: haplotype 1, haplotype 2
  std::optional<int> phase_set;    // PS
  std::array<int, 2> genotype = {-1, -1};  // allele indices, 0 = ref; -1 unknown
  int genotype_quality = 0;        // GQ
  double quality = 0;              // QUAL as postprocess computes it, 7 decimals
  std::vector<double> likelihoods; // log10, VCF order 0/0 0/1 1/1 0/2 1/2 2/2 ...; {0, 0} at depth 0, as upstream
  Filter filter = Filter::kNoCall;
  int64_t end() const { return start + static_cast<int64_t>(ref.size()); }
};

// probabilities[i] answers alt_sets(site.alts.size())[i].
Call call_site(const Site& site, const std::vector<genome::GenotypeProbabilities>& probabilities, const CallOptions& options,
               Ploidy ploidy = Ploidy::kDiploid);
Call call_site(const genome::Candidate& candidate, const std::vector<genome::GenotypeProbabilities>& probabilities,
               const CallOptions& options, Ploidy ploidy = Ploidy::kDiploid);

// A stretch of a gVCF where reads show the reference alone.
struct GvcfBlock {
  int contig = 0;
  int64_t start = 0;
  int64_t end = 0;
  char ref = 'N';                             // base at start
  std::array<int, 2> genotype = {-1, -1};
  std::array<double, 3> likelihoods = {0, 0, 0};  // log10 of 0/0, 0/<*>, <*>/<*>
  int genotype_quality = 0;
  int min_depth = 0;
  std::optional<int> median_depth;
};

// Makes overlapping calls agree on at most two copies (haplotypes.py), in place. calls: sorted, one contig or many;
// groups never cross contigs. A group's calls come back sorted by start and end.
void resolve_overlaps(std::vector<Call>& calls);

// For who hands calls over piece by piece: the index of the first call of the last group, to which a later call may still
// belong. resolve_overlaps() of what stands before it, with the rest kept for the next piece, equals one pass over all.
size_t last_group(const std::vector<Call>& calls);

// Header lines that only some runs have.
struct HeaderFields {
  bool candidates = false;  // INFO/CANDIDATES
  bool model = false;       // FORMAT/MID
};

// The header up to and including #CHROM. extra_lines: whole ##lines (version, command line) without newline; they stand
// before the contigs.
std::string vcf_header(const genome::ContigList& contigs, const std::string& sample, const std::vector<std::string>& extra_lines,
                       const HeaderFields& fields = {});
// One record line with its newline, DeepVariant's fields and number formats.
std::string vcf_line(const Call& call, const genome::ContigList& contigs);
// The same for a gVCF: with the allele <*>, which no read shows.
std::string gvcf_line(const Call& call, const genome::ContigList& contigs);
std::string gvcf_line(const GvcfBlock& block, const genome::ContigList& contigs);

}  // namespace haploom::genotype
