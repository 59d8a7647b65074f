// Labels for training: how many copies of a candidate's alleles the truth set says there are.
//
// In:     candidates of one partition, by position; several may start at one (those that a VCF proposes)
//         truth      a VCF with an index: one sample's genotypes, by position. Records that a filter marks, that lie outside
//                    the confident regions, or without copies of an ALT count as absent
//         confident  regions where what the truth set does not list is reference
// Out:    [candidates] one label each, in order
// Cost:   candidates and truths are matched in groups of up to 8 each and fewer than 100,000 combinations of genotypes
//         (grouping.h); a group is walked in time of the haplotypes that agree with the truth so far, microseconds for most.
//         Where overlapping records force a group past what haplotype_match.h explores, its candidates are not confident
// Errors: kUsage/kUsage for options that contradict; kInput/kRegions for confident regions without a base;
//         kInput/kVariants for a truth record that is not of one or two copies, or whose REF is not the reference's
// Source: deepvariant/labeler/*.py, make_examples_core.py label_candidates, make_examples_native.cc (DeepVariant 1.9);
//         Krusche et al. 2019, doi:10.1038/s41587-019-0054-x, for why haplotypes are compared and not records
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/reference.h"
#include "genome/candidate.h"
#include "genome/region.h"

namespace haploom::labels {

// Upstream's --labeler_algorithm.
enum class Algorithm {
  kHaplotype,         // "haplotype_labeler": the genotypes that spell the truth's haplotypes, however they are written
  kPositional,        // "positional_labeler": the genotype of the truth record at the same position
  kCustomizedClasses  // "customized_classes_labeler": the class that the record at the same position names in INFO
};
Algorithm parse_algorithm(std::string_view name);  // kUsage/kUsage for another name

struct Options {
  Algorithm algorithm = Algorithm::kHaplotype;
  // Of customized classes:
  std::vector<std::string> classes = {};  // a class's label is its index
  std::string class_info_field = {};      // the INFO field that names the class
  std::vector<double> class_shares = {};  // the share of each class that stays confident; empty for all
};

struct Label {
  bool confident = false;     // only then may it be trained on; what follows may be empty otherwise
  std::vector<int> genotype;  // as in GT: 0 is REF; empty with customized classes
  int truth_class = 0;        // of customized classes: of the record at this place
  int classed_alt = -1;       // its allele, an index into the candidate's alts; -1: none, all sets are of class 0

  // The training label: copies of the set's alleles, 0 to 2; or the class.
  int value(const genome::AltSet& alts) const;
};

// What a run of the haplotype labeler met. Sites are records, alleles are copies' distinct ALTs.
// Source: LabelingMetrics in deepvariant.proto and haplotype_labeler.py
struct Metrics {
  int64_t truth_sites = 0;
  int64_t truth_alleles = 0;
  int64_t candidate_sites = 0;  // confident ones, as all below that speak of candidates
  int64_t candidate_alleles = 0;
  int64_t non_confident_candidate_sites = 0;
  int64_t true_positive_sites = 0;  // of the truth
  int64_t false_negative_sites = 0;
  int64_t false_positive_sites = 0;  // candidates labelled reference
  int64_t true_positive_alleles = 0;
  int64_t false_negative_alleles = 0;
  int64_t false_positive_alleles = 0;
  int64_t truth_multiallelics_with_missed_alleles = 0;
  int64_t exact_positions = 0;
  int64_t exact_positions_and_alleles = 0;
  int64_t exact_positions_alleles_and_genotypes = 0;
  int64_t inexact_positions = 0;
  int64_t abandoned_candidate_sites = 0;  // ours: in groups too tangled to explore
  void add(const Metrics& other);
  bool operator==(const Metrics&) const = default;
};

// One for each thread: it holds an open file and a stretch of records.
class Labeler {
 public:
  // reference must outlive this.
  Labeler(Options options, const std::string& truth_vcf, std::vector<genome::Region> confident, const formats::Reference& reference);
  ~Labeler();
  Labeler(Labeler&&) noexcept;
  Labeler& operator=(Labeler&&) noexcept;

  // region: the partition; truth records that overlap it are considered.
  std::vector<Label> label(const genome::Region& region, const std::vector<genome::Candidate>& candidates);

  const Metrics& metrics() const;  // of the haplotype labeler; zeros with the others

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::labels
