#include "model/small_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "model/engine.h"
#include "model/example_info.h"

namespace haploom::model {
namespace {

namespace fs = std::filesystem;

// A partition has a handful of candidates: a larger batch is mostly padding, which costs what rows cost.
constexpr size_t kMostRows = 16;
constexpr double kSumTolerance = 1e-5;

bool is_keras_file(const fs::path& path) { return path.extension() == ".keras" || path.extension() == ".h5"; }

// The first Keras file that the path names or holds; DeepVariant saves small models as SavedModels, others may not.
fs::path keras_file(const fs::path& given) {
  if (is_keras_file(given)) return given;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(given, ignored)) {
    if (is_keras_file(entry.path())) return entry.path();
  }
  return {};
}

NetworkFile network_of(const std::string& folder) {
  try {
    return find_network(folder);
  } catch (const Error&) {
    const fs::path keras = keras_file(folder);
    if (keras.empty()) throw;
    throw Error{Exit::kInput, Reason::kModel, "model",
                fmt::format("{} is a file of Keras, which only Keras can read", keras.string()),
                fmt::format("export it: python -c \"import tensorflow as tf; tf.keras.models.load_model('{}', compile=False).export('FOLDER')\", "
                            "then give FOLDER",
                            keras.string())};
  }
}

}  // namespace

struct SmallModel::State {
  std::string path;
  size_t features = 0;
  size_t batch = 0;
  std::unique_ptr<NumbersEngine> engine;

  // Padding is zeros; a batch is always of one size, so that a row's answer is the same whatever stands beside it.
  void answer(const float* from, size_t n, std::vector<std::array<float, 3>>& out) {
    const std::span<float> to = engine->numbers();
    std::copy(from, from + n * features, to.begin());
    std::fill(to.begin() + static_cast<std::ptrdiff_t>(n * features), to.end(), 0.0F);
    const std::span<const float> answers = engine->infer();
    for (size_t i = 0; i < n; ++i) {
      const std::array<float, 3> one = {answers[3 * i], answers[3 * i + 1], answers[3 * i + 2]};
      const double sum = static_cast<double>(one[0]) + one[1] + one[2];
      if (!(std::abs(sum - 1) <= kSumTolerance) || *std::min_element(one.begin(), one.end()) < 0) {
        throw model_error(fmt::format("{}: the network answered {}, {}, {}, which are no probabilities", path, one[0], one[1], one[2]));
      }
      out.push_back(one);
    }
  }
};

SmallModel::SmallModel(const std::string& folder, size_t features, size_t batch, const std::string& features_from)
    : state_(std::make_unique<State>()) {
  check(features > 0 && batch > 0, "a small model is asked for one row of one number or more");
  const NetworkFile file = network_of(folder);
  state_->path = file.path;
  state_->features = features;
  state_->batch = std::min(batch, kMostRows);
  state_->engine = openvino_numbers(file, {state_->batch, features, features_from});
}

SmallModel::~SmallModel() = default;
SmallModel::SmallModel(SmallModel&&) noexcept = default;

void SmallModel::infer(std::span<const float> rows, size_t n, std::vector<std::array<float, 3>>& out) {
  State& state = *state_;
  check(rows.size() == n * state.features, "n rows have n times the numbers of one");
  for (size_t done = 0; done < n; done += state.batch) {
    state.answer(rows.data() + done * state.features, std::min(state.batch, n - done), out);
  }
}

}  // namespace haploom::model
