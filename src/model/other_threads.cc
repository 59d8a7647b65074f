#include "model/other_threads.h"

#include <ctime>
#include <filesystem>
#include <string>

namespace haploom::model {
namespace {

// The kernel's number of a thread's CPU clock (CPUCLOCK_SCHED and the bit for one thread), which pthread_getcpuclockid(3)
// makes too, but only of a pthread_t.
clockid_t cpu_clock(pid_t thread) { return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3U) | 6U); }

}  // namespace

ThreadIds threads_of_process() {
  ThreadIds out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task", ignored)) {
    out.insert(static_cast<pid_t>(std::stol(entry.path().filename().string())));
  }
  return out;
}

double cpu_seconds(const ThreadIds& threads) {
  double sum = 0;
  for (const pid_t thread : threads) {
    timespec used{};
    if (clock_gettime(cpu_clock(thread), &used) == 0) sum += static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
  }
  return sum;
}

}  // namespace haploom::model
