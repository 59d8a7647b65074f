// Garbage of a store: what nobody uses and nobody meant to keep, found and removed without harm to whoever comes meanwhile.
//
// Removed: transient and damaged objects without a lease, temporaries and lock files whose process is gone; kept objects
// without a lease only when asked. Each name under its name lock, each object behind an exclusive flock, as in leaving.
// Other users' garbage (root only): while at it the process bears the owner's effective uid, so that it can do what the
// owner could and no more, and lock files that it makes on the way are the owner's.
// Errors: kStoreDirectory; kUsage for other users' without being root; base::Interrupted between two names. What cannot be
//         looked at is a row of the result, not an error
// Source: docs/shared_memory.md, "Garbage"
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared_image/store.h"

namespace haploom::shared_image {

struct GarbageRules {
  bool kept = false;       // kept objects too
  bool all_users = false;
  std::optional<uid_t> owner = {};  // of this user instead of the caller's
  bool dry_run = false;    // look, and remove nothing
};

enum class Rubbish { kTransient, kDamaged, kKept, kTemporary, kLock };

struct GarbageRow {
  uid_t owner = 0;
  std::string path;
  Rubbish what = Rubbish::kTransient;
  uint64_t bytes = 0;
  bool removed = false;  // or would be, in a dry run
  std::string spared;    // why not: "in use by pid 12 (haploom)"
};

std::vector<GarbageRow> collect_garbage(const StoreOptions& options, const GarbageRules& rules);

}  // namespace haploom::shared_image
