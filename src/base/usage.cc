#include "base/usage.h"

#include <sys/resource.h>
#include <ctime>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace haploom::base {
namespace {

using Clock = std::chrono::steady_clock;
const Clock::time_point program_start = Clock::now();

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }

}  // namespace

Usage process_usage() {
  Usage out;
  out.wall_seconds = std::chrono::duration<double>(Clock::now() - program_start).count();
  rusage spent = {};
  ::getrusage(RUSAGE_SELF, &spent);
  out.cpu_seconds = seconds(spent.ru_utime) + seconds(spent.ru_stime);
  out.peak_memory_bytes = static_cast<int64_t>(spent.ru_maxrss) * 1024;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string key;
    int64_t kilobytes = 0;
    if (!(words >> key >> kilobytes)) continue;
    if (key == "VmHWM:") out.peak_memory_bytes = kilobytes * 1024;
    if (key == "RssShmem:") out.shared_memory_bytes = kilobytes * 1024;
  }
  return out;
}

double thread_cpu_seconds() {
  timespec spent = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

}  // namespace haploom::base
