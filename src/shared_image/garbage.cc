#include "shared_image/garbage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/descriptor.h"
#include "base/signals.h"
#include "shared_image/crash_point.h"
#include "shared_image/failure.h"
#include "shared_image/file_lock.h"
#include "shared_image/object_file.h"

namespace haploom::shared_image {
namespace {

namespace fs = std::filesystem;

// Who leaves holds a name lock for moments; who loads, for minutes, and is not waited for.
constexpr std::chrono::milliseconds kPatience{200};

// The effective user and group of an owner and none of our groups, for as long as this lives. The real ones stay, so the
// way back is open.
class ActingAs {
 public:
  explicit ActingAs(uid_t owner) : user_(::geteuid()), group_(::getegid()) {
    if (owner == user_) return;
    groups_.resize(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
    const bool known = ::getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0;
    changed_ = known && ::setgroups(0, nullptr) == 0 && ::setegid(group_of(owner)) == 0 && ::seteuid(owner) == 0;
    if (changed_) return;
    const int error = errno;
    go_back();
    throw failure(Reason::kOwner, fmt::format("cannot act for uid {}: {}", owner, errno_text(error)));
  }
  ~ActingAs() {
    if (changed_) go_back();
  }
  ActingAs(const ActingAs&) = delete;

 private:
  static gid_t group_of(uid_t owner) {
    const std::optional<Account> account = account_of(owner);
    return account ? account->group : static_cast<gid_t>(owner);
  }
  void go_back() const {
    if (::seteuid(user_) != 0 || ::setegid(group_) != 0 || ::setgroups(groups_.size(), groups_.data()) != 0) std::abort();  // never as someone else
  }

  uid_t user_;
  gid_t group_;
  std::vector<gid_t> groups_;
  bool changed_ = false;
};

// The files that bear one name of one owner.
struct Found {
  bool object = false;
  bool name_lock = false;
  std::vector<std::string> temporaries;  // paths
};
struct Owned {
  std::map<std::string, Found> names;
  bool allocation_lock = false;
};

std::map<uid_t, Owned> files_by_owner(const std::string& directory, const GarbageRules& rules) {
  std::map<uid_t, Owned> owners;
  for (const auto& entry : entries_of(directory)) {
    const std::optional<StoreFile> file = store_file(entry.path().filename().string());
    struct stat status {};
    if (!file || (!rules.all_users && file->owner != rules.owner.value_or(::geteuid()))) continue;
    // Under a name of an owner may stand what someone else put there.
    if (::lstat(entry.path().c_str(), &status) != 0 || status.st_uid != file->owner || !S_ISREG(status.st_mode)) continue;
    Owned& owned = owners[file->owner];
    if (file->kind == FileKind::kAllocationLock) {
      owned.allocation_lock = true;
      continue;
    }
    Found& found = owned.names[file->name];
    if (file->kind == FileKind::kObject) found.object = true;
    if (file->kind == FileKind::kNameLock) found.name_lock = true;
    if (file->kind == FileKind::kTemporary) found.temporaries.push_back(entry.path().string());
  }
  return owners;
}

// nullopt when it is gone, or not what a file of that owner looks like.
std::optional<ObjectFile> opened(const std::string& path, uid_t owner) {
  ObjectFile file;
  file.file = base::opened(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (!file.file || ::fstat(file.file.number(), &file.status) != 0 || file.status.st_uid != owner || !S_ISREG(file.status.st_mode)) return std::nullopt;
  return file;
}

bool free_of_locks(const Descriptor& file) { return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0; }

uint64_t bytes_of(const ObjectFile& file) { return static_cast<uint64_t>(file.status.st_blocks) * 512; }
std::string in_use(const ObjectFile& file) { return fmt::format("in use by {}", text_of(lock_holders(file.status.st_dev, file.status.st_ino))); }

// Unlinks what is open as `file`, if the path still names it.
void remove(GarbageRow& row, const Descriptor& file, const GarbageRules& rules) {
  if (!names_file(row.path, file.number())) {
    row.spared = "gone meanwhile";
  } else if (rules.dry_run || ::unlink(row.path.c_str()) == 0) {
    row.removed = true;
  } else {
    row.spared = errno_text(errno);
  }
}

Rubbish kind_of(ObjectFile& object, const ObjectPlace& place) {
  check(::fstat(object.file.number(), &object.status) == 0, "an open object has a status");
  ObjectHeader header;
  try {
    require_owners_regular_file(place, object.status);
    header = read_header(object, place);
  } catch (const Error& error) {
    constexpr std::array kDamages = {Reason::kOwner, Reason::kSize, Reason::kFormat, Reason::kNotReady};
    if (std::find(kDamages.begin(), kDamages.end(), error.reason()) == kDamages.end()) throw;  // it could not be looked at
    // Made by another version, that may be in use here too: not ours to call damaged.
    if (::pread(object.file.number(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) return Rubbish::kDamaged;
    if (of_another_layout(header)) return Rubbish::kKept;  // what stands where is not known
    if (!of_another_version(header)) return Rubbish::kDamaged;
  }
  return policy_of(header, object.status) == Policy::kKept ? Rubbish::kKept : Rubbish::kTransient;
}

// Under the name lock.
GarbageRow object_row(const ObjectPlace& place, const GarbageRules& rules) {
  GarbageRow row;
  row.owner = place.owner;
  row.path = place.object;
  std::optional<ObjectFile> object = opened(place.object, place.owner);
  if (!object) {
    row.spared = "gone meanwhile, or not to be opened";
    return row;
  }
  row.bytes = bytes_of(*object);
  row.what = kind_of(*object, place);
  if (row.what == Rubbish::kKept && !rules.kept) {
    row.spared = "kept";
  } else if (!free_of_locks(object->file)) {
    row.spared = in_use(*object);
  } else if (row.what = kind_of(*object, place); row.what == Rubbish::kKept && !rules.kept) {  // again: a user who has left may have marked it
    row.spared = "kept";
  } else {
    crash_point(CrashPoint::kBeforeUnload);
    remove(row, object->file, rules);
    crash_point(CrashPoint::kAfterUnload);
  }
  return row;
}

// Under the name lock: between creating and locking its temporary, a maker holds that too.
GarbageRow temporary_row(const std::string& path, const ObjectPlace& place, const GarbageRules& rules) {
  GarbageRow row;
  row.owner = place.owner;
  row.path = path;
  row.what = Rubbish::kTemporary;
  const std::optional<ObjectFile> file = opened(path, place.owner);
  if (!file) {
    row.spared = "gone meanwhile";
    return row;
  }
  row.bytes = bytes_of(*file);
  if (!free_of_locks(file->file))
    row.spared = in_use(*file);
  else
    remove(row, file->file, rules);
  return row;
}

// A lock file that no process holds; FileLock takes it away when it gives the lock back.
std::optional<GarbageRow> lock_row(const std::string& path, uid_t owner, const GarbageRules& rules) {
  GarbageRow row;
  row.owner = owner;
  row.path = path;
  row.what = Rubbish::kLock;
  const std::optional<ObjectFile> file = opened(path, owner);
  if (!file) return std::nullopt;
  if (rules.dry_run) {
    row.removed = free_of_locks(file->file);
  } else if (const auto lock = FileLock::try_acquire(path, std::chrono::milliseconds{0})) {
    row.removed = names_file(path, file->file.number());  // else it was given back, and what is locked here is a new one
  }
  if (!row.removed) return std::nullopt;  // held, as lock files are
  return row;
}

// The name lock while a name's files are looked at. A dry run makes and removes nothing, so it takes only one that is there.
class NameLock {
 public:
  NameLock(const ObjectPlace& place, const GarbageRules& rules) {
    if (!rules.dry_run) {
      if (std::optional<FileLock> lock = FileLock::try_acquire(place.lock, kPatience)) lock_.emplace(std::move(*lock));
      held_ = lock_.has_value();
    } else if (std::optional<ObjectFile> there = opened(place.lock, place.owner)) {
      held_ = free_of_locks(there->file);
      looked_at_ = std::move(there->file);
    }
  }
  bool held() const { return held_; }

 private:
  bool held_ = true;
  std::optional<FileLock> lock_;
  Descriptor looked_at_;
};

void collect_name(const ObjectPlace& place, const Found& found, const GarbageRules& rules, std::vector<GarbageRow>& rows) {
  if (found.name_lock)
    if (auto row = lock_row(place.lock, place.owner, rules)) rows.push_back(std::move(*row));
  if (!found.object && found.temporaries.empty()) return;
  const NameLock lock(place, rules);
  if (!lock.held()) {
    GarbageRow row;
    row.owner = place.owner;
    row.path = found.object ? place.object : found.temporaries.front();
    row.what = found.object ? Rubbish::kTransient : Rubbish::kTemporary;
    row.spared = fmt::format("being loaded or removed by {}", text_of(lock_holders(place.lock)));
    rows.push_back(std::move(row));
    return;
  }
  for (const std::string& temporary : found.temporaries) rows.push_back(temporary_row(temporary, place, rules));
  if (found.object) rows.push_back(object_row(place, rules));
}

// An error about one name is a row, and the others go on.
void guarded(std::vector<GarbageRow>& rows, uid_t owner, const std::string& path, const std::function<void()>& work) {
  try {
    const ActingAs for_them(owner);
    work();
  } catch (const Error& error) {
    GarbageRow row;
    row.owner = owner;
    row.path = path;
    row.spared = error.message();
    rows.push_back(std::move(row));
  }
}

}  // namespace

std::vector<GarbageRow> collect_garbage(const StoreOptions& options, const GarbageRules& rules) {
  if ((rules.all_users || rules.owner.value_or(::geteuid()) != ::geteuid()) && ::geteuid() != 0) {
    throw Error{Exit::kUsage, Reason::kUsage, kModule, "other users' garbage is for root to remove",
                "leave out --all_users and --gbz_shared_memory_owner: your own needs no rights"};
  }
  const std::string directory = Store(options).directory();
  std::vector<GarbageRow> rows;
  for (const auto& [owner, owned] : files_by_owner(directory, rules)) {
    for (const auto& [name, found] : owned.names) {
      base::throw_if_stopped();
      const ObjectPlace place = place_of(directory, name, owner);
      guarded(rows, owner, place.object, [&, &files = found] { collect_name(place, files, rules, rows); });
    }
    const std::string lock = place_of(directory, "", owner).allocation_lock;
    if (!owned.allocation_lock) continue;
    guarded(rows, owner, lock, [&, uid = owner] {
      if (auto row = lock_row(lock, uid, rules)) rows.push_back(std::move(*row));
    });
  }
  return rows;
}

}  // namespace haploom::shared_image
