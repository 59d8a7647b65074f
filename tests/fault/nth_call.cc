// A library to preload: fails, or stops before, the N-th call to the system that a program makes on files of a test.
//
//   NTH_CALL_PATHS    folders, separated by colons. Only calls on files below them count: by path where there is one, else by
//                     a descriptor that was opened there. What the dynamic loader and the network's library do is not ours.
//   NTH_CALL_LOG      a file; each call that counts is a line of it: number, family, path or descriptor
//   NTH_CALL_COUNT    families that count, separated by commas; absent: all
//   NTH_CALL_N        which call fails, from 1; absent: none
//   NTH_CALL_DO       a number: the errno it fails with (0: a read that finds the end). "stop": SIGSTOP before it, then it is
//                     done. Absent: the errno that fits the family (kUsual)
//   NTH_CALL_ON       "once" (absent: so too), or "always": from N on every call of that call's family fails
//   NTH_CALL_REFUSE   family=errno,...: kernels and file systems that lack something; not counted, refused everywhere
//   NTH_CALL_CLOCK    any value: the wall clock leaps ten years, forward and back in turn
//   NTH_CALL_PID      what getpid() says
//
// Families: open tmpfile (an open with O_TMPFILE) flock reserve linkat renameat2 rename link mmap read write chmod stat unlink
// sync. Which symbols a program of ours calls says nm -D; an alias that is missing here shows as a call that strace knows and the
// log does not.
//
// SPDX-License-Identifier: BSD-3-Clause
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>

namespace {

struct Usual {
  std::string_view family;
  int error;
};
constexpr Usual kUsual[] = {{"open", EMFILE}, {"tmpfile", ENFILE}, {"flock", ENOLCK},   {"reserve", ENOSPC}, {"linkat", EIO},
                            {"renameat2", EIO}, {"rename", EIO},   {"link", EIO},       {"mmap", ENOMEM},    {"read", EIO},
                            {"write", ENOSPC}, {"chmod", EPERM},   {"stat", EIO},       {"unlink", EPERM},   {"sync", EIO}};
constexpr int kDescriptors = 4096;
constexpr int kNone = -1, kStop = -2;

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string_view setting(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool contains(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t end = list.find(',');
    if (list.substr(0, end) == word) return true;
    list = end == std::string_view::npos ? "" : list.substr(end + 1);
  }
  return false;
}

std::atomic<bool> ours[kDescriptors];  // descriptors opened below NTH_CALL_PATHS
std::atomic<long> calls{0};
std::atomic<const char*> broken{nullptr};  // the family that fails from now on
thread_local bool inside = false;          // our own calls do not count

bool ours_by_path(const char* path) {
  std::string_view list = setting("NTH_CALL_PATHS");
  while (path != nullptr && !list.empty()) {
    const size_t end = list.find(':');
    const std::string_view folder = list.substr(0, end);
    if (!folder.empty() && std::string_view(path).starts_with(folder)) return true;
    list = end == std::string_view::npos ? "" : list.substr(end + 1);
  }
  return false;
}
bool ours_by_descriptor(int file) { return file >= 0 && file < kDescriptors && ours[file]; }
void remember(int file, bool is_ours) {
  if (file >= 0 && file < kDescriptors) ours[file] = is_ours;
}

void note(long number, const char* family, const std::string& what) {
  const char* log = ::getenv("NTH_CALL_LOG");
  if (log == nullptr) return;
  const int saved = errno;
  const std::string line = std::to_string(number) + " " + family + " " + what + "\n";
  const long file = ::syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file >= 0) {
    ::syscall(SYS_write, file, line.data(), line.size());
    ::syscall(SYS_close, file);
  }
  errno = saved;
}

int refused(std::string_view family) {
  std::string_view list = setting("NTH_CALL_REFUSE");
  while (!list.empty()) {
    const size_t end = list.find(',');
    const std::string_view one = list.substr(0, end);
    if (one.size() > family.size() && one.starts_with(family) && one[family.size()] == '=') return ::atoi(one.data() + family.size() + 1);
    list = end == std::string_view::npos ? "" : list.substr(end + 1);
  }
  return kNone;
}

int usual_error(std::string_view family) {
  for (const Usual& usual : kUsual)
    if (usual.family == family) return usual.error;
  ::abort();
}

// The errno that this call shall fail with, kNone to let it be.
int fate_of(const char* family, bool counts, const std::string& what) {
  const int never = refused(family);
  if (never != kNone) return never;
  const std::string_view counted = setting("NTH_CALL_COUNT");
  if (!counts || (!counted.empty() && !contains(counted, family))) return kNone;
  const long number = ++calls;
  note(number, family, what);
  const std::string_view wanted = setting("NTH_CALL_N"), act = setting("NTH_CALL_DO");
  const char* failing = broken;
  const bool now = !wanted.empty() && number == ::atol(wanted.data());
  if (!now && (failing == nullptr || std::string_view(failing) != family)) return kNone;
  if (act == "stop") return kStop;
  if (setting("NTH_CALL_ON") == "always") broken = family;
  return act.empty() ? usual_error(family) : ::atoi(act.data());
}

// Does the call unless it shall fail. `at_end` is what a failure with errno 0 returns.
template <typename Result, typename Call>
Result done(const char* family, bool counts, const std::string& what, Result failure, const Call& call) {
  if (inside) return call();
  inside = true;
  const int fate = fate_of(family, counts, what);
  inside = false;
  if (fate == kStop) ::raise(SIGSTOP);
  if (fate == kNone || fate == kStop) return call();
  errno = fate;
  return fate == 0 ? Result() : failure;
}

std::string of(int file) { return "descriptor " + std::to_string(file); }

int open_as(const char* symbol, const char* path, int flags, mode_t mode) {
  const bool counts = ours_by_path(path);
  const int file = done((flags & O_TMPFILE) == O_TMPFILE ? "tmpfile" : "open", counts, path, -1,
                        [&] { return next<int(const char*, int, ...)>(symbol)(path, flags, mode); });
  if (file >= 0) remember(file, counts);
  return file;
}

mode_t mode_of(int flags, va_list rest) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_as("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return open_as("open64", path, flags, mode);
}
int close(int file) {
  remember(file, false);
  return next<int(int)>("close")(file);
}
int fcntl(int file, int command, ...) {
  va_list rest;
  va_start(rest, command);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  const int result = next<int(int, int, ...)>("fcntl")(file, command, argument);
  if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) remember(result, ours_by_descriptor(file));
  return result;
}
int flock(int file, int operation) noexcept {
  return done("flock", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int, int)>("flock")(file, operation); });
}
int posix_fallocate(int file, off_t from, off_t bytes) {  // returns the error
  const int saved = errno;
  errno = 0;
  const int result = done("reserve", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int, off_t, off_t)>("posix_fallocate")(file, from, bytes); });
  const int error = result == -1 ? errno : result;
  errno = saved;
  return error;
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return done("linkat", ours_by_path(to), to, -1, [&] { return next<int(int, const char*, int, const char*, int)>("linkat")(from_folder, from, to_folder, to, flags); });
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return done("renameat2", ours_by_path(to), to, -1, [&] { return next<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from, to_folder, to, flags); });
}
int rename(const char* from, const char* to) noexcept {
  return done("rename", ours_by_path(to), to, -1, [&] { return next<int(const char*, const char*)>("rename")(from, to); });
}
int link(const char* from, const char* to) noexcept {
  return done("link", ours_by_path(to), to, -1, [&] { return next<int(const char*, const char*)>("link")(from, to); });
}
int unlink(const char* path) noexcept {
  return done("unlink", ours_by_path(path), path, -1, [&] { return next<int(const char*)>("unlink")(path); });
}
void* mmap(void* at, size_t bytes, int protection, int flags, int file, off_t from) noexcept {
  using Mmap = void*(void*, size_t, int, int, int, off_t);
  if (!ours_by_descriptor(file)) return next<Mmap>("mmap")(at, bytes, protection, flags, file, from);
  return done("mmap", true, of(file), MAP_FAILED, [&] { return next<Mmap>("mmap")(at, bytes, protection, flags, file, from); });
}
ssize_t read(int file, void* out, size_t bytes) {
  return done("read", ours_by_descriptor(file), of(file), ssize_t{-1}, [&] { return next<ssize_t(int, void*, size_t)>("read")(file, out, bytes); });
}
ssize_t pread(int file, void* out, size_t bytes, off_t from) {
  return done("read", ours_by_descriptor(file), of(file), ssize_t{-1}, [&] { return next<ssize_t(int, void*, size_t, off_t)>("pread")(file, out, bytes, from); });
}
ssize_t write(int file, const void* from, size_t bytes) {
  return done("write", ours_by_descriptor(file), of(file), ssize_t{-1}, [&] { return next<ssize_t(int, const void*, size_t)>("write")(file, from, bytes); });
}
ssize_t pwrite(int file, const void* from, size_t bytes, off_t to) {
  return done("write", ours_by_descriptor(file), of(file), ssize_t{-1}, [&] { return next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, from, bytes, to); });
}
int fchmod(int file, mode_t mode) noexcept {
  return done("chmod", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int, mode_t)>("fchmod")(file, mode); });
}
int fstat(int file, struct stat* status) noexcept {
  return done("stat", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int, struct stat*)>("fstat")(file, status); });
}
int stat(const char* path, struct stat* status) noexcept {
  return done("stat", ours_by_path(path), path, -1, [&] { return next<int(const char*, struct stat*)>("stat")(path, status); });
}
int lstat(const char* path, struct stat* status) noexcept {
  return done("stat", ours_by_path(path), path, -1, [&] { return next<int(const char*, struct stat*)>("lstat")(path, status); });
}
int fsync(int file) {
  return done("sync", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int)>("fsync")(file); });
}
int fdatasync(int file) {
  return done("sync", ours_by_descriptor(file), of(file), -1, [&] { return next<int(int)>("fdatasync")(file); });
}

pid_t getpid() noexcept {
  const std::string_view pid = setting("NTH_CALL_PID");
  return pid.empty() ? static_cast<pid_t>(::syscall(SYS_getpid)) : ::atoi(pid.data());
}
int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  static std::atomic<unsigned> asked{0};
  const long result = ::syscall(SYS_clock_gettime, clock, time);
  if (clock == CLOCK_REALTIME && !setting("NTH_CALL_CLOCK").empty()) time->tv_sec += (asked++ % 2 == 0 ? 1 : -1) * 10L * 365 * 24 * 3600;
  return static_cast<int>(result);
}
time_t time(time_t* out) noexcept {
  struct timespec now {};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
