// The small model's part of make_examples: candidates as numbers, which of them it is asked about, and which answers stand.
//
// A candidate is asked about with all its allele sets, or not at all; each set's answer stands or is left to an image.
// Source: small_model/make_small_model_examples.py, small_model/inference.py, make_examples_core.py
// call_small_model_examples_in_region (DeepVariant 1.9). One thing differs: a threshold of -1 is "never" for the allele sets of
// a site with several alts, too, where upstream then takes any answer.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "candidates/summary.h"
#include "formats/records.h"
#include "genome/candidate.h"
#include "labels/labels.h"
#include "model/small_model.h"
#include "pipeline/examiner.h"
#include "pipeline/record_values.h"

namespace haploom::pipeline {

// DeepVariant's flags.
struct SmallModelOptions {
  std::string folder;    // --trained_small_model_path
  int snp_gq = 0;        // least quality of an answer that stands; -1: none does
  int indel_gq = 0;
  bool multiallelics = true;
  int batch = 128;
};

bool is_for_small_model(const genome::Candidate& candidate, const SmallModelOptions& options);
// Whether an answer about a set of that candidate's alleles stands.
bool is_sure(const genome::Candidate& candidate, const genome::AltSet& alts, const std::array<float, 3>& probabilities, const SmallModelOptions& options);

// Candidates of one partition after another as the numbers of candidates/summary.h.
class Summaries {
 public:
  Summaries(const SampleNames& samples, bool has_pangenome, const candidates::SummaryOptions& options);

  size_t features() const { return names_.size(); }
  std::string features_from() const;  // in words: which flags decide about their number

  void begin(const Partition& partition);  // must outlive the calls of rows()
  // A row for each of genome::alt_sets(), appended.
  void rows(const genome::Candidate& candidate, std::vector<int>& out) const;

 private:
  const SampleNames samples_;
  const bool has_pangenome_;
  const candidates::SummaryOptions options_;
  std::vector<std::string> names_;
  const Partition* partition_ = nullptr;
  std::vector<int> phases_;  // [reads]
};

// Seconds of CPU, of one partition; those of what did not happen are nothing.
struct SmallModelCost {
  double numbers = 0;
  std::optional<double> answers, records, all;
};

class SmallModelCaller {
 public:
  SmallModelCaller(const SmallModelOptions& options, const Summaries& summaries);

  struct Answer {
    const genome::Candidate* candidate;
    genome::AltSet alts;
    std::array<float, 3> probabilities;
  };
  // The answers that stand, by candidate and set. The partition's candidates are marked with what was answered.
  std::vector<Answer> answers(Partition& partition, Summaries& summaries, SmallModelCost& cost);

 private:
  const SmallModelOptions options_;
  model::SmallModel model_;
};

// What is left to the images: the candidates that were not asked about, then those with sets that were not answered.
void keep_unanswered(std::vector<genome::Candidate>& candidates);

// Records of --write_small_model_examples for a candidate with its label, one for each of genome::alt_sets().
std::vector<formats::SummaryRecord> summary_records(const genome::Candidate& candidate, const labels::Label& label,
                                                    const genome::ContigList& contigs, const Summaries& summaries);

}  // namespace haploom::pipeline
