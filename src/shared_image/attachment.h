// Attaching: open, verify, lease, map; and leaving, where the last user of a transient object removes it.
//
// The lease is a shared flock on a descriptor of its own. The kernel counts such leases and drops them on any death.
// Verification goes before the lease, so that whoever refuses an object never keeps its last user from removing it; the
// link count goes after it, since the object may be removed between opening and leasing.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "base/descriptor.h"
#include "shared_image/fingerprint.h"
#include "shared_image/mapping.h"
#include "shared_image/name.h"
#include "shared_image/object_header.h"
#include "shared_image/waiter.h"

namespace haploom::shared_image {

struct Attachment {
  ObjectPlace place;
  Descriptor file;  // bears the lease
  Mapping mapping;
  ObjectHeader header;
  bool loaded_here = false;
  pid_t owner = 0;  // a forked child that drops its copy must not remove what the parent uses
};

// Null when there is no object. expected: refuse another pangenome (kOtherPangenome).
std::unique_ptr<Attachment> attach_object(const ObjectPlace& place, const std::optional<Fingerprint>& expected, Waiter& waiter);

// What leaving came to; for tests and the log.
enum class Leaving { kRemoved, kStays };
Leaving leave_object(Attachment attachment);

}  // namespace haploom::shared_image
