// Places where a test lets the program die by SIGKILL, to see that no death there spoils the store, or stop by SIGSTOP, to
// let another process come exactly between.
//
// Always compiled in, inert unless HAPLOOM_CRASH_POINT or HAPLOOM_STOP_POINT names one. The list is this enumeration:
// tests loop over all of it, so a new point cannot be forgotten, and a point that no code reaches fails its test.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>
#include <vector>

namespace haploom::shared_image {

enum class CrashPoint {
  // the loader, before the object is visible
  kBeforeCreate,
  kAfterCreate,
  kAfterReserve,
  kHalfFilled,
  kAfterHeader,
  kAfterState,
  // the loader, after
  kAfterPublish,
  kAfterAttach,
  // the last to leave a transient object, and the unloader
  kBeforeLastUnlink,
  kAfterLastUnlink,
  kBeforeUnload,
  kAfterUnload,
  // everyone: between two calls whose order matters
  kObjectOpened,
  kLockOpened,
  kLockReleased,
  kCount
};

std::vector<CrashPoint> crash_points();
std::string_view crash_point_name(CrashPoint point);  // "after_reserve"

// True when the environment names this point. An unknown name there is kUsage, listing all.
bool crash_point_armed(CrashPoint point);
// Dies here if armed; stops here, the first time, if HAPLOOM_STOP_POINT names it.
void crash_point(CrashPoint point);

}  // namespace haploom::shared_image
