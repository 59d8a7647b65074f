#include "shared_image/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <thread>

#include "shared_image/crash_point.h"
#include "shared_image/failure.h"
#include "shared_image/holders.h"

namespace haploom::shared_image {
namespace {

using std::chrono::milliseconds;

Error foreign(const std::string& path, uid_t owner) {
  return failure(Reason::kOwner, fmt::format("the lock file {} belongs to uid {}", path, owner),
                 "ask that user or an administrator to remove it, or give another --gbz_shared_memory_name");
}

// Why the lock file cannot be opened.
Error closed_to_us(const std::string& path, int error) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (status.st_uid != ::geteuid()) return foreign(path, status.st_uid);
    if (!S_ISREG(status.st_mode))
      return failure(Reason::kFileType, fmt::format("the lock file {} is no regular file", path), fmt::format("remove it: rm -r '{}'", path));
  }
  if (error == ENOSPC || error == EDQUOT)
    return failure(Reason::kNoSpace, fmt::format("cannot create {}: {}", path, errno_text(error)), "free space there, or give another --gbz_store_dir");
  return failure(Reason::kStoreDirectory, fmt::format("cannot open the lock file {}: {}", path, errno_text(error)),
                 "give --gbz_store_dir a directory on a local disk that you may write to");
}

Descriptor open_lock_file(const std::string& path) {
  Descriptor file = base::opened(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (!file) throw closed_to_us(path, errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw closed_to_us(path, errno);
  if (status.st_uid != ::geteuid()) throw foreign(path, status.st_uid);
  if (!S_ISREG(status.st_mode)) throw closed_to_us(path, EINVAL);
  return file;
}

}  // namespace

bool names_file(const std::string& path, int file) {
  struct stat named {}, opened {};
  return ::lstat(path.c_str(), &named) == 0 && ::fstat(file, &opened) == 0 && named.st_dev == opened.st_dev &&
         named.st_ino == opened.st_ino;
}

std::optional<FileLock> FileLock::attempt(const std::string& path) {
  while (true) {
    Descriptor file = open_lock_file(path);
    crash_point(CrashPoint::kLockOpened);
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      if (errno == EINTR) continue;
      throw failure(Reason::kStoreDirectory, fmt::format("cannot lock {}: {}", path, errno_text(errno)),
                    "give --gbz_store_dir a directory on a local disk: this file system has no locks");
    }
    if (names_file(path, file.number())) return FileLock(path, std::move(file));
  }
}

FileLock FileLock::acquire(const std::string& path, Waiter& waiter) {
  while (true) {
    if (std::optional<FileLock> lock = attempt(path)) return std::move(*lock);
    waiter.pause([&] { return text_of(lock_holders(path)); });
  }
}

std::optional<FileLock> FileLock::try_acquire(const std::string& path, milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (std::optional<FileLock> lock = attempt(path)) return lock;
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(milliseconds{1});
  }
}

void FileLock::release() {
  if (!file_) return;
  if (names_file(path_, file_.number())) ::unlink(path_.c_str());
  ::flock(file_.number(), LOCK_UN);  // also for a child that inherited the descriptor by fork
  file_.close();
  crash_point(CrashPoint::kLockReleased);
}

}  // namespace haploom::shared_image
