#include "commands/flag_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "commands/flag_values.h"

namespace haploom::commands {
namespace {

constexpr std::string_view kFlag = "--flagfile";

Error flag_file_error(std::string message) {
  return usage_error(std::move(message), "give --flagfile a text file with one --flag=value a line");
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

void expand(const std::vector<std::string>& words, std::vector<std::string>& open, std::vector<std::string>& out) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    std::string path;
    if (word == kFlag) {
      if (++i == words.size()) throw flag_file_error("--flagfile lacks its file");
      path = words[i];
    } else if (word.starts_with(kFlag) && word.size() > kFlag.size() && word[kFlag.size()] == '=') {
      path = word.substr(kFlag.size() + 1);
    } else {
      out.push_back(word);
      continue;
    }
    if (std::find(open.begin(), open.end(), path) != open.end()) throw flag_file_error(fmt::format("--flagfile '{}' names itself", path));
    std::ifstream file(path);
    if (!file) throw flag_file_error(fmt::format("--flagfile '{}' cannot be read", path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      const std::string_view text = trimmed(line);
      if (!text.empty() && !text.starts_with("#") && !text.starts_with("//")) lines.emplace_back(text);
    }
    open.push_back(path);
    expand(lines, open, out);
    open.pop_back();
  }
}

}  // namespace

std::vector<std::string> with_flag_files(const std::vector<std::string>& words) {
  std::vector<std::string> open, out;
  expand(words, open, out);
  return out;
}

}  // namespace haploom::commands
