#include "model/calling_flags.h"

#include <fmt/format.h>

#include "model/example_info.h"

namespace haploom::model {

std::vector<std::pair<std::string, std::string>> flags_of(const nlohmann::json& json, const std::string& path) {
  if (!json.is_object()) throw model_error(fmt::format("{}: 'flags_for_calling' is not an object", path));
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_primitive() || value.is_null()) throw model_error(fmt::format("{}: the flag '{}' has no plain value", path, name));
    out.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return out;
}

}  // namespace haploom::model
