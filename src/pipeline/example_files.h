// The files of one task of make_examples, written together and finished together.
//
// Errors: kResource/kOutput, at construction for names that cannot be written
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "formats/records.h"
#include "formats/tfrecord.h"
#include "genome/read.h"
#include "pipeline/make_examples.h"
#include "pipeline/small_model.h"
#include "pipeline/stage_clock.h"

namespace haploom::pipeline {

// A line of --runtime_by_region: seconds of CPU by what upstream calls its steps, and counts.
struct PartitionCost {
  std::string region;  // chr:first-last, 1-based closed
  double reads = 0, candidates = 0, images = 0, output = 0;
  int64_t read_count = 0, candidate_count = 0, example_count = 0;
  std::optional<SmallModelCost> small_model;  // where there is one
};

class ExampleFiles {
 public:
  ExampleFiles(const MakeExamplesOutputs& outputs, const tensor::ImageShape& shape, bool images);

  bool wants_candidates() const { return candidates_.has_value(); }
  bool wants_reference() const { return reference_.has_value(); }
  bool wants_costs() const { return costs_.has_value(); }
  bool wants_phases() const { return phases_.has_value(); }
  bool wants_call_outputs() const { return call_outputs_.has_value(); }
  bool wants_summaries() const { return summaries_.has_value(); }

  void example(const formats::ExampleRecord& example, const formats::VariantRecord& variant);
  void candidate(const formats::CandidateRecord& candidate) { candidates_->write(formats::encode(candidate)); }
  void reference(const formats::VariantRecord& block) { reference_->write(formats::encode(block)); }
  void call_output(const formats::CallOutputRecord& output) { call_outputs_->write(formats::encode(output)); }
  void summary(const formats::SummaryRecord& summary) { summaries_->write(formats::encode(summary)); }
  void positions(const std::vector<int64_t>& positions, bool region_ends);
  void cost(const PartitionCost& cost);
  // Of the reads that were phased, unknown phases too. partition: counted from 1 within the task.
  void phases(const std::vector<genome::Read>& reads, int64_t partition);

  // All files are made whole, then all get their names: run_info is written last, the examples get theirs last.
  void finish(const std::string& run_info);

 private:
  void example_info(const tensor::ImageShape& shape);

  std::optional<formats::RecordWriter> examples_, candidates_, reference_, call_outputs_, summaries_;
  std::optional<base::AtomicFile> info_, positions_, run_info_, costs_, sites_, phases_;
};

}  // namespace haploom::pipeline
