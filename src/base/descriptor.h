// A file descriptor that closes itself, and the way to get one.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace haploom::base {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

// open(), again where a signal came between: network file systems do that. None, and errno, where it fails.
inline Descriptor opened(const std::string& path, int flags, mode_t mode = 0) {
  constexpr int kAttempts = 100;
  int number = -1;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    number = ::open(path.c_str(), flags, mode);
    if (number >= 0 || errno != EINTR) break;
  }
  return Descriptor(number);
}

}  // namespace haploom::base

namespace haploom {
using base::Descriptor;
}  // namespace haploom
