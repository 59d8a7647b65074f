// A shared mapping of a whole file that unmaps itself.
//
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
  ~Mapping() { unmap(); }
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;

  std::span<std::byte> bytes() const { return {data_, size_}; }  // written only when made writable
  void unmap();

 private:
  Mapping(int file, uint64_t bytes, int protection, const std::string& path);
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace haploom::shared_image
