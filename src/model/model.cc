#include "model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "model/engine.h"

namespace haploom::model {
namespace {

// Larger ones cost no less an image (4 to 64 measured), take more memory, and waste more on the last, padded batch.
constexpr size_t kBatch = 8;
constexpr double kSumTolerance = 1e-6;

std::filesystem::path info_path(const std::string& folder) { return std::filesystem::path(folder) / "example_info.json"; }

std::string name_of(const std::string& folder, const ExampleInfo& info) {
  const std::filesystem::path place = std::filesystem::path(folder).lexically_normal();
  return fmt::format("{} {}", (place.has_filename() ? place : place.parent_path()).filename().string(), info.version);
}

// A folder that holds no network is told of before what else it lacks.
ExampleInfo info_beside(const std::string& folder, NetworkFile& file) {
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(folder, ignored);
  if (is_folder || std::filesystem::exists(folder + ".index", ignored)) file = find_network(folder);
  return read_example_info(folder);
}

}  // namespace

struct Model::State {
  ExampleInfo info;
  std::string name;
  std::string folder;
  NetworkFile file;
  std::unique_ptr<Engine> engine;
};

Model::Model(const std::string& folder, int threads) : state_(std::make_unique<State>()) {
  check(threads > 0, "a model is for one thread or more");
  State& state = *state_;
  state.folder = folder;
  state.info = info_beside(folder, state.file);
  state.name = name_of(folder, state.info);
  const auto size = [](int number) { return static_cast<size_t>(number); };
  state.engine = openvino_engine(state.file, {kBatch, size(state.info.rows), size(state.info.width), state.info.channels.size()}, threads);
}

Model::~Model() = default;
Model::Model(Model&&) noexcept = default;

double Model::cpu_seconds() const { return state_->engine->cpu_seconds(); }
const ExampleInfo& Model::info() const { return state_->info; }
tensor::ImageShape Model::shape() const { return drawn_shape(state_->info, info_path(state_->folder).string()); }
const std::string& Model::name() const { return state_->name; }

Description describe(const std::string& folder) {
  Description out;
  out.folder = folder;
  NetworkFile file;
  out.info = info_beside(folder, file);
  const NetworkFace face = openvino_face(file);
  out.file = std::filesystem::path(file.path).filename().string();
  out.format = format_name(file.format);
  out.input = face.input;
  out.input_shape = face.input_shape;
  out.output = face.output;
  out.parameters = face.parameters;
  out.precision = face.precision;
  out.bytes = network_bytes(file);
  return out;
}

struct Model::Session::State {
  std::unique_ptr<Engine::Stream> stream;
  size_t image_bytes = 0;
  std::string path;

  // Padding is black; it changes no answer and costs what an image costs.
  void answer(const uint8_t* from, size_t n, std::vector<genome::GenotypeProbabilities>& out) {
    const std::span<uint8_t> to = stream->images();
    std::memcpy(to.data(), from, n * image_bytes);
    std::memset(to.data() + n * image_bytes, 0, to.size() - n * image_bytes);
    const std::span<const float> probabilities = stream->infer();
    for (size_t i = 0; i < n; ++i) {
      const std::array<float, 3> softmax = {probabilities[3 * i], probabilities[3 * i + 1], probabilities[3 * i + 2]};
      const double sum = static_cast<double>(softmax[0]) + softmax[1] + softmax[2];
      if (!(std::abs(sum - 1) <= kSumTolerance)) {
        throw model_error(fmt::format("{}: the network answered {}, {}, {}, which are no probabilities", path, softmax[0],
                                      softmax[1], softmax[2]));
      }
      out.push_back(rounded(softmax));
    }
  }
};

Model::Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Session::~Session() = default;
Model::Session::Session(Session&&) noexcept = default;

int Model::Session::batch() const { return static_cast<int>(kBatch); }

void Model::Session::infer(std::span<const uint8_t> images, size_t n, std::vector<genome::GenotypeProbabilities>& out) {
  check(images.size() == n * state_->image_bytes, "n images have n times the bytes of the model's shape");
  for (size_t done = 0; done < n; done += kBatch) {
    state_->answer(images.data() + done * state_->image_bytes, std::min(kBatch, n - done), out);
  }
}

Model::Session Model::session() const {
  auto state = std::make_unique<Session::State>();
  state->stream = state_->engine->stream();
  state->image_bytes = state_->info.image_bytes();
  state->path = state_->file.path;
  return Session(std::move(state));
}

}  // namespace haploom::model
