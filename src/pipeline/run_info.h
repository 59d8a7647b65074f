// What --write_run_info tells of a task: MakeExamplesRunInfo as protobuf text.
//
// Counts, resources, of the options what makes a run repeatable, and in training how candidates and truth fit each other.
// Source: MakeExamplesRunInfo, LabelingMetrics in deepvariant.proto (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>

#include "labels/labels.h"
#include "pipeline/make_examples.h"

namespace haploom::pipeline {

// labeling: nothing where no labeler counted
std::string run_info(const MakeExamplesRequest& request, const MakeExamplesCounts& counts, const std::optional<labels::Metrics>& labeling);

}  // namespace haploom::pipeline
