#include "shared_image/crash_point.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

constexpr size_t kPoints = static_cast<size_t>(CrashPoint::kCount);
constexpr std::array<std::string_view, kPoints> kNames = {
    "before_create", "after_create", "after_reserve",      "half_filled",       "after_header",  "after_state",
    "after_publish", "after_attach", "before_last_unlink", "after_last_unlink", "before_unload", "after_unload",
    "object_opened", "lock_opened",  "lock_released",
};
static_assert(!kNames.back().empty(), "every crash point has a name");

bool named_by(const char* variable, CrashPoint point) {
  const char* wanted = std::getenv(variable);
  if (wanted == nullptr) return false;
  if (std::find(kNames.begin(), kNames.end(), wanted) == kNames.end()) {
    throw Error{Exit::kUsage, Reason::kUsage, kModule, fmt::format("{}={} is no crash point", variable, wanted),
                fmt::format("one of: {}", fmt::join(kNames, " "))};
  }
  return wanted == crash_point_name(point);
}

}  // namespace

std::vector<CrashPoint> crash_points() {
  std::vector<CrashPoint> all;
  for (size_t i = 0; i < kPoints; ++i) all.push_back(static_cast<CrashPoint>(i));
  return all;
}

std::string_view crash_point_name(CrashPoint point) { return kNames[static_cast<size_t>(point)]; }

bool crash_point_armed(CrashPoint point) { return named_by("HAPLOOM_CRASH_POINT", point); }

void crash_point(CrashPoint point) {
  if (crash_point_armed(point)) ::kill(::getpid(), SIGKILL);
  if (named_by("HAPLOOM_STOP_POINT", point)) {
    ::unsetenv("HAPLOOM_STOP_POINT");
    ::raise(SIGSTOP);
  }
}

}  // namespace haploom::shared_image
