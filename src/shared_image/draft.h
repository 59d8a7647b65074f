// An object in the making: reserved in full, invisible, and gone with its maker until it is published.
//
// An unnamed file (O_TMPFILE), linked into place when it is whole. Where that is refused (some network and overlay file
// systems, no /proc): a file <object>.tmp.<pid>.<random> under an exclusive flock, renamed into place without replacing;
// whoever holds the name lock and can take that flock may remove it.
// Space is reserved with posix_fallocate: after ftruncate alone a full store answers a write with SIGBUS.
// Source: open(2) O_TMPFILE, linkat(2), renameat2(2) RENAME_NOREPLACE
// Errors: kResource with kNoSpace, kMemoryLimit, kStoreDirectory, kPublish, kTimeout; base::Interrupted while reserving
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "shared_image/mapping.h"
#include "shared_image/name.h"

namespace haploom::shared_image {

enum class Publication {
  kUnnamed,  // O_TMPFILE where the file system takes it, else as below
  kNamed     // a named temporary at once
};

struct Reservation {
  uint64_t bytes = 0;
  Publication publication = Publication::kUnnamed;
  std::chrono::milliseconds wait_timeout{};   // for another that reserves
  std::filesystem::path system_root = "/";    // of memory_room()
  std::optional<gid_t> group = {};            // may read the object; nobody but the owner otherwise
};

class Draft {
 public:
  // The caller holds the name lock. One at a time per user and store, from looking for space and memory until both are
  // taken: of two loads that fit singly one must succeed, and two that do not fit together must not both begin.
  static Draft reserve(const ObjectPlace& place, const Reservation& wanted);
  ~Draft();
  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;

  std::span<std::byte> bytes() { return mapping_.bytes(); }
  int file() const { return file_.number(); }  // the same bytes, for who writes without touching each page
  // Read-only, under its name, in one step; on a disk its bytes are there before the name. The draft is over then.
  void publish();

 private:
  Draft(ObjectPlace place, uint64_t bytes, std::optional<gid_t> group) : place_(std::move(place)), bytes_(bytes), group_(group) {}
  void create(Publication publication);
  void create_named();
  void fill_up();

  ObjectPlace place_;
  uint64_t bytes_;
  std::optional<gid_t> group_;
  Descriptor file_;
  std::string temporary_;  // empty for an unnamed file
  Mapping mapping_;
};

// Removes named temporaries of this object whose maker is dead. The caller holds the name lock.
void sweep_temporaries(const ObjectPlace& place);

}  // namespace haploom::shared_image
