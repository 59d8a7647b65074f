#include "model/example_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/model.h"

namespace haploom::model {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostRows = 1000;
constexpr int64_t kMostColumns = 10001;
constexpr int64_t kLeastBlock = 6;  // 5 reference rows and a read
// All but allele_frequency, for which a call has no cohort, and the channels of alt-aligned pileups.
constexpr int64_t kDrawn[] = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 23, 24};

int64_t integer(const Json& json, const std::string& name, const std::string& path) {
  if (!json.is_number_integer()) throw model_error(fmt::format("{}: '{}' is not a whole number", path, name));
  return json.get<int64_t>();
}

int64_t integer_in(const Json& json, const std::string& name, int64_t least, int64_t most, const std::string& path) {
  const int64_t value = integer(json, name, path);
  if (value < least || value > most) {
    throw model_error(fmt::format("{}: '{}' is {}, outside {} to {}", path, name, value, least, most));
  }
  return value;
}

const Json& member(const Json& json, const std::string& name, const std::string& path) {
  const auto found = json.find(name);
  if (found == json.end()) throw model_error(fmt::format("{}: '{}' is missing", path, name));
  return *found;
}

std::vector<tensor::Channel> channels(const Json& list, int64_t count, const std::string& path) {
  if (!list.is_array() || static_cast<int64_t>(list.size()) != count) {
    throw model_error(fmt::format("{}: 'channels' is not a list of the {} channels that 'shape' tells of", path, count));
  }
  std::vector<tensor::Channel> out;
  for (const Json& item : list) {
    const int64_t number = integer(item, "channels", path);
    if (std::find(std::begin(kDrawn), std::end(kDrawn), number) == std::end(kDrawn)) {
      throw model_error(fmt::format("{}: channel {} is not one that haploom draws ({})", path, number, fmt::join(kDrawn, ", ")));
    }
    const auto channel = static_cast<tensor::Channel>(number);
    if (std::find(out.begin(), out.end(), channel) != out.end()) {
      throw model_error(fmt::format("{}: channel {} is named twice", path, number));
    }
    out.push_back(channel);
  }
  return out;
}

void set_heights(tensor::ImageShape& shape, const Json& json, int64_t rows, const std::string& path) {
  const bool named = json.contains("height_pangenome") || json.contains("height_reads");
  if (!named && rows != 200 && rows != 100) {
    throw model_error(fmt::format("{}: {} rows without 'height_pangenome' and 'height_reads'; known without are 100 and 200",
                                  path, rows));
  }
  shape.height_reads = 100;
  shape.height_pangenome = static_cast<int>(rows) - 100;
  if (!named) return;
  const auto height = [&](const char* name) {
    const int64_t value = integer_in(member(json, name, path), name, 0, kMostRows, path);
    if (value > 0 && value < kLeastBlock) {
      throw model_error(fmt::format("{}: '{}' is {}; a block has {} rows or more, or none", path, name, value, kLeastBlock));
    }
    return static_cast<int>(value);
  };
  shape.height_pangenome = height("height_pangenome");
  shape.height_reads = height("height_reads");
  if (shape.rows() != rows) {
    throw model_error(fmt::format("{}: {} + {} rows of the two blocks are not the {} of 'shape'", path,
                                  shape.height_pangenome, shape.height_reads, rows));
  }
}

}  // namespace

Error model_error(std::string message) {
  return Error{Exit::kInput, Reason::kModel, "model", std::move(message),
               "give --customized_model a folder with model.onnx and example_info.json of one training"};
}

ExampleInfo parse_example_info(const std::string& text, const std::string& path) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw model_error(fmt::format("{} is not a JSON object", path));
  ExampleInfo info;
  const Json& version = member(json, "version", path);
  if (!version.is_string()) throw model_error(fmt::format("{}: 'version' is not a text", path));
  info.version = version.get<std::string>();

  const Json& shape = member(json, "shape", path);
  if (!shape.is_array() || shape.size() != 3) {
    throw model_error(fmt::format("{}: 'shape' is not [rows, width, channels]", path));
  }
  const int64_t rows = integer_in(shape[0], "shape", kLeastBlock, kMostRows, path);
  info.shape.width = static_cast<int>(integer_in(shape[1], "shape", 3, kMostColumns, path));
  if (info.shape.width % 2 == 0) throw model_error(fmt::format("{}: the width {} is not odd", path, info.shape.width));
  info.shape.channels =
      channels(member(json, "channels", path), integer_in(shape[2], "shape", 1, std::ssize(kDrawn), path), path);
  set_heights(info.shape, json, rows, path);
  return info;
}

ExampleInfo read_example_info(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "example_info.json").string();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw model_error(fmt::format("the model folder {} does not exist or is no folder", folder));
  }
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) throw model_error(fmt::format("{} is missing or cannot be read", path));
  return parse_example_info(text.str(), path);
}

tensor::ImageShape read_shape(const std::string& folder) { return read_example_info(folder).shape; }

}  // namespace haploom::model
