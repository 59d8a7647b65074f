#include "base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.h"

namespace haploom::base {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestNamePart = 200;  // keeps `.<name>.<pid>.tmp` under NAME_MAX (255)

// The end of a long name: that is where an output and its index differ.
std::string tail(const std::string& name) { return name.size() <= kLongestNamePart ? name : name.substr(name.size() - kLongestNamePart); }

// The descriptor that a name like /dev/stdout stands for. Opening the name instead would truncate a redirected stdout.
std::optional<int> inherited_descriptor(std::string_view path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int number = -1;
    const char* last = path.data() + path.size();
    const auto [stop, wrong] = std::from_chars(path.data() + folder.size(), last, number);
    if (wrong == std::errc() && stop == last && number >= 0) return number;
  }
  return std::nullopt;
}

std::string remedy_for(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: return "create the folder, or name another output";
    case EISDIR: return "name a file inside that folder";
    case EACCES:
    case EPERM:
    case EROFS: return "name an output in a folder that you may write to";
    case ENOSPC:
    case EDQUOT: return "free space on that disk, or name an output on another one";
    case EFBIG: return "raise the file size limit (ulimit -f), or name an output on another disk";
    case EPIPE: return "keep the reader of that pipe running until the end";
    case EMFILE:
    case ENFILE: return "raise the limit of open files (ulimit -n)";
    default: return "name an output on another disk; the system's log may say what is wrong with this one";
  }
}

void sync_folder(const std::string& folder) noexcept {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;  // the rename stands; only its survival of a power cut is in question
  ::fsync(fd);
  ::close(fd);
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, std::string module) : path_(std::move(path)), module_(std::move(module)) {
  if (path_.empty()) fail("cannot open", ENOENT);
  if (const auto inherited = inherited_descriptor(path_)) {
    straight_through_ = true;
    fd_ = ::fcntl(*inherited, F_DUPFD_CLOEXEC, 0);
    if (fd_ < 0) fail("cannot open", errno);
    return;
  }
  struct stat there;
  const bool exists = ::stat(path_.c_str(), &there) == 0;
  if (!exists && errno != ENOENT) fail("cannot open", errno);
  if (exists && S_ISDIR(there.st_mode)) fail("cannot open", EISDIR);
  if (exists && !S_ISREG(there.st_mode)) {
    straight_through_ = true;
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) fail("cannot open", errno);
    return;
  }
  if (exists && ::access(path_.c_str(), W_OK) != 0) fail("cannot open", errno);
  std::error_code unresolved;
  const fs::path target = fs::weakly_canonical(path_, unresolved);
  final_ = unresolved ? path_ : target.string();
  open_temporary();
}

void AtomicFile::open_temporary() {
  const fs::path target(final_);
  const std::string name = target.filename().string();
  if (name.empty()) fail("cannot open", EISDIR);
  const std::string folder = folder_of(final_);
  temporary_ = (fs::path(folder) / fmt::format(".{}.{}.tmp", tail(name), ::getpid())).string();
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  fd_ = ::open(temporary_.c_str(), flags, 0666);
  if (fd_ < 0 && errno == EEXIST) {
    ::unlink(temporary_.c_str());  // of a run that was killed and had our number; commit() notices if it was not
    fd_ = ::open(temporary_.c_str(), flags, 0666);
  }
  if (fd_ < 0) {
    const int why = errno;
    temporary_.clear();
    fail("cannot open", why);
  }
}

AtomicFile::~AtomicFile() { abandon(); }

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      final_(std::move(other.final_)),
      temporary_(std::exchange(other.temporary_, {})),
      module_(std::move(other.module_)),
      fd_(std::exchange(other.fd_, -1)),
      synced_(other.synced_),
      straight_through_(other.straight_through_) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  path_ = std::move(other.path_);
  final_ = std::move(other.final_);
  temporary_ = std::exchange(other.temporary_, {});
  module_ = std::move(other.module_);
  fd_ = std::exchange(other.fd_, -1);
  synced_ = other.synced_;
  straight_through_ = other.straight_through_;
  return *this;
}

void AtomicFile::abandon() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

void AtomicFile::write(std::string_view bytes) {
  check(fd_ >= 0 && !synced_, "an output is written before it is synced or committed");
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail("cannot write", errno);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void AtomicFile::sync() {
  check(fd_ >= 0, "an output is synced before it is committed");
  if (!straight_through_ && !synced_ && ::fsync(fd_) != 0) fail("cannot write", errno);
  synced_ = true;
}

void AtomicFile::commit() {
  check(fd_ >= 0, "an output is committed once");
  sync();
  if (straight_through_) {
    if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) fail("cannot write", errno);
    return;
  }
  struct stat ours, named;
  const bool same = ::fstat(fd_, &ours) == 0 && ::stat(temporary_.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
                    ours.st_dev == named.st_dev;
  if (!same) {
    temporary_.clear();  // another's now: not ours to remove
    throw Error{Exit::kResource, Reason::kOutput, module_,
                fmt::format("output '{}': another job wrote the same output at the same time", path_),
                "give each job an output name of its own"};
  }
  if (::close(std::exchange(fd_, -1)) != 0) fail("cannot write", errno);
  if (::rename(temporary_.c_str(), final_.c_str()) != 0) fail("cannot rename the finished file to", errno);
  temporary_.clear();
  sync_folder(folder_of(final_));
}

void AtomicFile::fail(std::string_view doing, int error_number) const {
  throw Error{Exit::kResource, Reason::kOutput, module_,
              fmt::format("{} output '{}': {}", doing, path_, std::strerror(error_number)), remedy_for(error_number)};
}

}  // namespace haploom::base
