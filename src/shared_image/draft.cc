#include "shared_image/draft.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>
#include <utility>

#include "base/quantity.h"
#include "base/signals.h"
#include "shared_image/crash_point.h"
#include "shared_image/failure.h"
#include "shared_image/file_lock.h"
#include "shared_image/memory_limit.h"
#include "shared_image/object_file.h"
#include "shared_image/waiter.h"

namespace haploom::shared_image {
namespace {

constexpr uint64_t kReserveStep = uint64_t{64} << 20;  // a signal ends the reserving of many GB between two steps

std::string own_descriptor_path(int file) { return fmt::format("/proc/self/fd/{}", file); }

std::string space_remedy(const ObjectPlace& place, uint64_t bytes) {
  if (!lives_in_memory(place.directory)) return fmt::format("free space on the disk of {}, or give --gbz_store_dir a directory on another local disk", place.directory);
  return fmt::format("free space there (haploom gbz ls, haploom gbz unload NAME); or enlarge it (container: --shm-size={}g or --ipc=host; host: "
                     "mount -o remount,size=...); or give --gbz_store_dir a directory on a local disk",
                     bytes / 1'000'000'000 + 1);
}

Error no_space(const ObjectPlace& place, uint64_t bytes, const std::string& found) {
  return failure(Reason::kNoSpace, fmt::format("the pangenome image needs {} ({} bytes) in {}, {}", base::size_text(bytes), bytes, place.directory, found),
                 space_remedy(place, bytes));
}

// Of the reserving step that failed.
Error refused(const ObjectPlace& place, uint64_t bytes, const std::string& what, int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) return no_space(place, bytes, fmt::format("which refused it: {}", errno_text(error)));
  return failure(Reason::kStoreDirectory, fmt::format("cannot {} in {}: {}", what, place.directory, errno_text(error)),
                 "give --gbz_store_dir a directory on a local disk that you may write to");
}

void require_space(const ObjectPlace& place, uint64_t bytes) {
  struct statvfs status {};
  if (::statvfs(place.directory.c_str(), &status) != 0) return;
  const uint64_t free = uint64_t{status.f_bavail} * status.f_frsize;
  if (free < bytes) throw no_space(place, bytes, fmt::format("where {} are free", base::size_text(free)));
}

// File systems without unnamed files say one of these.
bool unnamed_unsupported(int error) { return error == EOPNOTSUPP || error == EISDIR || error == EINVAL || error == ENOENT; }

}  // namespace

Draft::Draft(Draft&& other) noexcept
    : place_(std::move(other.place_)),
      bytes_(other.bytes_),
      group_(other.group_),
      file_(std::move(other.file_)),
      temporary_(std::exchange(other.temporary_, "")),
      mapping_(std::move(other.mapping_)) {}

Draft Draft::reserve(const ObjectPlace& place, const Reservation& wanted) {
  Waiter waiter(wanted.wait_timeout, fmt::format("reserves space in {}", place.directory));
  const FileLock one_at_a_time = FileLock::acquire(place.allocation_lock, waiter);
  require_space(place, wanted.bytes);
  if (lives_in_memory(place.directory)) require_memory(wanted.bytes, memory_room(wanted.system_root));
  crash_point(CrashPoint::kBeforeCreate);
  Draft draft(place, wanted.bytes, wanted.group);
  draft.create(wanted.publication);
  crash_point(CrashPoint::kAfterCreate);
  draft.fill_up();
  crash_point(CrashPoint::kAfterReserve);
  draft.mapping_ = Mapping::writable(draft.file_.number(), wanted.bytes, place.object);
  return draft;
}

void Draft::create(Publication publication) {
  if (publication == Publication::kUnnamed && ::access("/proc/self/fd", X_OK) == 0) {
    file_ = base::opened(place_.directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file_) return;
    if (!unnamed_unsupported(errno)) throw refused(place_, bytes_, "create a file", errno);
  }
  create_named();
}

void Draft::create_named() {
  std::random_device random;
  temporary_ = fmt::format("{}{}.{:08x}", place_.temporary, ::getpid(), random());
  file_ = base::opened(temporary_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (!file_) {
    const int error = errno;
    temporary_.clear();
    throw refused(place_, bytes_, "create a file", error);
  }
  if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) throw refused(place_, bytes_, "lock a file", errno);
}

void Draft::fill_up() {
  for (uint64_t from = 0; from < bytes_;) {
    base::throw_if_stopped();
    const uint64_t step = std::min(kReserveStep, bytes_ - from);
    const int error = ::posix_fallocate(file_.number(), static_cast<off_t>(from), static_cast<off_t>(step));
    if (error == EINTR) continue;
    if (error != 0) throw refused(place_, bytes_, "reserve space", error);
    from += step;
  }
}

void Draft::publish() {
  mapping_.unmap();
  const auto failed = [&](const char* what) {
    return failure(Reason::kPublish, fmt::format("cannot {} {}: {}", what, place_.object, errno_text(errno)),
                   "haploom gbz ls shows what is there; give another --gbz_shared_memory_name");
  };
  // On a disk: after a crash of the node its name must not stand for pages that were never written.
  if (!lives_in_memory(place_.directory) && ::fdatasync(file_.number()) != 0) throw refused(place_, bytes_, "write the image", errno);
  if (group_ && ::fchown(file_.number(), static_cast<uid_t>(-1), *group_) != 0) throw failed("give to that group");
  if (::fchmod(file_.number(), group_ ? kGroupObjectMode : kObjectMode) != 0) throw failed("set the mode of");
  if (temporary_.empty()) {
    if (::linkat(AT_FDCWD, own_descriptor_path(file_.number()).c_str(), AT_FDCWD, place_.object.c_str(), AT_SYMLINK_FOLLOW) != 0)
      throw failed("publish");
  } else if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, place_.object.c_str(), RENAME_NOREPLACE) == 0) {
    temporary_.clear();
  } else if (errno == EEXIST || ::link(temporary_.c_str(), place_.object.c_str()) != 0) {
    throw failed("publish");  // no renameat2 here, and the link, which never replaces either, failed too
  }
  crash_point(CrashPoint::kAfterPublish);
}

Draft::~Draft() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void sweep_temporaries(const ObjectPlace& place) {
  const std::string prefix = std::filesystem::path(place.temporary).filename().string();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(place.directory, ignored)) {
    const std::string path = entry.path().string();
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    const Descriptor file = base::opened(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) ::unlink(path.c_str());
  }
}

}  // namespace haploom::shared_image
