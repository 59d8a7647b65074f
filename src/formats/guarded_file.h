// A large file's bytes, mapped read-only: pages that can no longer be read are zeros instead of the end of the process.
//
// A mapped file that is cut, or whose disk or server fails, answers with SIGBUS. Here the pages from there on become zeros,
// and the file says so when it is asked; whoever reads it must take any bytes without harm, and must ask before he uses
// what he has made of them. Bytes that somebody changes in place may change under the reader, too.
//
// In:     path     a regular file; an empty one gives an empty span
// Out:    bytes    valid while the GuardedFile lives; page-aligned
// Memory: none of the process's own: pages of the file that are in memory anyway
// Errors: kInput with the caller's reason, naming the path and the cause; from require_whole too
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace haploom::formats {

class GuardedFile {
 public:
  // module, reason: who speaks when the file cannot be read.
  GuardedFile(std::string path, std::string module, Reason reason);
  ~GuardedFile();
  GuardedFile(const GuardedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }
  bool is_whole() const;  // no page was lost until now
  void require_whole() const;

 private:
  [[noreturn]] void refuse(const char* doing, const char* cause) const;

  std::string path_;
  std::string module_;
  Reason reason_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  size_t guard_ = 0;
};

}  // namespace haploom::formats
