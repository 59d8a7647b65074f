// example_info.json of a model folder: what the network was trained to look at.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/error.h"
#include "tensor/tensor.h"

namespace haploom::model {

struct ExampleInfo {
  std::string version;
  tensor::ImageShape shape;
};

// Errors: kInput/kModel naming the file and what is wrong in it.
ExampleInfo read_example_info(const std::string& folder);
ExampleInfo parse_example_info(const std::string& json, const std::string& path);  // path: for messages

Error model_error(std::string message);

}  // namespace haploom::model
