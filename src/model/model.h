// The trained network: a folder with example_info.json and model.onnx, model.xml (OpenVINO IR) or DeepVariant's own
// saved_model.pb and variables/, run on the CPU.
//
// In:     uint8 images [n][rows][width][channels] of the shape that example_info.json names. The file itself takes float32
//         of that layout, already (x - 128) / 128, and any batch; the conversion is folded into the graph here
// Out:    probabilities of 0, 1, 2 copies of the image's alleles, rounded as call_variants.py's round_gls does
// Errors: kInput/kModel for a folder that lacks a file, a damaged file, a shape that contradicts the network, a checkpoint
// Only this module includes the inference engine.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "genome/candidate.h"
#include "model/example_info.h"
#include "tensor/tensor.h"

namespace haploom::model {

// What the folder's network looks at; reads example_info.json alone. Errors: as drawn_shape().
tensor::ImageShape read_shape(const std::string& folder);

// What a folder holds, for a person who wonders; reads the network but does not compile it.
struct Description {
  std::string folder;
  std::string file;       // name of the network's file
  std::string format;     // "ONNX", "OpenVINO IR", "TensorFlow SavedModel"
  std::string input;
  std::string input_shape;
  std::string output;
  int64_t parameters = 0;
  std::string precision;  // of the weights: "fp32", "fp16", "int8"
  uint64_t bytes = 0;     // of the network's files
  ExampleInfo info;
};
Description describe(const std::string& folder);

class Model {
 public:
  // Reads and compiles the network for so many threads, so that a bad one is known at once.
  explicit Model(const std::string& folder, int threads = 1);
  ~Model();
  Model(Model&&) noexcept;

  const ExampleInfo& info() const;
  tensor::ImageShape shape() const;  // of the images that haploom draws for it; errors: as drawn_shape()
  const std::string& name() const;   // folder and version, for the header and the log

  // A stream of inferences; any number of sessions may work at the same time, each in one thread at a time. A model for one
  // thread computes in the calling thread, another in threads of its own while the callers wait. Batches are padded to a fixed size so that an answer does not depend on which images
  // happened to stand beside it. The first `threads` sessions cost their working memory, each such number more a compilation
  // and a copy of the weights.
  class Session {
   public:
    ~Session();
    Session(Session&&) noexcept;
    int batch() const;
    // images: n * info().image_bytes(); n may be any number, cut into batches inside. Appends n rows to out.
    void infer(std::span<const uint8_t> images, size_t n, std::vector<genome::GenotypeProbabilities>& out);

   private:
    friend class Model;
    struct State;
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Session session() const;  // must not outlive the model

  // CPU of the engine's own threads so far, which no session's thread is charged with.
  double cpu_seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// round_gls of call_variants.py (DeepVariant 1.9) on a network's float32: 10 decimals, the smallest (the first of equals)
// takes up the rest. With NumPy 1.24, which DeepVariant 1.9 is released with, two stay float32 and the third is a double.
// The three must sum to 1 within 1e-6.
genome::GenotypeProbabilities rounded(const std::array<float, 3>& softmax);

}  // namespace haploom::model
