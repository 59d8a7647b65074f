#include "formats/sharded_name.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <string_view>

#include "base/error.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

constexpr int kMostShards = 100'000;

Error input_error(std::string message) {
  return Error{Exit::kInput, Reason::kRecord, "formats", std::move(message), "name the files as the step before was told: NAME@SHARDS.gz, or one file"};
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto [stop, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || wrong != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// What stands before and behind "-I-of-N" in a file's name.
struct ShardFile {
  std::string before, behind;
  int index = 0, shards = 0;
};
std::optional<ShardFile> shard_file(const std::string& name) {
  const size_t of = name.rfind("-of-");
  if (of == std::string::npos) return std::nullopt;
  const size_t dash = name.rfind('-', of - 1);
  if (of == 0 || dash == std::string::npos) return std::nullopt;
  const size_t digits = of + 4;
  const size_t stop = std::min(name.find_first_not_of("0123456789", digits), name.size());
  const auto index = number(std::string_view(name).substr(dash + 1, of - dash - 1));
  const auto shards = number(std::string_view(name).substr(digits, stop - digits));
  if (!index || !shards || *shards == 0) return std::nullopt;
  return ShardFile{name.substr(0, dash), name.substr(stop), *index, *shards};
}

std::vector<std::string> complete(const std::string& name, const fs::path& folder, const std::vector<std::string>& matches) {
  std::map<std::string, std::map<int, std::string>> sets;  // of one count and spelling each
  for (const std::string& match : matches) {
    const auto file = shard_file(match);
    if (!file) continue;
    sets[fmt::format("{}-*-of-{}{}", file->before, file->shards, file->behind)][file->index] = match;
  }
  if (sets.empty()) throw input_error(fmt::format("'{}': there is no such file, and no shards of it", name));
  if (sets.size() > 1)
    throw input_error(fmt::format("'{}' may mean {} and {}", name, sets.begin()->first, std::next(sets.begin())->first));
  const auto& [pattern, files] = *sets.begin();
  const int shards = shard_file(files.begin()->second)->shards;
  std::vector<std::string> out;
  for (int i = 0; i < shards; ++i) {
    const auto at = files.find(i);
    if (at == files.end()) throw input_error(fmt::format("'{}': shard {} of {} is missing ({})", name, i, shards, pattern));
    out.push_back((folder / at->second).string());
  }
  return out;
}

// File names of the folder that fit one of the patterns.
std::vector<std::string> matching(const fs::path& folder, const std::vector<std::string>& patterns) {
  std::vector<std::string> out;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, unreadable)) {
    const std::string file = entry.path().filename().string();
    const auto fits = [&](const std::string& pattern) { return ::fnmatch(pattern.c_str(), file.c_str(), 0) == 0; };
    if (std::any_of(patterns.begin(), patterns.end(), fits)) out.push_back(file);
  }
  return out;
}

// The letters of a name, none of which shall mean more than itself to fnmatch.
std::string literal(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string ShardedName::file(int shard) const {
  const int width = std::max(5, static_cast<int>(std::to_string(shards).size()));
  return fmt::format("{}-{:0{}}-of-{:0{}}{}", base, shard, width, shards, width, suffix);
}

std::vector<std::string> ShardedName::files() const {
  std::vector<std::string> out;
  for (int shard = 0; shard < shards; ++shard) out.push_back(file(shard));
  return out;
}

std::optional<ShardedName> sharded_name(const std::string& name) {
  // The last "@" that digits follow, and behind them a dot or the end.
  for (size_t at = name.rfind('@'); at != std::string::npos; at = at == 0 ? std::string::npos : name.rfind('@', at - 1)) {
    const size_t stop = std::min(name.find_first_not_of("0123456789", at + 1), name.size());
    const auto shards = number(std::string_view(name).substr(at + 1, stop - at - 1));
    if (!shards || *shards == 0 || (stop < name.size() && name[stop] != '.')) continue;
    if (*shards > kMostShards) {
      throw Error{Exit::kUsage, Reason::kUsage, "formats", fmt::format("'{}' asks for more than {} shards", name, kMostShards),
                  "give fewer"};
    }
    return ShardedName{name.substr(0, at), *shards, name.size() - stop > 1 ? name.substr(stop) : ""};
  }
  return std::nullopt;
}

bool is_shard(const std::string& name) { return shard_file(fs::path(name).filename().string()).has_value(); }

std::string file_of_task(const std::string& name, int task) {
  const auto sharded = sharded_name(name);
  if (task >= 0 && task < (sharded ? sharded->shards : 1)) return sharded ? sharded->file(task) : name;
  throw Error{Exit::kUsage, Reason::kUsage, "formats",
              sharded ? fmt::format("--task {} is not one of the {} shards of '{}'", task, sharded->shards, name)
                      : fmt::format("--task {} and the output '{}' without shards do not fit", task, name),
              sharded ? fmt::format("give a task from 0 to {}", sharded->shards - 1) : "write NAME@SHARDS, or leave --task out"};
}

std::vector<std::string> files_of_input(const std::string& name) {
  std::error_code ignored;
  if (const auto sharded = sharded_name(name)) {
    std::vector<std::string> out = sharded->files();
    for (size_t i = 0; i < out.size(); ++i) {
      if (!fs::exists(out[i], ignored))
        throw input_error(fmt::format("'{}': shard {} of {} is missing ({})", name, i, sharded->shards, out[i]));
    }
    return out;
  }
  if (fs::exists(name, ignored)) return {name};
  const fs::path path(name);
  const std::string file = path.filename().string();
  if (file.find_first_of("*?") != std::string::npos) return complete(name, path.parent_path(), matching(path.parent_path(), {file}));
  std::vector<std::string> patterns = {literal(file) + "-*-of-*"};
  for (size_t dot = file.find('.'); dot != std::string::npos; dot = file.find('.', dot + 1))
    patterns.push_back(literal(file.substr(0, dot)) + "-*-of-*" + literal(file.substr(dot)));
  return complete(name, path.parent_path(), matching(path.parent_path(), patterns));
}

}  // namespace haploom::formats
