// The main job: reads, reference and pangenome to a VCF, in one process.
//
// Shards of the contigs are streamed once by `threads` threads, each with its own reader, painter and inference session;
// calls leave in file order whatever the threads, so the VCF does not depend on their number.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "pipeline/examiner.h"
#include "pipeline/inputs.h"
#include "report/report.h"

namespace haploom::pipeline {

struct CallRequest {
  InputPaths inputs;
  std::string output_vcf;
  std::optional<std::string> output_gvcf;
  std::string model_folder;
  ExamineOptions options;
  int threads = 1;
  std::optional<std::string> sample_name;  // default: SM of the reads
  std::string version;
  std::string command_line;
};

// Errors: of inputs, model and output; nothing stands at output_vcf unless the call is complete.
report::RunSummary call(const CallRequest& request);

}  // namespace haploom::pipeline
