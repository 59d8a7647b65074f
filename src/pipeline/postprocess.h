// call_variants' outputs to a VCF, and with the reference records of make_examples to a gVCF: upstream's last step.
//
// In:     call outputs (and those of a small model) in any order and any number of files; reference records in sorted shards
// Out:    the VCF, and the gVCF if asked for; the same bytes for any number of threads and any memory limit
// Cost:   outputs are sorted within max_memory, on disk where they exceed it; reference records are streamed
// Errors: those of the readers and writers; kInput/kRecord and kInput/kContigs for inputs that contradict each other.
//         Nothing stands under an output's name then
// Source: postprocess_variants.py and .cc (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/usage.h"
#include "genotype/genotype.h"
#include "report/report.h"

namespace haploom::pipeline {

struct PostprocessRequest {
  std::string reference;
  std::string call_outputs;                            // file, or a name of shards
  std::optional<std::string> small_model_outputs;
  std::optional<std::string> reference_records;        // both of these or none
  std::optional<std::string> output_gvcf;
  std::string output_vcf;
  genotype::CallOptions options;
  bool group_variants = true;        // false: each output is a site of its own
  bool resolve_overlaps = true;
  bool only_keep_pass = false;       // VCF only
  std::vector<std::string> haploid_contigs;
  std::optional<std::string> par_regions_bed;  // of the haploid contigs, where there are two copies after all
  std::vector<std::string> regions;            // records that start in them; empty: all
  std::optional<std::string> sample_name;      // where no record says it
  int threads = 1;
  uint64_t max_memory = 4'000'000'000;
  size_t batch_records = 8192;  // handed to a thread at a time: some 0.5 MB, 1 MB of lines; the outputs are the same for any
  std::string version;
  std::string command_line;
  std::string model;                 // for the header; empty: not known
};

struct PostprocessSummary {
  std::string sample;
  uint64_t outputs = 0;           // records of call_variants and the small model
  uint64_t reference_records = 0;
  uint64_t spilled_bytes = 0;     // written to disk for sorting
  report::VariantCounts variants; // lines of the VCF
  uint64_t gvcf_lines = 0;
  base::Usage usage;
};

// Of the VCF and the gVCF.
std::string vcf_header(const PostprocessRequest& request, const genome::ContigList& contigs, const std::string& sample);

PostprocessSummary postprocess(const PostprocessRequest& request);

}  // namespace haploom::pipeline
