// What lies in a store directory: the objects, good and damaged, with who holds them.
//
// Takes no lease and no lock. What goes meanwhile is left out; what cannot be read is an entry with its problem.
// Errors: kResource/kStoreDirectory when the directory cannot be read
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shared_image/fingerprint.h"
#include "shared_image/holders.h"
#include "shared_image/object_header.h"

namespace haploom::shared_image {

struct Entry {  // one row of `haploom gbz ls`
  uid_t owner = 0;
  std::string name;
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  uint64_t bytes = 0;
  Policy policy = Policy::kTransient;
  std::string gbz_path;
  Fingerprint fingerprint;
  std::string full_fingerprint;  // 32 hex digits
  int64_t created_unix = 0;
  std::string problem;          // empty when the object is whole
  bool unreadable = false;      // the caller may not read it: whether it is whole is not known; problem says so
  std::vector<Holder> holders;  // from /proc/locks by inode
};

// By owner and name. owner: of whom; of everyone when there is none.
std::vector<Entry> inventory(const std::string& directory, std::optional<uid_t> owner);

}  // namespace haploom::shared_image
