// The small model: a network that looks at a candidate as numbers, cheaper than at its image.
//
// In:     a folder with model.onnx, model.xml or saved_model.pb and variables/ (DeepVariant's own small models are such
//         SavedModels); numbers [n][features], as candidates/summary.h makes them
// Out:    probabilities of 0, 1, 2 copies of the allele set, float32 as the network answers, not rounded; they do not depend
//         on what stands beside a row
// Errors: kInput/kModel for a file that cannot be run or takes another number of features, and for a .keras file
// Source: small_model/inference.py, small_model/keras_config.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace haploom::model {

class SmallModel {
 public:
  // batch: rows at a time, at most. features_from: what decides about their number, for the message of a model that wants others.
  SmallModel(const std::string& folder, size_t features, size_t batch, const std::string& features_from);
  ~SmallModel();
  SmallModel(SmallModel&&) noexcept;

  // rows: n * features numbers. Appends n answers. For one thread at a time.
  void infer(std::span<const float> rows, size_t n, std::vector<std::array<float, 3>>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::model
