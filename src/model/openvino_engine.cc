#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <iterator>
#include <filesystem>
#include <mutex>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/frontend/manager.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

#include "model/engine.h"
#include "model/example_info.h"
#include "model/other_threads.h"

namespace haploom::model {
namespace {

constexpr size_t kGenotypes = 3;

// The engine's messages span many lines, with its own source positions; the last one says what happened.
std::string cause(const std::exception& error) {
  std::string text = error.what();
  text.erase(text.find_last_not_of(" \n") + 1);
  return text.substr(text.find_last_of('\n') + 1);
}

// tf.saved_model.save() of Keras 3 writes the variables' names in the checkpoint's object graph alone, and the engine's
// reader skips 6 bytes before that graph where 7 stand if it is longer than 16 KiB (variables_index.cpp, OpenVINO 2026.4).
Error keras3_error(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return Error{Exit::kInput, Reason::kModel, "model",
               fmt::format("{} was saved by Keras 3's tf.saved_model.save(), and OpenVINO does not find the variables of such a file", path),
               fmt::format("save it once more and copy example_info.json: python -c \"import tensorflow as tf; m = tf.saved_model.load('{}'); "
                           "tf.saved_model.save(m, 'NEW_FOLDER', signatures=m.signatures)\"",
                           folder)};
}

// What the engine throws becomes the one error that says which file is unfit.
template <class Step>
auto or_unfit(const std::string& path, Step step) {
  try {
    return step();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    if (std::string_view(error.what()).find("Cannot find requested variable") != std::string_view::npos) throw keras3_error(path);
    throw model_error(fmt::format("{} is not a network that can be run: {}", path, cause(error)));
  }
}

const char* reader_name(NetworkFormat format) {
  switch (format) {
    case NetworkFormat::kOnnx: return "onnx";
    case NetworkFormat::kIr: return "ir";
    case NetworkFormat::kSavedModel: return "tf";
  }
  return "";
}

// By the reader of that one format: left to choose, the engine tries them all on a damaged file, and each complains.
std::shared_ptr<ov::Model> read_network(const NetworkFile& from) {
  ov::frontend::FrontEndManager readers;
  const auto reader = readers.load_by_framework(reader_name(from.format));
  if (reader == nullptr) throw std::runtime_error(fmt::format("this installation lacks OpenVINO's reader of {}", format_name(from.format)));
  const bool folder = from.format == NetworkFormat::kSavedModel;
  const auto file = reader->load(folder ? std::filesystem::path(from.path).parent_path().string() : from.path);
  if (file == nullptr) throw std::runtime_error("the file cannot be read");
  auto network = reader->convert(file);
  if (network->inputs().empty()) throw std::runtime_error("it is empty");
  return network;
}

void check_face(const ov::Model& network, const ImageBatch& batch, const std::string& path) {
  if (network.inputs().size() != 1 || network.outputs().size() != 1) {
    throw model_error(fmt::format("{}: the network has {} inputs and {} outputs; one of each was expected", path,
                                  network.inputs().size(), network.outputs().size()));
  }
  const auto whole = [](size_t number) { return static_cast<int64_t>(number); };
  const ov::PartialShape taken = network.input().get_partial_shape();
  if (!taken.compatible({ov::Dimension::dynamic(), whole(batch.rows), whole(batch.width), whole(batch.channels)})) {
    throw model_error(fmt::format("{}: the network takes images of {}, but example_info.json tells of [{},{},{}]", path,
                                  taken.to_string(), batch.rows, batch.width, batch.channels));
  }
  if (network.input().get_element_type() != ov::element::f32) {
    throw model_error(fmt::format("{}: the network takes {}, not float32", path, network.input().get_element_type().to_string()));
  }
}

// uint8 in, (x - 128) / 128 inside, one batch size for all.
std::shared_ptr<ov::Model> with_images(std::shared_ptr<ov::Model> network, const ImageBatch& batch, const std::string& path) {
  check_face(*network, batch, path);
  network->reshape(ov::PartialShape(ov::Shape{batch.images, batch.rows, batch.width, batch.channels}));
  ov::preprocess::PrePostProcessor steps(network);
  steps.input().tensor().set_element_type(ov::element::u8);
  steps.input().preprocess().convert_element_type(ov::element::f32).mean(128.0F).scale(128.0F);
  steps.output().tensor().set_element_type(ov::element::f32);
  network = steps.build();
  if (network->output().get_partial_shape() != ov::PartialShape(ov::Shape{batch.images, kGenotypes})) {
    throw model_error(fmt::format("{}: the network answers {} for a batch of {}; three probabilities an image were expected",
                                  path, network->output().get_partial_shape().to_string(), batch.images));
  }
  return network;
}

class OpenVinoStream : public Engine::Stream {
 public:
  // room: of the compiled network; the stream's own place in it is given back at the end.
  OpenVinoStream(ov::CompiledModel compiled, std::shared_ptr<std::atomic<int>> room)
      : room_(std::move(room)), compiled_(std::move(compiled)), request_(compiled_.create_infer_request()) {
    --*room_;
    images_ = request_.get_input_tensor();
    answers_ = request_.get_output_tensor();
  }

  ~OpenVinoStream() override { ++*room_; }

  std::span<uint8_t> images() override { return {images_.data<uint8_t>(), images_.get_size()}; }

  std::span<const float> infer() override {
    request_.infer();
    return {answers_.data<const float>(), answers_.get_size()};
  }

 private:
  std::shared_ptr<std::atomic<int>> room_;
  ov::CompiledModel compiled_;
  ov::InferRequest request_;
  ov::Tensor images_;
  ov::Tensor answers_;
};

class OpenVinoEngine : public Engine {
 public:
  OpenVinoEngine(const NetworkFile& file, const ImageBatch& batch, int threads) : path_(file.path), threads_(threads) {
    network_ = or_unfit(path_, [&] { return with_images(read_network(file), batch, path_); });
    compile();
  }

  std::unique_ptr<Stream> stream() override {
    const std::lock_guard guard(lock_);
    if (*room_ <= 0) compile();
    return std::make_unique<OpenVinoStream>(compiled_, room_);
  }

  double cpu_seconds() const override {
    const std::lock_guard guard(lock_);
    return model::cpu_seconds(own_threads_);
  }

 private:
  // Zero streams: in the thread that asks. Float32 whatever the machine offers, for equal answers. What is compiled is not
  // kept on disk (ov::cache_dir): that saves 0.4 of an InceptionV3's 1.9 seconds, for 84 MB.
  void compile() {
    const ThreadIds before = threads_of_process();
    const ov::AnyMap settings = {ov::num_streams(threads_ == 1 ? 0 : threads_), ov::inference_num_threads(threads_),
                                 ov::hint::inference_precision(ov::element::f32), ov::hint::enable_cpu_pinning(false)};
    compiled_ = or_unfit(path_, [&] { return core_.compile_model(network_, "CPU", settings); });
    room_ = std::make_shared<std::atomic<int>>(threads_);
    const ThreadIds after = threads_of_process();
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::inserter(own_threads_, own_threads_.end()));
  }

  std::string path_;
  int threads_;
  ov::Core core_;
  std::shared_ptr<ov::Model> network_;
  mutable std::mutex lock_;
  ov::CompiledModel compiled_;
  std::shared_ptr<std::atomic<int>> room_;  // streams more that compiled_ has room for
  ThreadIds own_threads_;
};

// Float32 numbers in, one batch size for all.
std::shared_ptr<ov::Model> with_numbers(std::shared_ptr<ov::Model> network, const NumbersBatch& batch, const std::string& path) {
  const auto whole = [](size_t number) { return static_cast<int64_t>(number); };
  const bool single = network->inputs().size() == 1 && network->outputs().size() == 1;
  if (!single || network->input().get_partial_shape().rank().compatible(2) == false || network->input().get_element_type() != ov::element::f32) {
    throw model_error(fmt::format("{}: a small model takes rows of float32 numbers and answers once; this network does not", path));
  }
  const ov::PartialShape taken = network->input().get_partial_shape();
  if (!taken.compatible({ov::Dimension::dynamic(), whole(batch.columns)})) {
    throw Error{Exit::kInput, Reason::kModel, "model",
                fmt::format("{} takes {} numbers of a candidate, and this run makes {}", path, taken[1].to_string(), batch.columns), batch.remedy};
  }
  network->reshape(ov::PartialShape(ov::Shape{batch.rows, batch.columns}));
  if (network->output().get_partial_shape() != ov::PartialShape(ov::Shape{batch.rows, kGenotypes}) ||
      network->output().get_element_type() != ov::element::f32) {
    throw model_error(fmt::format("{}: the network answers {} for {} rows; three float32 probabilities a row were expected", path,
                                  network->output().get_partial_shape().to_string(), batch.rows));
  }
  return network;
}

class OpenVinoNumbers : public NumbersEngine {
 public:
  OpenVinoNumbers(const NetworkFile& file, const NumbersBatch& batch) {
    request_ = or_unfit(file.path, [&] {
      const ov::AnyMap settings = {ov::num_streams(0), ov::inference_num_threads(1), ov::hint::inference_precision(ov::element::f32),
                                   ov::hint::enable_cpu_pinning(false)};
      return core_.compile_model(with_numbers(read_network(file), batch, file.path), "CPU", settings).create_infer_request();
    });
    numbers_ = request_.get_input_tensor();
    answers_ = request_.get_output_tensor();
  }

  std::span<float> numbers() override { return {numbers_.data<float>(), numbers_.get_size()}; }

  std::span<const float> infer() override {
    request_.infer();
    return {answers_.data<const float>(), answers_.get_size()};
  }

 private:
  ov::Core core_;
  ov::InferRequest request_;
  ov::Tensor numbers_;
  ov::Tensor answers_;
};

}  // namespace

std::unique_ptr<NumbersEngine> openvino_numbers(const NetworkFile& file, const NumbersBatch& batch) {
  return std::make_unique<OpenVinoNumbers>(file, batch);
}

std::unique_ptr<Engine> openvino_engine(const NetworkFile& file, const ImageBatch& batch, int threads) {
  return std::make_unique<OpenVinoEngine>(file, batch, threads);
}

NetworkFace openvino_face(const NetworkFile& file) {
  return or_unfit(file.path, [&] {
    const auto network = read_network(file);
    NetworkFace face;
    face.input = network->input(0).get_any_name();
    face.input_shape = network->input(0).get_partial_shape().to_string();
    face.output = network->output(0).get_any_name();
    int64_t int8 = 0;
    int64_t fp16 = 0;
    for (const auto& node : network->get_ordered_ops()) {
      const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(node);
      if (constant == nullptr) continue;
      const auto elements = static_cast<int64_t>(ov::shape_size(constant->get_shape()));
      const ov::element::Type type = constant->get_element_type();
      if (type == ov::element::i8 || type == ov::element::u8) int8 += elements;
      if (type == ov::element::f16) fp16 += elements;
      if (type.is_real() || type == ov::element::i8 || type == ov::element::u8) face.parameters += elements;
    }
    face.precision = int8 * 2 > face.parameters ? "int8" : fp16 * 2 > face.parameters ? "fp16" : "fp32";
    return face;
  });
}

}  // namespace haploom::model
