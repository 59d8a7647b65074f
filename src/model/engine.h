// What runs a network, behind one small interface: another engine comes as another file that implements it.
//
// In:     uint8 images [batch.images][rows][width][channels]; the network's file itself takes (x - 128) / 128 as float32,
//         and the engine does that first
// Out:    float32 [batch.images][3], the network's own softmax
// Errors: kInput/kModel for a file that this engine cannot read, run or fit to the images
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/network_file.h"

namespace haploom::model {

struct ImageBatch {
  size_t images = 0;
  size_t rows = 0;
  size_t width = 0;
  size_t channels = 0;

  size_t image_bytes() const { return rows * width * channels; }
};

// What is known of a network without running it.
struct NetworkFace {
  std::string input;         // its name in the file
  std::string input_shape;   // "[?,100,221,7]"
  std::string output;
  int64_t parameters = 0;    // weights and other constants
  std::string precision;     // of the weights: "fp32", "fp16" or "int8"
};

class Engine {
 public:
  virtual ~Engine() = default;
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Working memory for one thread at a time; must not outlive the engine.
  class Stream {
   public:
    virtual ~Stream() = default;
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    // A whole batch. The answers stand until the next call.
    virtual std::span<uint8_t> images() = 0;
    virtual std::span<const float> infer() = 0;
  };
  virtual std::unique_ptr<Stream> stream() = 0;  // safe from many threads
  virtual double cpu_seconds() const = 0;        // of the engine's own threads
};

// OpenVINO on the CPU, float32 (int8 where the file says so). One stream computes in the thread that asks; of several, which
// share one copy of the weights, as many threads of the engine's own do. More streams than `threads` are had for another
// compilation.
std::unique_ptr<Engine> openvino_engine(const NetworkFile& file, const ImageBatch& batch, int threads);

// A network of plain numbers: float32 [rows][columns] in, its own softmax [rows][3] out, in the calling thread. For one thread
// at a time.
class NumbersEngine {
 public:
  virtual ~NumbersEngine() = default;
  NumbersEngine() = default;
  NumbersEngine(const NumbersEngine&) = delete;
  NumbersEngine& operator=(const NumbersEngine&) = delete;

  virtual std::span<float> numbers() = 0;        // of a whole batch
  virtual std::span<const float> infer() = 0;    // the answers stand until the next call
};

// columns: what the caller has. Errors: also for a network that takes another number of them; remedy: what to try then.
struct NumbersBatch {
  size_t rows = 0;
  size_t columns = 0;
  std::string remedy;
};
std::unique_ptr<NumbersEngine> openvino_numbers(const NetworkFile& file, const NumbersBatch& batch);

NetworkFace openvino_face(const NetworkFile& file);

}  // namespace haploom::model
