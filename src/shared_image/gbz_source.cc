#include "shared_image/gbz_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "base/descriptor.h"
#include "base/log.h"
#include "formats/guarded_file.h"
#include "gbz/gbz.h"
#include "shared_image/checksum.h"
#include "shared_image/failure.h"
#include "shared_image/image_writer.h"
#include "shared_image/index_file.h"
#include "shared_image/memory_limit.h"

namespace haploom::shared_image {
namespace {

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

// A line each 30 s of a long conversion.
class ShareLine {
 public:
  explicit ShareLine(std::string path) : path_(std::move(path)) {}
  void operator()(double share) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    base::info(kModule, "converting '{}' done={:.0f}% seconds={:.0f}", path_, 100 * share, std::chrono::duration<double>(now - start_).count());
    next_ = now + kBetweenLines;
  }

 private:
  static constexpr std::chrono::seconds kBetweenLines{30};
  std::string path_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = start_ + kBetweenLines;
};

class GbzSource {
 public:
  GbzSource(const std::string& path, unsigned threads)
      : threads_(threads), path_(std::filesystem::absolute(path).string()), identity_(identity_of(path_)), fingerprint_(fingerprint_of(path_)) {}

  const std::string& path() const { return path_; }
  const Fingerprint& fingerprint() const { return fingerprint_; }
  uint64_t measured_bytes() const { return image_bytes_; }  // 0 before anybody has asked

  // Looked for when it is needed first: who attaches does without.
  const std::optional<IndexFile>& index() {
    if (!std::exchange(asked_for_index_, true)) index_ = IndexFile::open(path_, fingerprint_);
    return index_;
  }
  void ignore_index() {
    asked_for_index_ = true;
    index_.reset();
  }

  Store::Source source() {
    return {path_,
            fingerprint_,
            [this] { return measure(); },
            [this](std::span<std::byte> out) { fill(out); },
            [this](int file, uint64_t offset) { return index() ? std::optional(index_->copy_to(file, offset)) : std::nullopt; },
            [this] { return details_; }};
  }

 private:
  uint64_t measure() {
    if (image_bytes_ != 0) return image_bytes_;
    if (index()) {
      details_ = {index_->header().gbz_full, index_->header().reference_samples.text()};
      return image_bytes_ = index_->image_bytes();
    }
    file_.emplace(path_, kModule, Reason::kReadGbz);
    require_same();
    watched([&] {
      details_.full_fingerprint = wide_checksum_of(file_->bytes());
      gbz_.emplace(gbz::Gbz::open(file_->bytes(), path_));
      details_.reference_samples = fmt::format("{}", fmt::join(gbz_->reference_samples(), " "));
      writer_.emplace(*gbz_, threads_, ShareLine(path_));
    });
    return image_bytes_ = writer_->bytes();
  }

  void fill(std::span<std::byte> out) {
    if (index()) return index_->read_into(out);
    watched([&] {
      try {
        writer_->write(out);
      } catch (Error& error) {
        error.add_context(fmt::format("laying out '{}'", path_));
        throw;
      }
    });
    writer_.reset();
    gbz_.reset();
    file_.reset();
  }

  // The file is the one that was fingerprinted, and has not been written to since.
  void require_same() const {
    file_->require_whole();
    if (identity_of(path_) != identity_ || file_->bytes().size() != fingerprint_.file_bytes || fingerprint_of(file_->bytes()) != fingerprint_)
      throw unreadable_gbz(path_, "it changed while it was read");
  }

  // What is made of a mapped file is good, and what is said against it is just, when the file has stayed the same meanwhile.
  template <typename Work>
  void watched(Work work) const {
    try {
      work();
    } catch (const Error&) {
      require_same();
      throw;
    }
    require_same();
  }

  unsigned threads_;
  std::string path_;
  FileIdentity identity_;
  Fingerprint fingerprint_;
  bool asked_for_index_ = false;
  std::optional<IndexFile> index_;
  std::optional<formats::GuardedFile> file_;
  std::optional<gbz::Gbz> gbz_;        // points into *file_
  std::optional<ImageWriter> writer_;  // of *gbz_: the graph is measured once
  uint64_t image_bytes_ = 0;
  Store::Details details_;
};

// Whether another place may do where this one failed.
bool lacks_room(const Error& error) {
  return error.reason() == Reason::kStoreDirectory || error.reason() == Reason::kNoSpace || error.reason() == Reason::kMemoryLimit;
}

class Placer {
 public:
  Placer(GbzSource& gbz, const StoreName& name, Policy policy, const HoldOptions& options) : gbz_(gbz), name_(name), policy_(policy), options_(options) {}

  Lease hold() {
    const std::vector<std::string> directories = store_directories(options_.placement);
    if (auto lease = attach_anywhere(directories)) return std::move(*lease);
    for (const std::string& directory : directories) {
      const bool last = &directory == &directories.back();
      try {
        return load_in(directory);
      } catch (const Error& error) {
        const bool over_ceiling = options_.store.ceiling_bytes != 0 && gbz_.measured_bytes() > options_.store.ceiling_bytes;
        if (!lacks_room(error) || over_ceiling || (last && !private_too())) throw;
        base::info(kModule, "{}: {}", last ? "no shared copy of the pangenome" : "the next place is tried", error.message());
      }
    }
    base::warn(kModule, "the pangenome is held by this process alone: every other job needs its own copy");
    return Store::own_copy(name_, policy_, gbz_.source(), options_.store, options_.verify);
  }

 private:
  // What is kept for other jobs must be where they can see it.
  bool private_too() const { return policy_ == Policy::kTransient && !options_.store.owner && may_stay_private(options_.placement); }
  bool on_disk(const std::string& directory) const { return options_.placement.backing != Backing::kShm && !lives_in_memory(directory); }

  Store store_in(const std::string& directory) const {
    require_local(directory, options_.placement);
    StoreOptions options = options_.store;
    options.directory = directory;
    return Store(options);
  }

  std::optional<Lease> attach_anywhere(const std::vector<std::string>& directories) const {
    for (const std::string& directory : directories) {
      try {
        if (auto lease = store_in(directory).attach(name_, gbz_.fingerprint(), policy_)) return lease;
      } catch (const Error& error) {
        if (error.reason() != Reason::kStoreDirectory) throw;  // said when it is loaded there
      }
    }
    return std::nullopt;
  }

  Lease load_in(const std::string& directory) {
    const Store store = store_in(directory);
    // The index is what a store on a disk would hold a copy of. Who loads for others wants it under its name all the same.
    if (policy_ == Policy::kTransient && on_disk(directory) && !options_.store.owner && gbz_.index() &&
        (options_.placement.allow_network || !network_file_system(gbz_.index()->path())))
      return gbz_.index()->map();
    return store.attach_or_load(name_, policy_, gbz_.source());
  }

  GbzSource& gbz_;
  StoreName name_;
  Policy policy_;
  const HoldOptions& options_;
};

// Whoever may read the graph may read its index; nobody writes.
void share_as(const std::string& gbz_path, const std::string& index_path) {
  struct stat gbz {};
  if (::stat(gbz_path.c_str(), &gbz) != 0) throw unreadable_gbz(gbz_path, errno_text(errno));
  const bool same_group = ::chown(index_path.c_str(), static_cast<uid_t>(-1), gbz.st_gid) == 0;
  const mode_t mode = (gbz.st_mode & (same_group ? 0444 : 0404)) | 0400;
  if (::chmod(index_path.c_str(), mode) != 0) throw Error{Exit::kResource, Reason::kOutput, kModule, fmt::format("cannot set the mode of {}: {}", index_path, errno_text(errno)), "name a graph on another disk"};
}

void verify_whole(const Lease& lease, const GbzSource& gbz) {
  const formats::GuardedFile file(gbz.path(), kModule, Reason::kReadGbz);
  const std::array<uint64_t, 2> full = wide_checksum_of(file.bytes());
  file.require_whole();
  if (full != lease.header().gbz_full) {
    throw failure(Reason::kOtherPangenome, fmt::format("the shared pangenome '{}' was made from another file than {}: full fingerprint {}, of the file {}", lease.name(), gbz.path(), text_of(lease.header().gbz_full), text_of(full)),
                  fmt::format("give another --gbz_shared_memory_name, or: {}", unload_command(lease.name(), lease.directory())));
  }
  lease.verify();
}

}  // namespace

Lease attach_or_load_gbz(const std::string& gbz_path, const std::optional<std::string>& name, Policy policy, const HoldOptions& options) {
  if (policy == Policy::kKept && options.placement.backing == Backing::kPrivate) {
    throw Error{Exit::kUsage, Reason::kUsage, kModule, "--gbz_backing private shares nothing, so there is nothing to keep for other jobs", "give --gbz_backing shm or file"};
  }
  if (options.store.owner && options.placement.backing == Backing::kPrivate) {
    throw Error{Exit::kUsage, Reason::kUsage, kModule, "--gbz_backing private shares nothing, so there is nothing of another user's to attach to", "leave out --gbz_shared_memory_owner or --gbz_backing"};
  }
  GbzSource gbz(gbz_path, options.threads);
  Lease lease = Placer(gbz, resolve_name(name, gbz.fingerprint()), policy, options).hold();
  if (options.verify) verify_whole(lease, gbz);
  if (options.lock_memory) lease.lock_memory();
  return lease;
}

uint64_t verify_index(const std::string& path) {
  const std::string index = std::filesystem::absolute(path).string();
  const auto unreadable = [&](const std::string& why) {
    return Error{Exit::kInput, Reason::kReadGbz, kModule, fmt::format("cannot read the index {}: {}", index, why), "give a regular file that you may read"};
  };
  const Descriptor file = base::opened(index, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat status {};
  if (!file || ::fstat(file.number(), &status) != 0) throw unreadable(errno_text(errno));
  if (!S_ISREG(status.st_mode)) throw unreadable("it is no regular file");
  ObjectHeader header;
  if (::pread(file.number(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) throw unreadable("it is shorter than a header");
  verify_header(header, static_cast<uint64_t>(status.st_size), index, index);
  const formats::GuardedFile bytes(index, kModule, Reason::kReadGbz);
  if (bytes.bytes().size() < header.total_bytes) throw unreadable("it became shorter while it was read");
  try {
    verify_sections(header, bytes.bytes(), index, index);
  } catch (const Error&) {
    bytes.require_whole();
    throw;
  }
  return header.total_bytes;
}

IndexWritten write_index(const std::string& gbz_path, bool anew, unsigned threads) {
  GbzSource gbz(gbz_path, threads);
  if (!anew && gbz.index()) return {gbz.index()->path(), gbz.index()->header().total_bytes, false};
  gbz.ignore_index();
  base::AtomicFile out(index_path_of(gbz_path), kModule);
  const Lease lease = Store::own_copy({out.path()}, Policy::kKept, gbz.source(), {});
  const ObjectHeader& header = lease.header();
  share_as(gbz_path, out.working_path());
  out.write({reinterpret_cast<const char*>(&header), sizeof header});
  const std::span<const std::byte> image = lease.image();
  out.write({reinterpret_cast<const char*>(image.data()), image.size()});
  out.commit();
  return {out.path(), header.total_bytes, true};
}

}  // namespace haploom::shared_image
