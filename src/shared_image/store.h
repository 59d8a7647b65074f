// The store: pangenome images as immutable named files that any number of processes share, and that no death can spoil.
//
// An image gets its public name only when its last byte is in place (O_TMPFILE + linkat). Every user holds a shared flock
// on its own descriptor for as long as it has the mapping; the kernel drops it on any death. Names: haploom.<uid>.<name>.
// Source: docs/shared_memory.md (protocol, states, names, reasons).
// Errors: kResource with reasons 10..34 (base/error.h), kUsage for a name that breaks the rules, kInput/22 and /40;
//         base::Interrupted while waiting or reserving, with nothing left behind
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shared_image/draft.h"
#include "shared_image/fingerprint.h"
#include "shared_image/inventory.h"
#include "shared_image/lease.h"
#include "shared_image/name.h"
#include "shared_image/object_header.h"
#include "shared_image/waiter.h"

namespace haploom::shared_image {

struct StoreOptions {
  std::string directory = "/dev/shm";  // or any on a local disk: backing.h
  std::chrono::milliseconds wait_timeout = std::chrono::seconds{1800};
  uint64_t ceiling_bytes = 0;          // --gbz_shared_memory_size_gb; 0 = none. An image over it is reason 20
  Publication publication = Publication::kUnnamed;
  std::filesystem::path system_root = "/";  // before /proc and the mounts of memory cgroups; for tests
  std::optional<uid_t> owner = {};  // whose objects; another user's are attached to, and neither made nor removed
  std::optional<gid_t> group = {};  // may attach to what is loaded here (mode 0440)
};

class Store {
 public:
  explicit Store(StoreOptions options);  // kStoreDirectory when the directory is none

  // What is known of the pangenome only after it was read; goes into the header.
  struct Details {
    std::array<uint64_t, 2> full_fingerprint{};  // XXH3-128 of the whole file
    std::string reference_samples;               // separated by blanks
  };
  // How to make the image when nobody has it: the size is known before a byte is reserved; fill() writes it.
  struct Source {
    std::string gbz_path;
    Fingerprint fingerprint;
    std::function<uint64_t()> measure;                  // bytes of the image; parses the GBZ
    std::function<void(std::span<std::byte>)> fill;     // writes exactly that many bytes
    // Asked before fill(), may be empty: where there is a quicker way into a file than through its mapping, writes them from
    // `offset` on and gives their checksum (checksum.h); nullopt where there is none.
    std::function<std::optional<uint64_t>(int file, uint64_t offset)> copy = {};
    std::function<Details()> details = {};              // asked for after fill() or copy(); may be empty
  };

  // Attaches, or loads when nobody has. One of many concurrent callers loads, the others wait and attach.
  // Policy kKept makes an object that is there a kept one; kTransient leaves a kept one as it is.
  // An object of an earlier boot that a crash of the node damaged is replaced.
  Lease attach_or_load(const StoreName& name, Policy policy, const Source& source) const;
  // Attaches or nullopt, also for an object that a crash damaged. expected: refuse another pangenome (reason 16).
  std::optional<Lease> attach(const StoreName& name, const std::optional<Fingerprint>& expected, Policy policy = Policy::kTransient) const;
  // Loads into this process's own memory, without a store; the limits of `options` hold. policy: of the header, should the
  // copy be written to a file. with_checksum: only who writes or verifies it needs that; else the header's is 0.
  static Lease own_copy(const StoreName& name, Policy policy, const Source& source, const StoreOptions& options, bool with_checksum = true);

  const std::string& directory() const { return options_.directory; }
  std::vector<Entry> list() const;                      // the caller's objects, by name
  ObjectHeader inspect(const std::string& name, bool every_byte) const;  // verified; kImageAbsent. Takes no lease
  void unload(const std::string& name, bool force) const;  // reasons 30, 31, 32

 private:
  ObjectPlace place(const std::string& name) const;
  bool anothers() const;
  void require_own(const ObjectPlace& place) const;
  std::optional<Lease> attach(const ObjectPlace& place, const std::optional<Fingerprint>& expected, Policy policy, Waiter& waiter) const;
  Lease load(const ObjectPlace& place, Policy policy, const Source& source) const;

  StoreOptions options_;
};

}  // namespace haploom::shared_image
