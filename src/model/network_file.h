// The file of a model folder that holds the network.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

namespace haploom::model {

enum class NetworkFormat { kOnnx, kIr, kSavedModel };

struct NetworkFile {
  NetworkFormat format = NetworkFormat::kOnnx;
  std::string path;  // of the file itself; saved_model.pb of a SavedModel
};

// model.onnx, model.xml or saved_model.pb, the first that is there.
// Errors: kInput/kModel when none is, with the remedy for a TensorFlow checkpoint; or when a SavedModel lacks its variables
NetworkFile find_network(const std::string& folder);

std::string format_name(NetworkFormat format);   // "ONNX"
uint64_t network_bytes(const NetworkFile& file);  // with the weights that stand beside it

}  // namespace haploom::model
