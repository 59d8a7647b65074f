// The trained network: a folder with model.onnx (or model.xml) and example_info.json, run by OpenVINO on the CPU.
//
// In:     uint8 images [n][rows][width][channels] of the shape that example_info.json names
// Out:    probabilities of 0, 1, 2 copies of the image's alleles, rounded as call_variants.py's round_gls does
// Errors: kInput/kModel for a folder that lacks a file, a shape that contradicts the network, another release's format
// Only this module includes the inference engine.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "tensor/tensor.h"

namespace haploom::model {

class Model {
 public:
  explicit Model(const std::string& folder);
  ~Model();
  Model(Model&&) noexcept;

  const tensor::ImageShape& shape() const;
  const std::string& name() const;     // for the header and the log

  // A stream of inferences of one thread. Batches are padded to a fixed size so that an answer does not depend on which
  // images happened to stand beside it.
  class Session {
   public:
    ~Session();
    Session(Session&&) noexcept;
    int batch() const;
    // images: n * shape().bytes(); n may be any number, cut into batches inside. Appends n rows to out.
    void infer(std::span<const uint8_t> images, size_t n, std::vector<genome::GenotypeProbabilities>& out);

   private:
    friend class Model;
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Session session() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// round_gls of call_variants.py: 10 decimals, the smallest takes up the rest.
genome::GenotypeProbabilities rounded(const std::array<double, 3>& softmax);

}  // namespace haploom::model
