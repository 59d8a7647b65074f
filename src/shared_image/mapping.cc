#include "shared_image/mapping.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "shared_image/failure.h"

namespace haploom::shared_image {

Mapping::Mapping(int file, uint64_t bytes, int protection, int flags, const std::string& what) {
  void* at = ::mmap(nullptr, bytes, protection, flags, file, 0);
  if (at == MAP_FAILED) {
    throw failure(Reason::kMap, fmt::format("cannot map {} ({} bytes): {}", what, bytes, errno_text(errno)),
                  "raise the limit of virtual memory (ulimit -v) of the job");
  }
  data_ = static_cast<std::byte*>(at);
  size_ = bytes;
  ::madvise(at, bytes, MADV_HUGEPAGE);
}

Mapping Mapping::readable(int file, uint64_t bytes, const std::string& path) { return {file, bytes, PROT_READ, MAP_SHARED, path}; }
Mapping Mapping::writable(int file, uint64_t bytes, const std::string& path) {
  return {file, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, path};
}
Mapping Mapping::own(uint64_t bytes) { return {-1, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, "memory of this process"}; }

void Mapping::forbid_writing() { check(::mprotect(data_, size_, PROT_READ) == 0, "a mapping can be made read-only"); }
bool Mapping::lock() const { return ::mlock(data_, size_) == 0; }

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
