// The log: stderr, one line `time level [module] message key=value`. stdout carries data alone.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>

namespace haploom::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Least level that is written; kInfo at start.
void set_log_level(LogLevel level);

// Safe from many threads; a line is never torn.
void log(LogLevel level, std::string_view module, std::string_view line);

template <typename... Args>
void info(std::string_view module, fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::kInfo, module, fmt::format(text, std::forward<Args>(args)...));
}

template <typename... Args>
void warn(std::string_view module, fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::kWarning, module, fmt::format(text, std::forward<Args>(args)...));
}

template <typename... Args>
void debug(std::string_view module, fmt::format_string<Args...> text, Args&&... args) {
  log(LogLevel::kDebug, module, fmt::format(text, std::forward<Args>(args)...));
}

// While it lives, what is logged goes to this file, too.
// Errors: kResource/kOutput when the file cannot be written
class LogFile {
 public:
  explicit LogFile(const std::string& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  void append(std::string_view text);  // to the file alone

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::base
