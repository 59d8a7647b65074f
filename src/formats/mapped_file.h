// A file's bytes, mapped read-only.
//
// In:     path     a regular file; an empty one gives an empty span
// Out:    bytes    valid while the MappedFile lives; page-aligned
// Errors: kInput with the caller's reason, naming the path and the system's cause
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/error.h"

namespace haploom::formats {

class MappedFile {
 public:
  // module, reason: who speaks when the file cannot be read.
  MappedFile(std::string path, std::string module, Reason reason);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace haploom::formats
