#include "shared_image/fingerprint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/descriptor.h"
#include "base/error.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

constexpr uint64_t kBlockBytes = 4096;
constexpr uint64_t kBlocks = 66;

// read(offset, out) fills `out` from the file.
template <typename Read>
Fingerprint sample(uint64_t file_bytes, Read read) {
  std::vector<std::byte> taken(sizeof file_bytes + std::min(file_bytes, kBlocks * kBlockBytes));
  std::memcpy(taken.data(), &file_bytes, sizeof file_bytes);
  const std::span<std::byte> blocks = std::span(taken).subspan(sizeof file_bytes);
  if (file_bytes <= kBlocks * kBlockBytes) {
    read(0, blocks);
  } else {
    for (uint64_t i = 0; i < kBlocks; ++i)
      read((file_bytes - kBlockBytes) / (kBlocks - 1) * i + (file_bytes - kBlockBytes) % (kBlocks - 1) * i / (kBlocks - 1),
           blocks.subspan(i * kBlockBytes, kBlockBytes));
  }
  return {file_bytes, XXH3_64bits(taken.data(), taken.size())};
}

void read_at(int file, uint64_t offset, std::span<std::byte> out, const std::string& path) {
  while (!out.empty()) {
    const ssize_t got = ::pread(file, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw unreadable_gbz(path, errno_text(errno));
    if (got == 0) throw unreadable_gbz(path, "it became shorter while it was read");
    out = out.subspan(static_cast<size_t>(got));
    offset += static_cast<uint64_t>(got);
  }
}

}  // namespace

std::string text_of(const std::array<uint64_t, 2>& full) { return fmt::format("{:016x}{:016x}", full[1], full[0]); }

std::string Fingerprint::text() const { return fmt::format("{:016x}", sampled); }

Fingerprint fingerprint_of(const std::string& path) {
  const Descriptor file = base::opened(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (!file) throw unreadable_gbz(path, errno_text(errno));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw unreadable_gbz(path, errno_text(errno));
  if (!S_ISREG(status.st_mode)) throw unreadable_gbz(path, "it is not a regular file");
  return sample(static_cast<uint64_t>(status.st_size),
                [&](uint64_t offset, std::span<std::byte> out) { read_at(file.number(), offset, out, path); });
}

Fingerprint fingerprint_of(std::span<const std::byte> bytes) {
  return sample(bytes.size(), [&](uint64_t offset, std::span<std::byte> out) {
    std::memcpy(out.data(), bytes.data() + offset, out.size());
  });
}

}  // namespace haploom::shared_image
