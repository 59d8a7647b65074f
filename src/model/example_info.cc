#include "model/example_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "model/calling_flags.h"
#include "model/model.h"

namespace haploom::model {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostRows = 3000;
constexpr int64_t kMostColumns = 10001;
constexpr int64_t kMostChannels = 64;
constexpr int64_t kLastChannel = 1'000'000;
// Rows of upstream's networks: reads alone or below haplotypes, and with alt-aligned rows three times as many.
struct UsualShape {
  int rows;
  int height_pangenome;
  bool alt_aligned;
};
constexpr std::array<UsualShape, 4> kUsualShapes = {{{100, 0, false}, {200, 100, false}, {300, 0, true}, {600, 100, true}}};
constexpr int kLeastBlock = 6;  // 5 reference rows and a read

int64_t integer_in(const Json& json, const std::string& name, int64_t least, int64_t most, const std::string& path) {
  if (!json.is_number_integer()) throw model_error(fmt::format("{}: '{}' is not a whole number", path, name));
  const auto value = json.get<int64_t>();
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

std::vector<int> channels(const Json& list, int64_t count, const std::string& path) {
  if (!list.is_array() || static_cast<int64_t>(list.size()) != count) {
    throw model_error(fmt::format("{}: 'channels' is not a list of the {} channels that 'shape' tells of", path, count));
  }
  std::vector<int> out;
  std::set<int> seen;
  for (const Json& item : list) {
    out.push_back(static_cast<int>(integer_in(item, "channels", 1, kLastChannel, path)));
    if (!seen.insert(out.back()).second) throw model_error(fmt::format("{}: channel {} is named twice", path, out.back()));
  }
  return out;
}

// What was trained without some of the channels of its examples takes them out itself, in Python.
void refuse_ablation(const Json& json, const std::string& path) {
  const auto left_out = json.find("ablation_channels");
  if (left_out == json.end() || left_out->empty()) return;
  throw model_error(fmt::format("{}: 'ablation_channels' names channels that the network leaves out, which is not supported", path));
}

std::optional<int> height(const Json& json, const char* name, const std::string& path) {
  const auto value = static_cast<int>(integer_in(member(json, name, path), name, 0, kMostRows, path));
  if (value > 0 && value < kLeastBlock) {
    throw model_error(fmt::format("{}: '{}' is {}; a block has {} rows or more, or none", path, name, value, kLeastBlock));
  }
  return value;
}

std::string text_of(const ExampleInfo& info) {
  std::vector<std::string> names;
  for (const int number : info.channels) names.push_back(channel_name(number));
  return fmt::format("{}x{}x{} ({})", info.rows, info.width, info.channels.size(), fmt::join(names, ", "));
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) throw model_error(fmt::format("{} is missing or cannot be read", path));
  return text.str();
}

}  // namespace

Error model_error(std::string message) {
  return Error{Exit::kInput, Reason::kModel, "model", std::move(message),
               "give a folder with example_info.json and model.onnx, model.xml or saved_model.pb of one training (docs/models.md)"};
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
  info.rows = static_cast<int>(integer_in(shape[0], "shape", 1, kMostRows, path));
  info.width = static_cast<int>(integer_in(shape[1], "shape", 1, kMostColumns, path));
  info.channels = channels(member(json, "channels", path), integer_in(shape[2], "shape", 1, kMostChannels, path), path);
  refuse_ablation(json, path);
  if (json.contains("height_pangenome") || json.contains("height_reads")) {
    info.height_pangenome = height(json, "height_pangenome", path);
    info.height_reads = height(json, "height_reads", path);
    if (*info.height_pangenome + *info.height_reads != info.rows) {
      throw model_error(fmt::format("{}: {} + {} rows of the two blocks are not the {} of 'shape'", path, *info.height_pangenome,
                                    *info.height_reads, info.rows));
    }
  }
  if (json.contains("flags_for_calling")) info.flags_for_calling = flags_of(json["flags_for_calling"], path);
  return info;
}

ExampleInfo read_example_info(const std::string& folder) {
  const std::string path = (std::filesystem::path(folder) / "example_info.json").string();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw model_error(fmt::format("the model folder {} does not exist or is no folder", folder));
  }
  return parse_example_info(text_of_file(path), path);
}

ExampleInfo read_examples_info(const std::string& path) {
  try {
    return parse_example_info(text_of_file(path), path);
  } catch (const Error& error) {
    throw Error{Exit::kInput, Reason::kRecord, "model", error.message(),
                "make_examples writes it beside the examples: keep the two together, or make the examples again"};
  }
}

tensor::ImageShape drawn_shape(const ExampleInfo& info, const std::string& path) {
  tensor::ImageShape shape;
  if (info.width % 2 == 0 || info.width < 3) throw model_error(fmt::format("{}: the width {} is not an odd number from 3", path, info.width));
  shape.width = info.width;
  shape.channels.clear();
  for (const int number : info.channels) {
    const auto channel = tensor::channel_numbered(number);
    if (!channel) throw model_error(fmt::format("{}: channel {} is not known", path, number));
    shape.channels.push_back(*channel);
  }
  if (info.height_reads) {
    shape.height_reads = *info.height_reads;
    shape.height_pangenome = *info.height_pangenome;
    return shape;
  }
  const auto named = std::find_if(kUsualShapes.begin(), kUsualShapes.end(), [&info](const UsualShape& usual) { return usual.rows == info.rows; });
  if (named == kUsualShapes.end()) {
    throw model_error(fmt::format("{}: {} rows without 'height_pangenome' and 'height_reads'; known without are 100, 200, 300 and 600",
                                  path, info.rows));
  }
  shape.height_reads = 100;
  shape.height_pangenome = named->height_pangenome;
  shape.alt_aligned_rows = named->alt_aligned;
  return shape;
}

tensor::ImageShape read_shape(const std::string& folder) {
  return drawn_shape(read_example_info(folder), (std::filesystem::path(folder) / "example_info.json").string());
}

std::string channel_name(int number) {
  const auto known = tensor::channel_numbered(number);
  return known ? std::string(tensor::name(*known)) : fmt::format("channel {}", number);
}

void check_fits(const ExampleInfo& model, const std::string& model_name, const ExampleInfo& examples, const std::string& examples_name) {
  if (model.rows == examples.rows && model.width == examples.width && model.channels == examples.channels) return;
  throw Error{Exit::kInput, Reason::kModel, "model",
              fmt::format("the examples do not fit the model: {} has images of {}; {} was trained on {}", examples_name, text_of(examples),
                          model_name, text_of(model)),
              "make the examples with this model as --checkpoint, or give the model that they were made for"};
}

}  // namespace haploom::model
