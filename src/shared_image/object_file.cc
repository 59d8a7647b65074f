#include "shared_image/object_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "shared_image/backing.h"
#include "shared_image/failure.h"
#include "shared_image/holders.h"

namespace haploom::shared_image {
namespace {

std::string user_text(uid_t uid) {
  const std::string name = user_name(uid);
  return name == std::to_string(uid) ? fmt::format("uid {}", uid) : fmt::format("{} (uid {})", name, uid);
}

Error not_openable(const ObjectPlace& place, int error) {
  struct stat status {};
  std::string owner;
  if (::lstat(place.object.c_str(), &status) == 0) owner = fmt::format("; it belongs to {}", user_text(status.st_uid));
  const std::string why = error == ELOOP ? "it is a symbolic link" : errno_text(error);
  return failure(Reason::kOpen, fmt::format("cannot open {}: {}{}", place.object, why, owner),
                 "remove what stands under that name, or give another --gbz_shared_memory_name");
}

}  // namespace

void require_owners_regular_file(const ObjectPlace& place, const struct stat& status) {
  const std::string remedy = "remove what stands under that name, or give another --gbz_shared_memory_name";
  if (!S_ISREG(status.st_mode)) throw failure(Reason::kFileType, fmt::format("{} is no regular file", place.object), remedy);
  if (status.st_uid != place.owner) {
    const std::string expected = place.owner == ::geteuid() ? "you" : user_text(place.owner);
    throw failure(Reason::kOwner, fmt::format("{} belongs to {}, not to {}", place.object, user_text(status.st_uid), expected), remedy);
  }
  if ((status.st_mode & 0022) != 0) {
    throw failure(Reason::kOwner, fmt::format("{} can be written by others (mode {:04o})", place.object, status.st_mode & 07777),
                  unload_command(place.name, place.directory) + ", then load it again");
  }
}

std::optional<ObjectFile> open_object(const ObjectPlace& place) {
  ObjectFile object;
  // O_NONBLOCK: a FIFO planted under the name would hang the open.
  object.file = base::opened(place.object, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (!object.file) {
    if (errno == ENOENT) return std::nullopt;
    throw not_openable(place, errno);
  }
  if (::fstat(object.file.number(), &object.status) != 0) throw not_openable(place, errno);
  require_owners_regular_file(place, object.status);
  return object;
}

std::filesystem::directory_iterator entries_of(const std::string& directory) {
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  if (error) throw failure(Reason::kStoreDirectory, fmt::format("cannot read the store directory {}: {}", directory, error.message()), "give --gbz_store_dir a directory that you may read");
  return entries;
}

ObjectHeader read_header(const ObjectFile& object, const ObjectPlace& place) {
  const uint64_t bytes = static_cast<uint64_t>(object.status.st_size);
  ObjectHeader header;
  ssize_t got = -1;
  do got = ::pread(object.file.number(), &header, sizeof header, 0);
  while (got < 0 && errno == EINTR);
  if (got < 0) throw not_openable(place, errno);
  if (got != static_cast<ssize_t>(sizeof header)) {
    throw failure(Reason::kSize, fmt::format("{} has {} bytes, shorter than the header of a shared pangenome ({})", place.object, bytes, kPageBytes),
                  unload_command(place.name, place.directory) + ", then load it again");
  }
  verify_header(header, bytes, place.object, place.name);
  return header;
}

bool lost_in_a_crash(const ObjectPlace& place, Reason reason) {
  if (reason != Reason::kCorrupt && reason != Reason::kSize) return false;
  const std::optional<ObjectFile> object = open_object(place);
  ObjectHeader header;
  if (!object || ::pread(object->file.number(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return false;
  return sealed(header) && !of_this_boot(header);
}

Policy policy_of(const ObjectHeader& header, const struct stat& status) {
  const bool kept = header.policy == static_cast<uint32_t>(Policy::kKept) || (status.st_mode & S_ISVTX) != 0;
  return kept ? Policy::kKept : Policy::kTransient;
}

void mark_kept(int file, const ObjectPlace& place) {
  struct stat status {};
  if (::fstat(file, &status) == 0 && ::fchmod(file, (status.st_mode & 0777) | S_ISVTX) == 0) return;
  throw failure(Reason::kPublish, fmt::format("cannot mark {} as kept: {}", place.object, errno_text(errno)),
                "give the loading command another --shared_memory_name");
}

}  // namespace haploom::shared_image
