// The closing account of a run: the same figures as log lines for a person and as JSON for a program.
//
// JSON:   one object; keys as the fields below, sizes in bytes, times in seconds; keys are added, never renamed
// Errors: write_json: kResource/kOutput as base::AtomicFile
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/usage.h"
#include "report/variant_counts.h"

namespace haploom::report {

struct RunSummary {
  std::string version;
  std::string command_line;
  std::string sample;
  std::string output;           // the VCF
  int threads = 0;
  int64_t bases = 0;            // of the reference looked at
  int64_t reads = 0;            // that passed the filters
  int64_t sites = 0;            // candidates
  int64_t windows_with_candidates = 0;
  int64_t windows_with_haplotypes = 0;  // of those: the pangenome had haplotypes to show
  VariantCounts variants;       // records written
  std::string image_name;       // of the pangenome in shared memory; empty: none was used
  int64_t image_bytes = 0;      // counted apart from this process's memory
  std::vector<std::pair<std::string, double>> stage_cpu_seconds;  // in the order of the pipeline
  base::Usage usage;            // of the process, taken at the end
};

// About five lines without newline, `message key=value`; what a run did not do has no line.
std::vector<std::string> closing_lines(const RunSummary& summary);

std::string json(const RunSummary& summary);
void write_json(const RunSummary& summary, const std::string& path);

}  // namespace haploom::report
