#include "shared_image/gbz_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>

#include "base/descriptor.h"
#include "base/signals.h"
#include "gbz/gbz.h"
#include "shared_image/checksum.h"
#include "shared_image/failure.h"
#include "shared_image/image_writer.h"

namespace haploom::shared_image {
namespace {

constexpr size_t kReadBytes = size_t{64} << 20;

// What changes when a file is replaced or written to.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  struct timespec modified {};
  bool operator==(const FileIdentity& other) const {
    return device == other.device && inode == other.inode && bytes == other.bytes && modified.tv_sec == other.modified.tv_sec &&
           modified.tv_nsec == other.modified.tv_nsec;
  }
};

FileIdentity identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw unreadable_gbz(path, errno_text(errno));
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

// Read, not mapped: a file that is cut meanwhile must be an error and not a SIGBUS.
class WholeFile {
 public:
  WholeFile(const std::string& path, uint64_t bytes) : data_(std::make_unique_for_overwrite<std::byte[]>(bytes)), size_(bytes) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) throw unreadable_gbz(path, errno_text(errno));
    for (uint64_t at = 0; at < bytes;) {
      base::throw_if_stopped();
      const ssize_t got = ::pread(file.number(), data_.get() + at, std::min<uint64_t>(kReadBytes, bytes - at), static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw unreadable_gbz(path, errno_text(errno));
      if (got == 0) throw unreadable_gbz(path, fmt::format("it ended at byte {} of {}", at, bytes));
      at += static_cast<uint64_t>(got);
    }
  }
  std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> data_;
  uint64_t size_;
};

class GbzSource {
 public:
  explicit GbzSource(const std::string& path)
      : path_(std::filesystem::absolute(path).string()), identity_(identity_of(path_)), fingerprint_(fingerprint_of(path_)) {}

  const Fingerprint& fingerprint() const { return fingerprint_; }
  Store::Source source() {
    return {path_, fingerprint_, [this] { return measure(); }, [this](std::span<std::byte> out) { fill(out); }, [this] { return details_; }};
  }

 private:
  uint64_t measure() {
    file_ = std::make_unique<WholeFile>(path_, fingerprint_.file_bytes);
    if (identity_of(path_) != identity_ || fingerprint_of(file_->bytes()) != fingerprint_) throw unreadable_gbz(path_, "it changed while it was read");
    details_.full_fingerprint = wide_checksum_of(file_->bytes());
    gbz_.emplace(gbz::Gbz::parse(file_->bytes(), path_));
    details_.reference_samples = fmt::format("{}", fmt::join(gbz_->reference_samples(), " "));
    writer_.emplace(*gbz_);
    return writer_->bytes();
  }

  void fill(std::span<std::byte> out) {
    writer_->write(out);
    writer_.reset();
    gbz_.reset();
    file_.reset();
  }

  std::string path_;
  FileIdentity identity_;
  Fingerprint fingerprint_;
  std::unique_ptr<WholeFile> file_;
  std::optional<gbz::Gbz> gbz_;        // points into *file_
  std::optional<ImageWriter> writer_;  // of *gbz_: the graph is measured once
  Store::Details details_;
};

}  // namespace

Lease attach_or_load_gbz(const std::string& gbz_path, const std::optional<std::string>& name, Policy policy, const StoreOptions& options) {
  GbzSource gbz(gbz_path);
  return Store(options).attach_or_load(resolve_name(name, gbz.fingerprint()), policy, gbz.source());
}

}  // namespace haploom::shared_image
