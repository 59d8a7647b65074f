#include "commands/output_names.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "commands/flag_values.h"
#include "formats/sharded_name.h"

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

// What lies beside an input, or is written beside a bgzipped output.
constexpr const char* kIndexes[] = {".bai", ".csi", ".crai", ".fai", ".gzi", ".tbi"};
constexpr const char* kWrittenIndexes[] = {".tbi", ".csi"};

std::vector<NamedPath> input_files(const NamedPath& input) {
  if (input.path.empty()) return {};
  std::vector<NamedPath> out = {input};
  try {
    for (const std::string& file : formats::files_of_input(input.path)) out.push_back({input.flag, file});
  } catch (const Error&) {
    // Who opens it says what is missing.
  }
  for (const char* index : kIndexes) out.push_back({"the index of " + input.flag, input.path + index});
  return out;
}

std::vector<NamedPath> output_files(const NamedPath& output) {
  std::vector<NamedPath> out;
  if (const auto shards = formats::sharded_name(output.path)) {
    for (const std::string& file : shards->files()) out.push_back({output.flag, file});
    return out;
  }
  out.push_back(output);
  if (!output.path.ends_with(".vcf.gz")) return out;
  for (const char* index : kWrittenIndexes) out.push_back({"the index of " + output.flag, output.path + index});
  return out;
}

}  // namespace

void check_outputs_are_apart(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs) {
  std::map<fs::path, std::string> flag_of;
  for (const NamedPath& input : inputs) {
    for (const NamedPath& file : input_files(input)) {
      if (const auto whole = whole_path(file.path)) flag_of.try_emplace(*whole, file.flag);
    }
  }
  for (const NamedPath& output : outputs) {
    for (const NamedPath& file : output_files(output)) {
      const auto whole = whole_path(file.path);
      if (!whole) continue;
      if (const auto [other, first] = flag_of.try_emplace(*whole, file.flag); !first)
        throw usage_error(fmt::format("{} and {} name one file, '{}'", other->second, file.flag, file.path), "give the output a name of its own");
    }
  }
}

}  // namespace haploom::commands
