#include "base/error.h"

#include <fmt/format.h>

namespace haploom::base {

Error::Error(Exit exit, Reason reason, std::string module, std::string message, std::string remedy)
    : exit_(exit), reason_(reason), module_(std::move(module)), message_(std::move(message)), remedy_(std::move(remedy)) {}

Error& Error::add_context(std::string doing) {
  context_.push_back(std::move(doing));
  return *this;
}

std::string Error::text() const {
  std::string out = fmt::format("error [{}/{}]: {}\n", module_, static_cast<int>(reason_), message_);
  for (const std::string& doing : context_) out += fmt::format("  while: {}\n", doing);
  if (!remedy_.empty()) out += fmt::format("  try:   {}\n", remedy_);
  return out;
}

void check(bool condition, std::string_view what_must_hold) {
  if (condition) return;
  throw Error{Exit::kInternal, Reason::kInternal, "base", fmt::format("a rule inside haploom was broken: {}", what_must_hold),
              "please report this with the command line, the version and this text"};
}

}  // namespace haploom::base
