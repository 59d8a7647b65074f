// DeepVariant's first step: reads to examples, candidates, reference records and positions, in DeepVariant's file formats.
//
// In:     one task of N: of the partitions of the calling regions, numbered through, those with number mod N == task
// Out:    the files of MakeExamplesOutputs, records in the order of the partitions; the union over all tasks does not depend
//         on N. Each stands under its name only when all are whole
// Cost:   one thread; memory of a few partitions
// Errors: those of Inputs and of the stages; kUsage when reads and haplotypes have one name, by flag or by header;
//         kResource/kOutput before any work when an output cannot be written
// Source: make_examples_core.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "candidates/candidates.h"
#include "genotype/reference_confidence.h"
#include "labels/labels.h"
#include "pipeline/examiner.h"
#include "pipeline/inputs.h"
#include "pipeline/record_values.h"
#include "pipeline/small_model.h"
#include "tensor/tensor.h"

namespace haploom::pipeline {

enum class MakeExamplesMode { kCalling, kTraining, kCandidateSweep };

// Files of this task; empty: not wanted.
struct MakeExamplesOutputs {
  std::string examples;             // beside it stands examples.example_info.json
  std::string candidates;           // DeepVariantCall records
  std::string gvcf;                 // Variant records of reference blocks
  std::string candidate_positions;  // int32 each: positions, -2 after a partition, -1 after a calling region
  std::string run_info;             // counts and resources, as protobuf text
  std::string runtime_by_region;    // a line a partition
  std::string sitelist;             // a line an example's site
  std::string read_phases;          // output_local_read_phasing: a line a read and partition
  std::string call_outputs;         // CallVariantsOutput records of what the small model is sure of
  std::string summaries;            // what a small model is trained on: write_small_model_examples
};

// What training looks up: see labels/labels.h
struct TrainingTruth {
  std::string truth_variants;
  std::string confident_regions;  // BED; empty: everywhere
  std::string denovo_regions;     // BED; empty: examples do not say whether they are de novo
  labels::Options labels;
};

struct MakeExamplesRequest {
  MakeExamplesMode mode = MakeExamplesMode::kCalling;
  InputPaths inputs;
  MakeExamplesOutputs outputs;
  ExamineOptions options;
  tensor::ImageShape shape;
  std::optional<std::string> reads_sample;  // none: SM of the reads
  std::string pangenome_sample;             // of supports that haplotypes give; empty: SM of haplotype_reads
  int task = 0;
  int tasks = 1;
  int64_t partition_bases = kPartitionBases;
  std::vector<std::string> candidate_positions;  // of a sweep, its tasks' files: they say where partitions end, instead
  int64_t sequencing_type = 0;
  std::string selected_types;               // --select_variant_types
  std::vector<std::string> population_vcfs; // of cohorts, for the channel allele_frequency
  int vaf_window = 51;                      // allele_frequency_at_position of candidates, and what a small model sees of it
  SmallModelOptions small_model;            // of which candidates call_outputs and summaries are
  bool images = true;                       // false: skip_pileup_image_generation
  genotype::ReferenceModel reference_model;
  bool include_median_depth = false;
  std::vector<std::string> haploid_contigs;
  std::string par_regions_bed;              // diploid parts of these
  TrainingTruth truth;
  bool write_phases = false;                // output_phase_info: ALT_PS and PS_CONTIG of variants
  int64_t log_every = 2000;                 // candidates
  std::string version;                      // ours, for run_info
  std::string command_line;
};

struct MakeExamplesCounts {
  std::string sample;  // of the reads
  int64_t reads = 0;   // that passed the filter
  int64_t windows_with_candidates = 0;
  int64_t windows_with_haplotypes = 0;
  int64_t partitions = 0;
  int64_t candidates = 0;
  int64_t examples = 0;
  int64_t snps = 0;    // of the examples
  int64_t indels = 0;
  std::array<int64_t, 3> labels = {0, 0, 0};  // of the examples, by label
  int64_t denovo = 0;
  int64_t not_denovo = 0;
  int64_t reference_records = 0;
  int64_t small_model_answers = 0;
  int64_t summaries = 0;
};

// Whose reads and haplotypes they are: upstream tells their supports apart by these names alone.
// Errors: kUsage when the two are equal
SampleNames sample_names(const MakeExamplesRequest& request, const Inputs& inputs);

MakeExamplesCounts make_examples(const MakeExamplesRequest& request);

}  // namespace haploom::pipeline
