#include "shared_image/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/quantity.h"
#include "shared_image/attachment.h"
#include "shared_image/backing.h"
#include "shared_image/checksum.h"
#include "shared_image/crash_point.h"
#include "shared_image/failure.h"
#include "shared_image/file_lock.h"
#include "shared_image/memory_limit.h"
#include "shared_image/object_file.h"

namespace haploom::shared_image {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void require_directory(const std::string& directory) {
  struct stat status {};
  const std::string remedy = "give --gbz_store_dir a directory on a local disk that you may write to";
  if (::stat(directory.c_str(), &status) != 0)
    throw failure(Reason::kStoreDirectory, fmt::format("the store directory {}: {}", directory, errno_text(errno)), remedy);
  if (!S_ISDIR(status.st_mode))
    throw failure(Reason::kStoreDirectory, fmt::format("the store directory {} is no directory", directory), remedy);
}

ObjectHeader header_of(const Store::Source& source, Policy policy, uint64_t image_bytes, uint64_t checksum) {
  ObjectHeader header = new_header();
  header.total_bytes = kPageBytes + image_bytes;
  header.policy = static_cast<uint32_t>(policy);
  header.section_count = 1;
  header.sections[0] = {ObjectSectionType::kPangenome, 0, kPageBytes, image_bytes, checksum};
  header.gbz_bytes = source.fingerprint.file_bytes;
  header.gbz_sampled = source.fingerprint.sampled;
  header.gbz_path.set(source.gbz_path);
  if (source.details) {
    const Store::Details details = source.details();
    header.gbz_full = details.full_fingerprint;
    header.reference_samples.set(details.reference_samples);
  }
  seal(header);
  return header;
}

// The image's checksum.
uint64_t fill_image(const Store::Source& source, Draft& draft) {
  const std::span<std::byte> image = draft.bytes().subspan(kPageBytes);
  if (crash_point_armed(CrashPoint::kHalfFilled)) std::memset(image.data(), 0xA5, image.size() / 2);
  crash_point(CrashPoint::kHalfFilled);
  if (source.copy) {
    if (const auto checksum = source.copy(draft.file(), kPageBytes)) return *checksum;
  }
  source.fill(image);
  return checksum_of(image);
}

void write_header(ObjectHeader header, std::span<std::byte> object) {
  std::memcpy(object.data(), &header, sizeof header);
  crash_point(CrashPoint::kAfterHeader);
  mark_ready(header);
  std::memcpy(object.data(), &header, sizeof header);
  crash_point(CrashPoint::kAfterState);
}

// Objects whose name is longer by a fingerprint: what a user who asks for the family may mean.
std::string family_remedy(const std::vector<Entry>& entries, const ObjectPlace& place) {
  std::string found;
  for (const Entry& entry : entries)
    if (entry.name.starts_with(place.name + ".")) found += (found.empty() ? "" : " or ") + unload_command(entry.name, place.directory);
  return found.empty() ? "haploom gbz ls shows what is there" : found;
}

// The object open for removal, whatever is in it.
Descriptor open_for_removal(const ObjectPlace& place, const std::string& absent_remedy) {
  struct stat status {};
  if (::lstat(place.object.c_str(), &status) != 0)
    throw failure(Reason::kNothingToUnload, fmt::format("no shared pangenome '{}' in {}", place.name, place.directory), absent_remedy);
  if (!S_ISREG(status.st_mode))
    throw failure(Reason::kFileType, fmt::format("{} is no regular file, and not touched", place.object), fmt::format("look at it, then: rm -r '{}'", place.object));
  if (status.st_uid != ::geteuid())
    throw failure(Reason::kOwner, fmt::format("{} belongs to uid {}", place.object, status.st_uid), "ask that user or an administrator");
  Descriptor file = base::opened(place.object, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (!file) throw failure(Reason::kOpen, fmt::format("cannot open {}: {}", place.object, errno_text(errno)), fmt::format("rm '{}'", place.object));
  return file;
}

void require_unleased(const ObjectPlace& place, const Descriptor& file) {
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return;
  throw failure(Reason::kInUse, fmt::format("the shared pangenome '{}' is in use by {}", place.name, text_of(lock_holders(place.object))),
                fmt::format("wait for them, or: {} (they keep what they have)", unload_command(place.name, place.directory, "--force")));
}

constexpr std::chrono::milliseconds kUnloadPatience{5'000};

void require_under_ceiling(const std::string& name, uint64_t image_bytes, uint64_t ceiling_bytes) {
  if (ceiling_bytes == 0 || image_bytes <= ceiling_bytes) return;
  throw failure(Reason::kNoSpace,
                fmt::format("the image of '{}' needs {} ({} bytes), over the ceiling of {}", name, base::size_text(image_bytes), image_bytes,
                            base::size_text(ceiling_bytes)),
                fmt::format("--gbz_shared_memory_size_gb {}", (image_bytes + 999'999'999) / 1'000'000'000));
}

// As attach_object(), but an object that did not survive a crash of the node is as if it were absent.
std::unique_ptr<Attachment> attach_survivor(const ObjectPlace& place, const std::optional<Fingerprint>& expected, Waiter& waiter) {
  try {
    return attach_object(place, expected, waiter);
  } catch (const Error& error) {
    if (!lost_in_a_crash(place, error.reason())) throw;
    return nullptr;
  }
}

// Behind the name lock. Those who look at it at this moment find it damaged too, and let go.
void remove_lost(const ObjectPlace& place, Waiter& waiter) {
  struct stat status {};
  if (::lstat(place.object.c_str(), &status) != 0) return;
  base::info(kModule, "{}: of an earlier boot and damaged since, made again", place.object);
  const Descriptor file = open_for_removal(place, "");
  while (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) waiter.pause([&] { return text_of(lock_holders(place.object)); });
  if (names_file(place.object, file.number())) ::unlink(place.object.c_str());
}

}  // namespace

Store::Store(StoreOptions options) : options_(std::move(options)) {
  while (options_.directory.size() > 1 && options_.directory.ends_with('/')) options_.directory.pop_back();
  require_directory(options_.directory);
}

ObjectPlace Store::place(const std::string& name) const { return place_of(options_.directory, name, options_.owner.value_or(::geteuid())); }
bool Store::anothers() const { return options_.owner && *options_.owner != ::geteuid(); }

void Store::require_own(const ObjectPlace& place) const {
  if (!anothers()) return;
  throw failure(Reason::kImageAbsent, fmt::format("no shared pangenome '{}' of uid {} in {}", place.name, place.owner, place.directory),
                "ask that user to load it (load_gbz_into_shared_memory --gbz_shared_memory_group), or leave out --gbz_shared_memory_owner");
}

std::optional<Lease> Store::attach(const StoreName& name, const std::optional<Fingerprint>& expected, Policy policy) const {
  Waiter waiter(options_.wait_timeout, loading_or_removing(name.name));
  return attach(place(name.name), expected, policy, waiter);
}

std::optional<Lease> Store::attach(const ObjectPlace& place, const std::optional<Fingerprint>& expected, Policy policy, Waiter& waiter) const {
  std::unique_ptr<Attachment> attachment = attach_survivor(place, expected, waiter);
  if (attachment == nullptr) return std::nullopt;
  // Nobody can remove it while we hold the lease, and the mark is looked at behind an exclusive lock.
  if (policy == Policy::kKept && !anothers()) mark_kept(attachment->file.number(), place);
  base::debug(kModule, "attached name={} bytes={}", place.name, attachment->header.total_bytes);
  return Lease(std::move(attachment));
}

Lease Store::attach_or_load(const StoreName& name, Policy policy, const Source& source) const {
  const ObjectPlace where = place(name.name);
  Waiter waiter(options_.wait_timeout, loading_or_removing(name.name));
  if (auto lease = attach(where, source.fingerprint, policy, waiter)) return std::move(*lease);
  require_own(where);
  const FileLock elected = FileLock::acquire(where.lock, waiter);
  if (auto lease = attach(where, source.fingerprint, policy, waiter)) return std::move(*lease);  // another loader may have just finished
  remove_lost(where, waiter);
  return load(where, policy, source);
}

Lease Store::own_copy(const StoreName& name, Policy policy, const Source& source, const StoreOptions& options, bool with_checksum) {
  const uint64_t image_bytes = source.measure();
  require_under_ceiling(name.name, image_bytes, options.ceiling_bytes);
  require_memory(kPageBytes + image_bytes, memory_room(options.system_root));
  auto attachment = std::make_unique<Attachment>();
  attachment->place.name = name.name;
  attachment->loaded_here = true;
  attachment->mapping = Mapping::own(kPageBytes + image_bytes);
  const std::span<std::byte> image = attachment->mapping.bytes().subspan(kPageBytes);
  source.fill(image);
  attachment->header = header_of(source, policy, image_bytes, with_checksum ? checksum_of(image) : 0);
  mark_ready(attachment->header);
  attachment->mapping.forbid_writing();
  return Lease(std::move(attachment));
}

Lease Store::load(const ObjectPlace& place, Policy policy, const Source& source) const {
  const auto start = std::chrono::steady_clock::now();
  base::info(kModule, "loading {} name={} directory={}", source.gbz_path, place.name, place.directory);
  sweep_temporaries(place);
  const uint64_t image_bytes = source.measure();
  require_under_ceiling(place.name, image_bytes, options_.ceiling_bytes);
  {
    Draft draft = Draft::reserve(place, {kPageBytes + image_bytes, options_.publication, options_.wait_timeout, options_.system_root, options_.group});
    const uint64_t checksum = fill_image(source, draft);
    write_header(header_of(source, policy, image_bytes, checksum), draft.bytes());
    draft.publish();
  }
  Waiter waiter(options_.wait_timeout, loading_or_removing(place.name));
  std::unique_ptr<Attachment> attachment = attach_object(place, source.fingerprint, waiter);
  if (attachment == nullptr)
    throw failure(Reason::kPublish, fmt::format("{} was removed as soon as it was published", place.object), "look for a clean-up script on this node");
  crash_point(CrashPoint::kAfterAttach);
  attachment->loaded_here = true;
  base::info(kModule, "published name={} bytes={} policy={} seconds={:.1f}", place.name, kPageBytes + image_bytes,
             policy == Policy::kKept ? "kept" : "transient", seconds_since(start));
  return Lease(std::move(attachment));
}

std::vector<Entry> Store::list() const { return inventory(options_.directory, ::geteuid()); }

ObjectHeader Store::inspect(const std::string& name, bool every_byte) const {
  const ObjectPlace place = place_of(options_.directory, validated_name(name));
  const std::optional<ObjectFile> object = open_object(place);
  if (!object)
    throw failure(Reason::kImageAbsent, fmt::format("no shared pangenome '{}' in {}", place.name, place.directory), "haploom gbz ls shows what is there");
  ObjectHeader header = read_header(*object, place);
  if (every_byte) {
    const Mapping mapping = Mapping::readable(object->file.number(), header.total_bytes, place.object);
    verify_sections(header, mapping.bytes(), place.object, place.name);
  }
  return header;
}

void Store::unload(const std::string& name, bool force) const {
  const ObjectPlace place = place_of(options_.directory, validated_name(name));
  const std::optional<FileLock> lock = FileLock::try_acquire(place.lock, std::min(kUnloadPatience, options_.wait_timeout));
  if (!lock) {
    throw failure(Reason::kNameBusy, fmt::format("'{}' is just being loaded or removed by {}", place.name, text_of(lock_holders(place.lock))),
                  "wait for that process, or end it: nothing is left behind");
  }
  sweep_temporaries(place);
  const Descriptor file = open_for_removal(place, family_remedy(list(), place));
  if (!force) require_unleased(place, file);
  crash_point(CrashPoint::kBeforeUnload);
  if (::unlink(place.object.c_str()) != 0)
    throw failure(Reason::kOpen, fmt::format("cannot remove {}: {}", place.object, errno_text(errno)), "ask the owner of the directory");
  crash_point(CrashPoint::kAfterUnload);
}

}  // namespace haploom::shared_image
