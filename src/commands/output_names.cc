#include "commands/output_names.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "commands/flag_values.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;

// One name for all spellings of a file; nothing for a device and for what cannot be looked up: who opens that says why.
std::optional<fs::path> whole_path(const std::string& path) {
  if (path.empty()) return std::nullopt;
  std::error_code failed;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path == "-" ? "/dev/stdout" : path, failed), failed);
  if (failed || fs::is_character_file(whole, failed)) return std::nullopt;
  return whole;
}

}  // namespace

void check_outputs_are_apart(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs) {
  std::map<fs::path, std::string> flag_of;
  for (const NamedPath& input : inputs) {
    if (const auto whole = whole_path(input.path)) flag_of.try_emplace(*whole, input.flag);
  }
  for (const NamedPath& output : outputs) {
    const auto whole = whole_path(output.path);
    if (!whole) continue;
    if (const auto [other, first] = flag_of.try_emplace(*whole, output.flag); !first)
      throw usage_error(fmt::format("{} and {} name one file, '{}'", other->second, output.flag, output.path), "give the output a name of its own");
  }
}

}  // namespace haploom::commands
