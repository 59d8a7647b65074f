// The trained network: a folder with model.onnx (or model.xml) and example_info.json, run by OpenVINO on the CPU.
//
// In:     uint8 images [n][rows][width][channels] of the shape that example_info.json names. The file itself takes float32
//         of that layout, already (x - 128) / 128, and any batch; the conversion is folded into the graph here
// Out:    probabilities of 0, 1, 2 copies of the image's alleles, rounded as call_variants.py's round_gls does
// Errors: kInput/kModel for a folder that lacks a file, a damaged file, a shape that contradicts the network, a channel
//         that is not drawn here
// Only this module includes the inference engine. example_info.json is DeepVariant's: {"version", "shape": [rows, width,
// channels], "channels": [numbers]}, and here also "height_pangenome" and "height_reads"; without these 200 rows are two
// blocks of 100, and 100 rows are reads alone.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "tensor/tensor.h"

namespace haploom::model {

// What the folder's network looks at; reads example_info.json alone.
tensor::ImageShape read_shape(const std::string& folder);

class Model {
 public:
  // Reads and compiles the network, so that a bad one is known at once.
  explicit Model(const std::string& folder);
  ~Model();
  Model(Model&&) noexcept;

  const tensor::ImageShape& shape() const;
  const std::string& name() const;  // folder and version, for the header and the log

  // A stream of inferences in the calling thread and on no other; any number of sessions may work at the same time, each
  // in one thread at a time. Batches are padded to a fixed size so that an answer does not depend on which images
  // happened to stand beside it. A session costs a compilation (some 50 ms) and its own working memory.
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

// round_gls of call_variants.py (DeepVariant 1.9): 10 decimals, the smallest (the first of equals) takes up the rest.
// The three must sum to 1 within 1e-6.
genome::GenotypeProbabilities rounded(const std::array<double, 3>& softmax);

}  // namespace haploom::model
