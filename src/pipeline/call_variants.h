// DeepVariant's second step: examples through the network to call outputs, in DeepVariant's file formats.
//
// In:     examples in TFRecord files (formats/sharded_name.h says what a name stands for); beside the first file its example_info.json, if it is there
// Out:    a CallVariantsOutput an example: of 32 files at a time 64 examples each in turn; the same bytes for any number of
//         threads. An outfile without a shard number of its own comes in `shards` shards, these 64 dealt out in turn
// Cost:   threads x (64 examples and a session of the network). Files are unpacked side by side: one alone feeds some four threads
// Errors: of the readers, the model and the writers; kInput/kModel for examples that the network was not made for. Nothing
//         stands under the outputs' names then
// Source: call_variants.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/usage.h"

namespace haploom::pipeline {

struct CallVariantsRequest {
  std::vector<std::string> examples;
  std::string outfile;       // NAME.tfrecord.gz or NAME.tfrecord, or the name of one shard
  std::string model_folder;
  int threads = 1;
  int shards = 1;
  std::optional<uint64_t> limit;     // examples
  bool allow_empty_examples = true;  // false: no example is kInput/kRecord
  bool debug_info = false;           // with the image, the likeliest label and what kinds of alleles there are
  bool true_labels = false;          // debug_info tells the examples' own labels, too
};

// NAME.tfrecord.gz of so many shards: NAME@N.tfrecord.gz; a name of shards or of one shard as it is.
std::string sharded_outfile(const CallVariantsRequest& request);

struct CallVariantsSummary {
  uint64_t examples = 0;
  std::string model;  // folder and version
  base::Usage usage;
};

CallVariantsSummary call_variants(const CallVariantsRequest& request);

}  // namespace haploom::pipeline
