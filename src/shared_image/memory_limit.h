// How much memory this process may still take before the OOM killer ends it: memory cgroups v1 and v2, their parents, and
// the node.
//
// Shared pages are charged to the cgroup of the process that touches them first, and over the limit the kernel kills
// without a word. So the loader asks before it reserves. Page cache counts as free: the kernel gives it up.
// Source: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst; proc(5)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace haploom::shared_image {

struct MemoryRoom {
  uint64_t left = 0;
  uint64_t limit = 0;
  std::string whose;  // "this job (memory cgroup /slurm/job_7)" or "this node"
};

// The tightest of all limits; nullopt when none can be read. root: a prefix to /proc and the mount points, for tests.
std::optional<MemoryRoom> memory_room(const std::filesystem::path& root = "/");

// kResource/kMemoryLimit unless `bytes` fit.
void require_memory(uint64_t bytes, const std::optional<MemoryRoom>& room);

// Whether the pages of files in this directory are memory that cannot be written back to a disk (tmpfs, ramfs).
bool lives_in_memory(const std::string& directory);

}  // namespace haploom::shared_image
