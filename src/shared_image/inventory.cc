#include "shared_image/inventory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <tuple>

#include "base/error.h"
#include "shared_image/name.h"
#include "shared_image/object_file.h"

namespace haploom::shared_image {
namespace {

Entry entry_of(const ObjectPlace& place, const struct stat& status) {
  Entry entry;
  entry.owner = place.owner;
  entry.name = place.name;
  entry.path = place.object;
  entry.device = status.st_dev;
  entry.inode = status.st_ino;
  entry.bytes = static_cast<uint64_t>(status.st_size);
  entry.created_unix = status.st_mtime;
  entry.holders = lock_holders(status.st_dev, status.st_ino);
  try {
    const std::optional<ObjectFile> object = open_object(place);
    if (!object) {
      entry.problem = "removed meanwhile";
      return entry;
    }
    const ObjectHeader header = read_header(*object, place);
    entry.policy = policy_of(header, object->status);
    entry.gbz_path = header.gbz_path.text();
    entry.fingerprint = header.fingerprint();
    entry.full_fingerprint = text_of(header.gbz_full);
    entry.created_unix = header.created_unix;
  } catch (const Error& error) {
    entry.problem = error.message();
    entry.unreadable = error.reason() == Reason::kOpen && ::faccessat(AT_FDCWD, place.object.c_str(), R_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW) != 0 && errno == EACCES;
  }
  return entry;
}

}  // namespace

std::vector<Entry> inventory(const std::string& directory, std::optional<uid_t> owner) {
  std::vector<Entry> entries;
  for (const auto& file : entries_of(directory)) {
    const std::optional<StoreFile> known = store_file(file.path().filename().string());
    struct stat status {};
    if (!known || known->kind != FileKind::kObject || (owner && known->owner != *owner) || ::lstat(file.path().c_str(), &status) != 0) continue;
    entries.push_back(entry_of(place_of(directory, known->name, known->owner), status));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return std::tie(a.owner, a.name) < std::tie(b.owner, b.name); });
  return entries;
}

}  // namespace haploom::shared_image
