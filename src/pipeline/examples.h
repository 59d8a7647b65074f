// The images of all candidates, written down instead of called: what the network is trained on.
//
// Out:    PREFIX.images.u8  images one after another, uint8 [rows][width][channels]
//         PREFIX.sites.tsv  one line an image: contig, start (0-based), end, ref, alts, alt_set, depth, allele_depth, image
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "pipeline/examiner.h"
#include "pipeline/inputs.h"
#include "tensor/tensor.h"

namespace haploom::pipeline {

struct ExamplesRequest {
  InputPaths inputs;
  tensor::ImageShape shape;
  ExamineOptions options;
  int threads = 1;
  std::string output_prefix;
};

// Returns the number of images.
uint64_t write_examples(const ExamplesRequest& request);

}  // namespace haploom::pipeline
