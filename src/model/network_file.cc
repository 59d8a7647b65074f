#include "model/network_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "model/example_info.h"

namespace haploom::model {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<NetworkFormat, const char*> kNames[] = {
    {NetworkFormat::kOnnx, "model.onnx"}, {NetworkFormat::kIr, "model.xml"}, {NetworkFormat::kSavedModel, "saved_model.pb"}};

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool holds_checkpoint(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".index") return true;
  }
  return false;
}

Error checkpoint_error(const std::string& path) {
  return Error{Exit::kInput, Reason::kModel, "model",
               fmt::format("{} is a TensorFlow checkpoint: weights without the network", path),
               "DeepVariant's convert_to_saved_model --checkpoint CHECKPOINT --example_info_json FILE --output FOLDER, then give FOLDER"};
}

void require_variables(const fs::path& saved_model) {
  const fs::path variables = saved_model.parent_path() / "variables";
  for (const char* name : {"variables.index", "variables.data-00000-of-00001"}) {
    if (!there(variables / name)) {
      throw model_error(fmt::format("{} is missing beside {}: a SavedModel is one folder of both", (variables / name).string(),
                                    saved_model.string()));
    }
  }
}

}  // namespace

NetworkFile find_network(const std::string& folder) {
  for (const auto& [format, name] : kNames) {
    const fs::path path = fs::path(folder) / name;
    if (!there(path)) continue;
    if (format == NetworkFormat::kSavedModel) require_variables(path);
    return {format, path.string()};
  }
  if (there(folder + ".index")) throw checkpoint_error(folder);
  if (holds_checkpoint(folder)) throw checkpoint_error(folder);
  throw model_error(fmt::format("{} holds no model.onnx, no model.xml and no saved_model.pb", folder));
}

std::string format_name(NetworkFormat format) {
  switch (format) {
    case NetworkFormat::kOnnx: return "ONNX";
    case NetworkFormat::kIr: return "OpenVINO IR";
    case NetworkFormat::kSavedModel: return "TensorFlow SavedModel";
  }
  return "";
}

uint64_t network_bytes(const NetworkFile& file) {
  std::vector<fs::path> files = {file.path};
  const fs::path folder = fs::path(file.path).parent_path();
  std::error_code ignored;
  if (file.format == NetworkFormat::kIr) files.push_back(folder / "model.bin");
  if (file.format == NetworkFormat::kSavedModel) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "variables", ignored)) files.push_back(entry.path());
  }
  uint64_t sum = 0;
  for (const fs::path& path : files) {
    const auto size = fs::file_size(path, ignored);
    if (!ignored) sum += size;
  }
  return sum;
}

}  // namespace haploom::model
