#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <openvino/frontend/manager.hpp>
#include <openvino/openvino.hpp>
#include <optional>
#include <stdexcept>

#include "model/example_info.h"

namespace haploom::model {
namespace {

// Larger ones cost no less an image (4 to 64 measured), take more memory, and waste more on the last, padded batch.
constexpr size_t kBatch = 8;
constexpr double kSumTolerance = 1e-6;

ov::Shape batch_shape(const tensor::ImageShape& shape) {
  return {kBatch, static_cast<size_t>(shape.rows()), static_cast<size_t>(shape.width), shape.channels.size()};
}

std::string network_path(const std::string& folder) {
  for (const char* name : {"model.onnx", "model.xml"}) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    if (std::filesystem::exists(path)) return path.string();
  }
  throw model_error(fmt::format("{} holds no model.onnx and no model.xml", folder));
}

// By the reader of that one format: left to choose, the engine tries them all on a damaged file, and each complains.
std::shared_ptr<ov::Model> read_network(const std::string& path) {
  ov::frontend::FrontEndManager readers;
  const auto reader = readers.load_by_framework(std::filesystem::path(path).extension() == ".onnx" ? "onnx" : "ir");
  const auto file = reader->load(path);
  if (file == nullptr) throw std::runtime_error("the file cannot be read");
  auto network = reader->convert(file);
  if (network->inputs().empty()) throw std::runtime_error("it is empty");
  return network;
}

// The engine's messages span many lines, with its own source positions; the last one says what happened.
std::string cause(const std::exception& error) {
  std::string text = error.what();
  text.erase(text.find_last_not_of(" \n") + 1);
  return text.substr(text.find_last_of('\n') + 1);
}

// What the engine throws becomes the one error that says which file is unfit.
template <class Step>
auto or_unfit(const std::string& path, Step step) {
  try {
    return step();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw model_error(fmt::format("{} is not a network that can be run: {}", path, cause(error)));
  }
}

void check_face(const ov::Model& network, const ov::Shape& images, const std::string& path) {
  if (network.inputs().size() != 1 || network.outputs().size() != 1) {
    throw model_error(fmt::format("{}: the network has {} inputs and {} outputs; one of each was expected", path,
                                  network.inputs().size(), network.outputs().size()));
  }
  const ov::PartialShape taken = network.input().get_partial_shape();
  const auto last_three = [](const ov::PartialShape& shape) { return ov::PartialShape({shape[1], shape[2], shape[3]}); };
  if (taken.rank() != ov::Rank(4) || !last_three(taken).compatible(last_three(ov::PartialShape(images)))) {
    throw model_error(fmt::format("{}: the network takes images of {}, but example_info.json tells of [{},{},{}]", path,
                                  taken.to_string(), images[1], images[2], images[3]));
  }
  if (network.input().get_element_type() != ov::element::f32) {
    throw model_error(fmt::format("{}: the network takes {}, not float32", path, network.input().get_element_type().to_string()));
  }
}

// uint8 in, (x - 128) / 128 inside, one batch size for all.
std::shared_ptr<ov::Model> with_images(std::shared_ptr<ov::Model> network, const ov::Shape& images, const std::string& path) {
  check_face(*network, images, path);
  network->reshape(ov::PartialShape(images));
  ov::preprocess::PrePostProcessor steps(network);
  steps.input().tensor().set_element_type(ov::element::u8);
  steps.input().preprocess().convert_element_type(ov::element::f32).mean(128.0F).scale(128.0F);
  steps.output().tensor().set_element_type(ov::element::f32);
  network = steps.build();
  if (network->output().get_partial_shape() != ov::PartialShape({kBatch, 3})) {
    throw model_error(fmt::format("{}: the network answers {} for a batch of {}; three probabilities an image were expected",
                                  path, network->output().get_partial_shape().to_string(), kBatch));
  }
  return network;
}

// Zero streams: inference runs in the thread that asks, and one compiled network serves one thread at a time (a second
// one would wait on its lock). Float32 whatever the machine offers, for equal answers.
ov::AnyMap engine_settings() {
  return {ov::num_streams(0), ov::inference_num_threads(1), ov::hint::inference_precision(ov::element::f32),
          ov::hint::enable_cpu_pinning(false)};
}

}  // namespace

struct Model::State {
  tensor::ImageShape shape;
  std::string name;
  std::string path;
  ov::Core core;
  std::shared_ptr<ov::Model> network;
  std::mutex lock;
  std::optional<ov::CompiledModel> first;  // compiled to see that it can be; the first session takes it

  ov::CompiledModel compile() {
    return or_unfit(path, [&] { return core.compile_model(network, "CPU", engine_settings()); });
  }

  ov::CompiledModel take() {
    const std::lock_guard guard(lock);
    if (!first) return compile();
    ov::CompiledModel taken = *std::move(first);
    first.reset();
    return taken;
  }
};

Model::Model(const std::string& folder) : state_(std::make_unique<State>()) {
  ExampleInfo info = read_example_info(folder);
  state_->shape = std::move(info.shape);
  const std::filesystem::path place = std::filesystem::path(folder).lexically_normal();
  state_->name = fmt::format("{} {}", (place.has_filename() ? place : place.parent_path()).filename().string(), info.version);
  state_->path = network_path(folder);
  state_->network = or_unfit(state_->path, [&] {
    return with_images(read_network(state_->path), batch_shape(state_->shape), state_->path);
  });
  state_->first = state_->compile();
}

Model::~Model() = default;
Model::Model(Model&&) noexcept = default;

const tensor::ImageShape& Model::shape() const { return state_->shape; }
const std::string& Model::name() const { return state_->name; }

struct Model::Session::State {
  ov::CompiledModel compiled;
  ov::InferRequest request;
  ov::Tensor images;
  size_t image_bytes = 0;
  std::string path;

  // Padding is black; it changes no answer and costs what an image costs.
  std::array<genome::GenotypeProbabilities, kBatch> answers(const uint8_t* from, size_t n) {
    uint8_t* to = images.data<uint8_t>();
    std::memcpy(to, from, n * image_bytes);
    std::memset(to + n * image_bytes, 0, (kBatch - n) * image_bytes);
    request.infer();
    const float* probabilities = request.get_output_tensor().data<const float>();
    std::array<genome::GenotypeProbabilities, kBatch> out{};
    for (size_t i = 0; i < n; ++i, probabilities += 3) {
      const std::array<double, 3> softmax = {probabilities[0], probabilities[1], probabilities[2]};
      const double sum = softmax[0] + softmax[1] + softmax[2];
      if (!(std::abs(sum - 1) <= kSumTolerance)) {
        throw model_error(fmt::format("{}: the network answered {}, {}, {}, which are no probabilities", path, softmax[0],
                                      softmax[1], softmax[2]));
      }
      out[i] = rounded(softmax);
    }
    return out;
  }
};

Model::Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Session::~Session() = default;
Model::Session::Session(Session&&) noexcept = default;

int Model::Session::batch() const { return static_cast<int>(kBatch); }

void Model::Session::infer(std::span<const uint8_t> images, size_t n, std::vector<genome::GenotypeProbabilities>& out) {
  check(images.size() == n * state_->image_bytes, "n images have n times the bytes of the model's shape");
  for (size_t done = 0; done < n; done += kBatch) {
    const size_t now = std::min(kBatch, n - done);
    const auto answers = state_->answers(images.data() + done * state_->image_bytes, now);
    out.insert(out.end(), answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(now));
  }
}

Model::Session Model::session() const {
  auto state = std::make_unique<Session::State>();
  state->compiled = state_->take();
  state->request = state->compiled.create_infer_request();
  state->images = state->request.get_input_tensor();
  state->image_bytes = state_->shape.bytes();
  state->path = state_->path;
  return Session(std::move(state));
}

}  // namespace haploom::model
