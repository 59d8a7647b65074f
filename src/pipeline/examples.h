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
  std::string network;     // model folder, for write_numbers
  std::string settled_by;  // model folder, for write_examples: candidates that its plain trees settle are left out; empty: none is
};

// Returns the number of images.
uint64_t write_examples(const ExamplesRequest& request);

// The same sites as numbers, the network's answers about all of them among these; returns how many lines.
// Out:    PREFIX.numbers.f32  rows of evidence::names().size() float32, NaN: nobody knows
//         PREFIX.numbers.txt  those names, one a line
//         PREFIX.sites.tsv    as above; image: the row
uint64_t write_numbers(const ExamplesRequest& request);

}  // namespace haploom::pipeline
