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
#include "shared_image/holders.h"
#include "shared_image/lease.h"
#include "shared_image/name.h"
#include "shared_image/object_header.h"

namespace haploom::shared_image {

struct StoreOptions {
  std::string directory = "/dev/shm";  // or --gbz_store_dir, on a local disk
  std::chrono::milliseconds wait_timeout = std::chrono::seconds{1800};
  uint64_t ceiling_bytes = 0;          // --gbz_shared_memory_size_gb; 0 = none. An image over it is reason 20
  Publication publication = Publication::kUnnamed;
  std::filesystem::path system_root = "/";  // before /proc and the mounts of memory cgroups; for tests
};

struct Entry {  // one row of `haploom gbz ls`
  std::string name;
  std::string path;
  uint64_t bytes = 0;
  Policy policy = Policy::kTransient;
  std::string gbz_path;
  Fingerprint fingerprint;
  int64_t created_unix = 0;
  std::string problem;          // empty when the object is whole
  std::vector<Holder> holders;  // from /proc/locks by inode
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
    std::function<Details()> details = {};              // asked for after fill(); may be empty
  };

  // Attaches, or loads when nobody has. One of many concurrent callers loads, the others wait and attach.
  // Policy kKept makes an object that is there a kept one; kTransient leaves a kept one as it is.
  Lease attach_or_load(const StoreName& name, Policy policy, const Source& source) const;
  // Attaches or nullopt. expected: refuse another pangenome (reason 16).
  std::optional<Lease> attach(const StoreName& name, const std::optional<Fingerprint>& expected) const;

  std::vector<Entry> list() const;                      // the caller's objects, by name
  ObjectHeader inspect(const std::string& name, bool every_byte) const;  // verified; kImageAbsent. Takes no lease
  void unload(const std::string& name, bool force) const;  // reasons 30, 31, 32

 private:
  Lease load(const ObjectPlace& place, Policy policy, const Source& source) const;
  void require_under_ceiling(const ObjectPlace& place, uint64_t image_bytes) const;

  StoreOptions options_;
};

}  // namespace haploom::shared_image
