#include "shared_image/attachment.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "shared_image/backing.h"
#include "shared_image/crash_point.h"
#include "shared_image/failure.h"
#include "shared_image/file_lock.h"
#include "shared_image/holders.h"
#include "shared_image/object_file.h"

namespace haploom::shared_image {
namespace {

// Another process holds the name lock only for moments while it leaves. One that loads under this name for minutes does
// so because our object was removed by force, and then there is nothing left to do.
constexpr std::chrono::milliseconds kLeavePatience{5'000};

Error other_pangenome(const ObjectPlace& place, const ObjectHeader& header, const Fingerprint& expected) {
  return failure(Reason::kOtherPangenome,
                 fmt::format("the shared pangenome '{}' was made from {} ({} bytes, fingerprint {}), but the one asked for has {} bytes, fingerprint {}",
                             place.name, header.gbz_path.text(), header.gbz_bytes, header.fingerprint().text(), expected.file_bytes,
                             expected.text()),
                 fmt::format("give another --gbz_shared_memory_name (or none: equal graphs then find each other), or: {}", unload_command(place.name, place.directory)));
}

bool linked(int file) {
  struct stat status {};
  return ::fstat(file, &status) == 0 && status.st_nlink > 0;
}

enum class Leased { kYes, kBusy, kGone };

Leased take_lease(int file, const ObjectPlace& place) {
  while (::flock(file, LOCK_SH | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return Leased::kBusy;  // someone is removing it
    throw failure(Reason::kOpen, fmt::format("cannot lock {}: {}", place.object, errno_text(errno)),
                  "give --gbz_store_dir a directory on a local disk: this file system has no locks");
  }
  return linked(file) ? Leased::kYes : Leased::kGone;
}

// Under the name lock: removes the object unless it is kept, gone already, or someone else's lease stands.
Leaving remove_if_last(Attachment& attachment) {
  struct stat status {};
  if (::fstat(attachment.file.number(), &status) != 0 || status.st_nlink == 0) return Leaving::kStays;
  if (::flock(attachment.file.number(), LOCK_EX | LOCK_NB) != 0) return Leaving::kStays;
  // Asked again behind the exclusive lock: until then another user may have marked it as kept.
  if (::fstat(attachment.file.number(), &status) != 0 || policy_of(attachment.header, status) == Policy::kKept) return Leaving::kStays;
  crash_point(CrashPoint::kBeforeLastUnlink);
  if (!names_file(attachment.place.object, attachment.file.number())) return Leaving::kStays;
  if (::unlink(attachment.place.object.c_str()) != 0) {
    base::warn(kModule, "cannot remove {}: {}", attachment.place.object, errno_text(errno));
    return Leaving::kStays;
  }
  crash_point(CrashPoint::kAfterLastUnlink);
  return Leaving::kRemoved;
}

}  // namespace

std::unique_ptr<Attachment> attach_object(const ObjectPlace& place, const std::optional<Fingerprint>& expected, Waiter& waiter) {
  while (true) {
    std::optional<ObjectFile> object = open_object(place);
    if (!object) return nullptr;
    const ObjectHeader header = read_header(*object, place);
    if (expected && header.fingerprint() != *expected) throw other_pangenome(place, header, *expected);
    crash_point(CrashPoint::kObjectOpened);
    const Leased leased = take_lease(object->file.number(), place);
    if (leased == Leased::kBusy) waiter.pause([&] { return text_of(lock_holders(object->status.st_dev, object->status.st_ino)); });
    if (leased != Leased::kYes) continue;
    auto attachment = std::make_unique<Attachment>();
    attachment->mapping = Mapping::readable(object->file.number(), header.total_bytes, place.object);
    attachment->place = place;
    attachment->file = std::move(object->file);
    attachment->header = header;
    attachment->owner = ::getpid();
    if (!of_this_boot(header)) verify_sections(header, attachment->mapping.bytes(), place.object, place.name);
    return attachment;
  }
}

Leaving leave_object(Attachment attachment) {
  attachment.mapping.unmap();
  struct stat status {};
  if (attachment.owner != ::getpid() || !attachment.file || ::fstat(attachment.file.number(), &status) != 0) return Leaving::kStays;
  if (status.st_uid != ::geteuid()) return Leaving::kStays;  // another user's: that user's to remove
  if (status.st_nlink == 0 || policy_of(attachment.header, status) == Policy::kKept) return Leaving::kStays;
  const std::optional<FileLock> lock = FileLock::try_acquire(attachment.place.lock, kLeavePatience);
  if (!lock) return Leaving::kStays;
  const Leaving outcome = remove_if_last(attachment);
  attachment.file.close();  // before the name lock goes: the next to leave must find our lease gone
  if (outcome == Leaving::kRemoved)
    base::info(kModule, "removed the shared pangenome, as its last user name={} bytes={}", attachment.place.name, attachment.header.total_bytes);
  return outcome;
}

}  // namespace haploom::shared_image
