#include "model/cascade.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "model/calling_flags.h"
#include "model/example_info.h"
#include "model/model.h"

namespace haploom::model {
namespace {

constexpr size_t kClasses = 3;

std::filesystem::path path_in(const std::string& folder) { return std::filesystem::path(folder) / "cascade.json"; }

nlohmann::json parsed(const std::string& folder) {
  const std::filesystem::path path = path_in(folder);
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) throw model_error(fmt::format("{} is missing or cannot be read", path.string()));
  auto json = nlohmann::json::parse(text.str(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw model_error(fmt::format("{} is not a JSON object", path.string()));
  return json;
}

}  // namespace

struct Cascade::File {
  explicit File(const std::string& folder) {
    const auto json = parsed(folder);
    const std::string path = path_in(folder).string();
    const auto number = [&](const char* part, const char* name, double from, double to) {
      const auto& all = json.value(part, nlohmann::json::object());
      if (!all.is_object() || !all.contains(name) || !all[name].is_number() || all[name].get<double>() < from || all[name].get<double>() > to)
        throw model_error(fmt::format("{}: '{}' lacks '{}' from {} to {}", path, part, name, from, to));
      return all[name].get<double>();
    };
    const auto trees = [&](const char* part) {
      const auto& all = json.value(part, nlohmann::json::object());
      if (!all.is_object() || !all.contains("trees") || !all["trees"].is_string()) throw model_error(fmt::format("{}: '{}' lacks the name of its 'trees'", path, part));
      const auto name = std::filesystem::path(all["trees"].get<std::string>());
      if (name.has_parent_path()) throw model_error(fmt::format("{}: the trees '{}' lie outside the folder", path, name.string()));
      return (std::filesystem::path(folder) / name).string();
    };
    if (json.value("version", nlohmann::json()) != "1") throw model_error(fmt::format("{}: its 'version' is not \"1\", the one that this haploom knows", path));
    plain = trees("plain");
    final = trees("final");
    least = number("plain", "least", 0.34, 2);
    temperature = number("final", "temperature", 0.01, 100);
  }
  std::string plain, final;
  double least, temperature;
};

bool has_cascade(const std::string& folder) {
  std::error_code ignored;
  return std::filesystem::exists(path_in(folder), ignored);
}

std::vector<std::pair<std::string, std::string>> cascade_flags(const std::string& folder) {
  const auto json = parsed(folder);
  return json.contains("flags_for_calling") ? flags_of(json["flags_for_calling"], path_in(folder).string()) : std::vector<std::pair<std::string, std::string>>{};
}

Cascade::Cascade(const std::string& folder, std::span<const std::string_view> numbers) : Cascade(File(folder), numbers) {}

Cascade::Cascade(const File& file, std::span<const std::string_view> numbers)
    : plain_(file.plain, numbers, kClasses), final_(file.final, numbers, kClasses), least_(file.least), temperature_(file.temperature) {}

bool Cascade::settled(std::span<const float> row) const {
  genome::GenotypeProbabilities scores;
  plain_.scores(row, scores);
  softmax(scores);
  return *std::max_element(scores.begin(), scores.end()) >= least_;
}

genome::GenotypeProbabilities Cascade::answer(std::span<const float> row) const {
  genome::GenotypeProbabilities scores;
  final_.scores(row, scores);
  for (double& score : scores) score /= temperature_;
  softmax(scores);
  return rounded({static_cast<float>(scores[0]), static_cast<float>(scores[1]), static_cast<float>(scores[2])});
}

}  // namespace haploom::model
