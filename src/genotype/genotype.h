// From the network's answers about one site to a call: merged alleles, genotype, qualities, filter; and the VCF line.
//
// Source: postprocess_variants.py, haplotypes.py (DeepVariant 1.9); docs: postprocess.md sections 2-8.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "genome/region.h"

namespace haploom::genotype {

struct CallOptions {
  double qual_filter = 1.0;
  double multi_allelic_qual_filter = 1.0;
  double cnn_homref_call_min_gq = 20.0;
};

enum class Filter { kPass, kRefCall, kLowQual, kNoCall };

struct Call {
  int contig = 0;
  int64_t start = 0;
  std::string ref;
  std::vector<std::string> alts;
  int depth = 0;
  std::vector<int> allele_depth;   // ref, alts
  std::vector<double> vaf;         // alts: count / DP
  std::array<int, 2> genotype = {-1, -1};
  int genotype_quality = 0;        // GQ
  double quality = 0;              // QUAL as postprocess computes it, 7 decimals
  std::vector<double> likelihoods; // log10, VCF order 0/0 0/1 1/1 0/2 1/2 2/2 ...
  Filter filter = Filter::kNoCall;
  int64_t end() const { return start + static_cast<int64_t>(ref.size()); }
};

// probabilities[i] answers alt_sets(candidate.alts.size())[i].
Call call_site(const genome::Candidate& candidate, const std::vector<genome::GenotypeProbabilities>& probabilities,
               const CallOptions& options);

// Makes overlapping calls agree on at most two copies (haplotypes.py), in place. calls: sorted, one contig or many;
// groups never cross contigs.
void resolve_overlaps(std::vector<Call>& calls);

// The header up to and including #CHROM. extra_lines: whole ##lines (version, command line) without newline.
std::string vcf_header(const genome::ContigList& contigs, const std::string& sample, const std::vector<std::string>& extra_lines);
// One record line with its newline, DeepVariant's fields and number formats.
std::string vcf_line(const Call& call, const genome::ContigList& contigs);

}  // namespace haploom::genotype
