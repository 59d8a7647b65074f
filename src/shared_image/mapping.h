// A shared mapping of a whole file, or zeroed memory of this process alone, that unmaps itself.
//
// Huge pages are asked for where they save faults; whether they are given is the kernel's affair.
// Errors: kResource/kMap
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace haploom::shared_image {

class Mapping {
 public:
  Mapping() = default;
  static Mapping readable(int file, uint64_t bytes, const std::string& path);
  static Mapping writable(int file, uint64_t bytes, const std::string& path);
  static Mapping own(uint64_t bytes);
  ~Mapping() { unmap(); }
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;

  std::span<std::byte> bytes() const { return {data_, size_}; }  // written only when made writable
  void unmap();
  void forbid_writing();
  // Keeps the pages from being swapped; false, with errno, where the limit (RLIMIT_MEMLOCK) forbids it.
  bool lock() const;

 private:
  Mapping(int file, uint64_t bytes, int protection, int flags, const std::string& what);
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace haploom::shared_image
