// A text file line by line, plain or gzip (bgzip too), in memory of its longest line.
//
// Out:    each line without its end (\n or \r\n); the view holds until the next call
// Errors: kInput with the caller's reason: cannot open, read or unpack; the message names file and line
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

struct gzFile_s;

namespace haploom::formats {

class LineReader {
 public:
  LineReader(std::string path, std::string module, Reason reason);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  std::optional<std::string_view> next();
  uint64_t line() const { return line_; }  // of the last one given, from 1
  const std::string& path() const { return path_; }

 private:
  bool fill();
  [[noreturn]] void fail(std::string_view cause) const;

  std::string path_, module_;
  Reason reason_;
  gzFile_s* file_ = nullptr;
  std::string buffer_;
  size_t at_ = 0;
  uint64_t line_ = 0;
};

}  // namespace haploom::formats
