// Where a shared pangenome lives: in memory (/dev/shm), in a directory on a local disk, or in this process alone.
//
// All jobs of a node that say the same look into the same directories in the same order, so whoever comes first decides
// and the others find it. The disk's pages are shared through the page cache; under a memory limit they are dropped and
// read again, where those of /dev/shm can only be swapped.
// Source: docs/shared_memory.md, "Where it lives"; statfs(2) and linux/magic.h for the types of file systems
// Errors: kUsage for flags that contradict each other; kResource/kStoreDirectory for a network file system
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace haploom::shared_image {

enum class Backing {
  kAuto,    // the first of the three that has room
  kShm,     // /dev/shm
  kFile,    // the directory given, else $TMPDIR, else /tmp
  kPrivate  // memory of this process: nothing is shared
};

struct Placement {
  Backing backing = Backing::kAuto;
  std::string directory = {};  // empty: none given. With kAuto, that directory and no other
  bool allow_network = false;  // kernel locks may be local or absent there, and a server's fault becomes a SIGBUS
};

// Where to look and to load, in this order; empty for kPrivate.
std::vector<std::string> store_directories(const Placement& placement);
// Those of them that hold an object of the caller's of that name.
std::vector<std::string> directories_with(const std::string& name, const Placement& placement);
// For remedies: "haploom gbz unload 'x' --force", with --gbz_store_dir where the command would not look by itself.
// directory: the store's; flags: what stands between.
std::string unload_command(const std::string& name, const std::string& directory, const std::string& flags = "");
// Whether a load that finds no room in the last of them may go into the process's own memory.
bool may_stay_private(const Placement& placement);

// "nfs", "lustre"...; nullopt for a file system of this node, or one that cannot be asked.
std::optional<std::string> network_file_system(const std::string& path);
// Refuses a directory on a network file system unless that is allowed.
void require_local(const std::string& directory, const Placement& placement);

}  // namespace haploom::shared_image
