// The list of numbers: the one place that names them and gives them their order.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>

namespace haploom::evidence {

enum Number : size_t {
  // The allele set.
  kKind,          // 0 substitution, 1 insertion, 2 deletion, 3 of several kinds
  kLength,        // bases more than REF, of the alt that differs most
  kAlts,          // of the candidate
  kSetSize,
  // Reads: of the set, of the reference, of other alleles.
  kDepth,
  kSetReads,
  kRefReads,
  kOtherReads,
  kSetFraction,
  kLikelihood01,  // log10 P(reads | 1 copy) - log10 P(reads | 0 copies)
  kLikelihood12,
  kSetForward,
  kRefForward,
  kStrandBias,    // log odds ratio with half a read added to each cell, absolute
  kSetMapq,
  kRefMapq,
  kSetMapqZero,
  kMapqBelow20,
  kSetQuality,
  kRefQuality,
  kSetQualityBest,
  kSetFromEnd,    // bases between the allele and the nearer end of the read, mean
  kRefFromEnd,
  kSetNearEnd,    // share within 6 bases of an end
  kSetMismatches, // of the reads, this allele left out, mean
  kRefMismatches,
  kSetGaps,
  kRefGaps,
  kSetClipped,    // share
  kRefClipped,
  kSetUnpaired,   // share of reads whose mate is not beside them
  kRefUnpaired,
  kSetStarts,     // distinct places where the set's reads begin, by strand
  kSetNovel,      // other alleles of candidates on the set's reads which the panel lacks, mean
  kSetKnown,      // and that it has
  // The reference around.
  kRunAfter,      // length of the run of equal bases that begins behind the first base of REF
  kRunJoined,     // a substitution: length of the run beside it that its base prolongs
  kUnit,          // of the short tandem repeat behind the first base: bases of its unit, 0 without one
  kTract,         // and of all of it
  kUnitFits,      // the length is a multiple of the unit
  kGc,            // of 101 bases
  // The panel.
  kHaplotypes,
  kSetHaplotypes,
  kSetFrequency,
  kOtherHaplotypes,
  // The shard around.
  kDepthShare,       // depth over the shard's median
  kLocalDepthShare,  // that of the partition and its neighbours
  kMedianDepth,
  kMismatchNoise,    // mean kRefMismatches of the shard's sites
  kSlipNoise,        // share of reads that show neither of the two foremost alleles of an indel candidate in a repeat of 8 bases and more
  kWithin20,         // other candidates so near
  kWithin100,
  kWithin500,
  kNovelWithin500,   // of those, borne out by reads and without the panel
  kNearest,
  kNearestNovel,
  kKnownWithin2000,
  kNovelWithin2000,
  kPanelFit,         // share of the shard's sure alleles that the panel has
  kSureAlleles,
  kLocalFit,         // mean log10 of the prior of what is sure within 20 kb
  kPrior0,           // of the copies, log10
  kPrior1,
  kPrior2,
  kPosterior0,       // prior and likelihoods together
  kPosterior1,
  kPosterior2,
  // The network.
  kNetwork0,
  kNetwork1,
  kNetwork2,
  kNumbers
};

inline constexpr float kNobodyKnows = std::numeric_limits<float>::quiet_NaN();

inline constexpr std::array<std::string_view, kNumbers> kNames = {
    "kind", "length", "alts", "set_size",
    "depth", "set_reads", "ref_reads", "other_reads", "set_fraction", "likelihood_01", "likelihood_12", "set_forward", "ref_forward", "strand_bias",
    "set_mapq", "ref_mapq", "set_mapq_zero", "mapq_below_20", "set_quality", "ref_quality", "set_quality_best", "set_from_end", "ref_from_end",
    "set_near_end", "set_mismatches", "ref_mismatches", "set_gaps", "ref_gaps", "set_clipped", "ref_clipped", "set_unpaired", "ref_unpaired", "set_starts", "set_novel", "set_known",
    "run_after", "run_joined", "unit", "tract", "unit_fits", "gc",
    "haplotypes", "set_haplotypes", "set_frequency", "other_haplotypes",
    "depth_share", "local_depth_share", "median_depth", "mismatch_noise", "slip_noise", "within_20", "within_100", "within_500", "novel_within_500", "nearest", "nearest_novel",
    "known_within_2000", "novel_within_2000", "panel_fit", "sure_alleles", "local_fit", "prior_0", "prior_1", "prior_2",
    "posterior_0", "posterior_1", "posterior_2", "network_0", "network_1", "network_2"};
static_assert(!kNames.back().empty(), "a name for each number");

}  // namespace haploom::evidence
