// An object in the making: reserved in full, invisible, and gone with its maker until it is published.
//
// An unnamed file (O_TMPFILE), linked into place when it is whole. Where that is refused (some network and overlay file
// systems, no /proc): a file <object>.tmp.<pid>.<random> under an exclusive flock, renamed into place without replacing;
// whoever holds the name lock and can take that flock may remove it.
// Space is reserved with posix_fallocate: after ftruncate alone a full store answers a write with SIGBUS.
// Source: open(2) O_TMPFILE, linkat(2), renameat2(2) RENAME_NOREPLACE
// Errors: kResource with kNoSpace, kStoreDirectory, kPublish; base::Interrupted while reserving
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "shared_image/descriptor.h"
#include "shared_image/mapping.h"
#include "shared_image/name.h"
#include "shared_image/waiter.h"

namespace haploom::shared_image {

enum class Publication {
  kUnnamed,  // O_TMPFILE where the file system takes it, else as below
  kNamed     // a named temporary at once
};

class Draft {
 public:
  // The caller holds the name lock. One at a time per user and store: two loads that fit singly must not starve each other.
  static Draft reserve(const ObjectPlace& place, uint64_t bytes, Publication publication, Waiter& waiter);
  ~Draft();
  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;

  std::span<std::byte> bytes() { return mapping_.bytes(); }
  // Read-only, under its name, in one step. The draft is over then.
  void publish();

 private:
  explicit Draft(ObjectPlace place) : place_(std::move(place)) {}
  void create(Publication publication);
  void create_named();
  void fill_up(uint64_t bytes);

  ObjectPlace place_;
  Descriptor file_;
  std::string temporary_;  // empty for an unnamed file
  Mapping mapping_;
};

// Removes named temporaries of this object whose maker is dead. The caller holds the name lock.
void sweep_temporaries(const ObjectPlace& place);

}  // namespace haploom::shared_image
