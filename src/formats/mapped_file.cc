#include "formats/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/descriptor.h"

namespace haploom::formats {

MappedFile::MappedFile(std::string path, std::string module, Reason reason) : path_(std::move(path)) {
  const auto refuse = [&](const char* doing, const char* cause) {
    throw Error{Exit::kInput, reason, module, fmt::format("cannot {} '{}': {}", doing, path_, cause), "give the path of a readable file"};
  };
  const Descriptor file(open(path_.c_str(), O_RDONLY | O_CLOEXEC));  // a mapping outlives it
  if (!file) refuse("open", std::strerror(errno));
  struct stat facts {};
  if (fstat(file.number(), &facts) != 0) refuse("examine", std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) refuse("map", S_ISDIR(facts.st_mode) ? "it is a directory" : "it is not a regular file");
  size_ = static_cast<size_t>(facts.st_size);
  if (size_ == 0) return;
  void* mapped = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (mapped == MAP_FAILED) refuse("map", std::strerror(errno));
  data_ = static_cast<const std::byte*>(mapped);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace haploom::formats
