// example_info.json: what a network was trained to look at, and what a file of examples shows.
//
// DeepVariant's: {"version", "shape": [rows, width, channels], "channels": [numbers]}; a model's may here also hold
// "height_pangenome" and "height_reads", and "flags_for_calling", an object of make_examples' flags: those that its training
// images were drawn with. Any channel number is taken: who runs a network needs no drawing of its images.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "tensor/tensor.h"

namespace haploom::model {

struct ExampleInfo {
  std::string version;
  int rows = 0;
  int width = 0;
  std::vector<int> channels;  // DeepVariantChannelEnum
  std::optional<int> height_pangenome;  // both or none
  std::optional<int> height_reads;
  std::vector<std::pair<std::string, std::string>> flags_for_calling;  // name without dashes, value as on a command line

  size_t image_bytes() const { return static_cast<size_t>(rows) * static_cast<size_t>(width) * channels.size(); }
};

// Of a model folder. Errors: kInput/kModel naming the file and what is wrong in it.
ExampleInfo read_example_info(const std::string& folder);
ExampleInfo parse_example_info(const std::string& json, const std::string& path);  // path: for messages

// Of a file of examples: its FILE.example_info.json. Errors: kInput/kRecord naming the file and what is wrong in it.
ExampleInfo read_examples_info(const std::string& path);

// The images as haploom draws them. Without heights 200 rows are two blocks of 100, and 100 rows are reads alone; 300 and 600
// are these with alt-aligned rows.
// Errors: kInput/kModel for channels that are not known, an even width, rows that are not the sum of two blocks
tensor::ImageShape drawn_shape(const ExampleInfo& info, const std::string& path);

// "read_base", or "channel 26" for one that haploom does not know.
std::string channel_name(int number);

// Errors: kInput/kModel unless rows, width and the list of channels are equal; names both sides as the caller calls them.
void check_fits(const ExampleInfo& model, const std::string& model_name, const ExampleInfo& examples, const std::string& examples_name);

Error model_error(std::string message);

}  // namespace haploom::model
