// The main job: reads, reference and pangenome to a VCF, in one process.
//
// Shards of the contigs are streamed once by `threads` threads, each with its own reader, painter and inference session;
// calls leave in file order whatever the threads, so the VCF does not depend on their number.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/call_variants.h"
#include "pipeline/make_examples.h"
#include "pipeline/postprocess.h"
#include "report/report.h"

namespace haploom::pipeline {

// The three steps' requests; the files between them are neither written nor read.
struct CallRequest {
  MakeExamplesRequest examples;
  CallVariantsRequest network;
  PostprocessRequest output;
  int threads = 1;
  bool cascade = false;  // the model folder's cascade weighs the network's answers
};

// The steps' errors that are known before any work: a network that is none or was made for other images, regions that are
// none. The files between the steps are not looked for.
void check_steps(const CallRequest& request);

// What of a request only the steps one after another do, as a person would say it; empty if there is nothing.
std::string only_in_steps(const CallRequest& request);

// What is known of a run before it; sample: of the reads.
report::RunSummary summary_of(const CallRequest& request, const Inputs& inputs, const std::string& sample);

// Errors: of inputs, model and output; nothing stands under the outputs' names unless the call is complete.
report::RunSummary call(const CallRequest& request);

}  // namespace haploom::pipeline
