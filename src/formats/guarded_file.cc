#include "formats/guarded_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/descriptor.h"

namespace haploom::formats {
namespace {

// What the signal handler looks at; begin 0: free.
struct Guard {
  std::atomic<uintptr_t> begin{0};
  std::atomic<uintptr_t> end{0};
  std::atomic<bool> lost{false};
};
std::array<Guard, 64> guards;
struct sigaction before_us {};

// Zeros for all that follows the page: of a file that was cut the rest is gone too, and the reader gives up in any case.
bool lose_pages(uintptr_t address) {
  const auto page = address & ~(static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE)) - 1);
  for (Guard& guard : guards) {
    const uintptr_t begin = guard.begin.load(), end = guard.end.load();
    if (begin == 0 || address < begin || address >= end) continue;
    guard.lost.store(true);
    return ::mmap(reinterpret_cast<void*>(page), end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
  }
  return false;
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  if (info->si_code <= 0 || !lose_pages(reinterpret_cast<uintptr_t>(info->si_addr))) {
    ::sigaction(SIGBUS, &before_us, nullptr);  // the access is tried again, and meets whoever was there before
    if (info->si_code <= 0) ::raise(signal);   // sent by somebody: there is no access
  }
  errno = saved;
}

void install_once() {
  static std::once_flag installed;
  std::call_once(installed, [] {
    struct sigaction ours {};
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigemptyset(&ours.sa_mask);
    ::sigaction(SIGBUS, &ours, &before_us);
  });
}

size_t guard_of(uintptr_t begin, size_t bytes) {
  static std::mutex registering;
  const std::lock_guard lock(registering);
  for (size_t i = 0; i < guards.size(); ++i) {
    if (guards[i].begin.load() != 0) continue;
    guards[i].lost.store(false);
    guards[i].end.store(begin + bytes);
    guards[i].begin.store(begin);
    return i;
  }
  check(false, "few guarded files are open at a time");
  return 0;
}

}  // namespace

void GuardedFile::refuse(const char* doing, const char* cause) const {
  throw Error{Exit::kInput, reason_, module_, fmt::format("cannot {} '{}': {}", doing, path_, cause), "give the path of a readable file"};
}

GuardedFile::GuardedFile(std::string path, std::string module, Reason reason) : path_(std::move(path)), module_(std::move(module)), reason_(reason) {
  const Descriptor file = base::opened(path_, O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a mapping outlives it
  if (!file) refuse("open", std::strerror(errno));
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) refuse("examine", std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) refuse("map", S_ISDIR(facts.st_mode) ? "it is a directory" : "it is not a regular file");
  size_ = static_cast<size_t>(facts.st_size);
  if (size_ == 0) return;
  install_once();
  void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (mapped == MAP_FAILED) refuse("map", std::strerror(errno));
  data_ = static_cast<const std::byte*>(mapped);
  guard_ = guard_of(reinterpret_cast<uintptr_t>(mapped), size_);
}

GuardedFile::~GuardedFile() {
  if (data_ == nullptr) return;
  guards[guard_].begin.store(0);
  ::munmap(const_cast<std::byte*>(data_), size_);
}

bool GuardedFile::is_whole() const { return data_ == nullptr || !guards[guard_].lost.load(); }

void GuardedFile::require_whole() const {
  if (!is_whole()) refuse("read", "it became shorter, or its disk or server failed, while it was read");
}

}  // namespace haploom::formats
