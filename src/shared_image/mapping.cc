#include "shared_image/mapping.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "shared_image/failure.h"

namespace haploom::shared_image {

Mapping::Mapping(int file, uint64_t bytes, int protection, const std::string& path) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) {
    throw failure(Reason::kMap, fmt::format("cannot map {} ({} bytes): {}", path, bytes, errno_text(errno)),
                  "raise the limit of virtual memory (ulimit -v) of the job");
  }
  data_ = static_cast<std::byte*>(at);
  size_ = bytes;
}

Mapping Mapping::readable(int file, uint64_t bytes, const std::string& path) { return {file, bytes, PROT_READ, path}; }
Mapping Mapping::writable(int file, uint64_t bytes, const std::string& path) {
  return {file, bytes, PROT_READ | PROT_WRITE, path};
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this != &other) {
    unmap();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Mapping::unmap() {
  if (data_ != nullptr) ::munmap(std::exchange(data_, nullptr), std::exchange(size_, 0));
}

}  // namespace haploom::shared_image
