#include "commands/flag_values.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace haploom::commands {

std::vector<std::string> words(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  for (size_t at = text.find_first_not_of(separators); at != std::string_view::npos; at = text.find_first_not_of(separators, at)) {
    const size_t stop = std::min(text.find_first_of(separators, at), text.size());
    out.emplace_back(text.substr(at, stop - at));
    at = stop;
  }
  return out;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Error usage_error(std::string message, std::string remedy) {
  return Error{Exit::kUsage, Reason::kUsage, "commands", std::move(message), std::move(remedy)};
}

}  // namespace haploom::commands
