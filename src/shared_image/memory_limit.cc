#include "shared_image/memory_limit.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/quantity.h"
#include "shared_image/failure.h"

namespace haploom::shared_image {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kUnlimited = uint64_t{1} << 60;  // v1 writes 2^63 less a page for "no limit"

// Files of one cgroup version that say limit, usage and page cache.
struct Dialect {
  const char* limit;
  const char* usage;
  const char* active;
  const char* inactive;
};
constexpr Dialect kV1 = {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_active_file", "total_inactive_file"};
constexpr Dialect kV2 = {"memory.max", "memory.current", "active_file", "inactive_file"};

std::optional<uint64_t> number_in(const fs::path& file) {
  std::ifstream in(file);
  uint64_t value = 0;
  if (!(in >> value)) return std::nullopt;  // absent, or "max"
  return value;
}

// The value after `key` in a file of "key value" lines ("MemAvailable: 12 kB", "inactive_file 4096").
uint64_t value_of(const fs::path& file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name;
    uint64_t value = 0;
    if (words >> name >> value && name == key) return value;
  }
  return 0;
}

uint64_t less(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

std::optional<MemoryRoom> room_of_group(const fs::path& group, const Dialect& dialect) {
  const std::optional<uint64_t> limit = number_in(group / dialect.limit);
  const std::optional<uint64_t> usage = number_in(group / dialect.usage);
  if (!limit || !usage || *limit >= kUnlimited) return std::nullopt;
  const fs::path statistics = group / "memory.stat";
  const uint64_t cache = value_of(statistics, dialect.active) + value_of(statistics, dialect.inactive);
  return MemoryRoom{less(*limit, less(*usage, cache)), *limit, ""};
}

std::optional<MemoryRoom> room_of_node(const fs::path& root) {
  const fs::path file = root / "proc/meminfo";
  const uint64_t total = value_of(file, "MemTotal:") + value_of(file, "SwapTotal:");
  if (total == 0) return std::nullopt;
  return MemoryRoom{(value_of(file, "MemAvailable:") + value_of(file, "SwapFree:")) * 1024, total * 1024, "this node"};
}

struct Hierarchy {
  fs::path mount_point;
  fs::path mount_root;  // which cgroup is seen at the mount point: not "/" inside containers
  Dialect dialect;
};

bool has_option(const std::string& options, const std::string& wanted) {
  std::istringstream words(options);
  for (std::string word; std::getline(words, word, ',');)
    if (word == wanted) return true;
  return false;
}

// proc(5): id parent major:minor root mount_point options [optional...] - type source super_options
std::vector<Hierarchy> hierarchies(const fs::path& root) {
  std::vector<Hierarchy> found;
  std::ifstream in(root / "proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash)), after(line.substr(dash + 3));
    std::string id, parent, device, mount_root, mount_point, type, source, options;
    before >> id >> parent >> device >> mount_root >> mount_point;
    after >> type >> source >> options;
    if (type == "cgroup2") found.push_back({mount_point, mount_root, kV2});
    if (type == "cgroup" && has_option(options, "memory")) found.push_back({mount_point, mount_root, kV1});
  }
  return found;
}

// The process's cgroup in a hierarchy: lines "4:memory:/a/b" (v1) and "0::/a/b" (v2).
std::optional<fs::path> own_group(const fs::path& root, bool v2) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (v2 ? line.starts_with("0::") : has_option(controllers, "memory")) return fs::path(line.substr(second + 1));
  }
  return std::nullopt;
}

// The group below the mount point, as far as the mount shows it.
fs::path below_mount(const fs::path& group, const fs::path& mount_root) {
  const fs::path relative = group.lexically_relative(mount_root);
  return relative.empty() || *relative.begin() == ".." ? fs::path(".") : relative;
}

void take_tighter(std::optional<MemoryRoom>& best, const std::optional<MemoryRoom>& other, const std::string& whose = "") {
  if (!other || (best && best->left <= other->left)) return;
  best = other;
  if (!whose.empty()) best->whose = whose;
}

}  // namespace

std::optional<MemoryRoom> memory_room(const fs::path& root) {
  std::optional<MemoryRoom> best = room_of_node(root);
  for (const Hierarchy& hierarchy : hierarchies(root)) {
    const std::optional<fs::path> group = own_group(root, hierarchy.dialect.limit == kV2.limit);
    if (!group) continue;
    const fs::path top = root / hierarchy.mount_point.relative_path();
    fs::path relative = below_mount(*group, hierarchy.mount_root).lexically_normal();
    while (true) {
      take_tighter(best, room_of_group(top / relative, hierarchy.dialect), fmt::format("this job (memory cgroup {})", group->string()));
      if (relative.empty() || relative == ".") break;
      relative = relative.parent_path();
    }
  }
  return best;
}

void require_memory(uint64_t bytes, const std::optional<MemoryRoom>& room) {
  if (!room || bytes <= room->left) return;
  throw failure(Reason::kMemoryLimit,
                fmt::format("{} may use {}, of which {} are left; the pangenome image needs {}", room->whose, base::size_text(room->limit),
                            base::size_text(room->left), base::size_text(bytes)),
                "give the loading job more memory (--mem), load it beforehand with load_gbz_into_shared_memory, or give "
                "--gbz_store_dir a directory on a local disk");
}

bool lives_in_memory(const std::string& directory) {
  struct statfs status {};
  if (::statfs(directory.c_str(), &status) != 0) return false;
  return status.f_type == TMPFS_MAGIC || static_cast<unsigned>(status.f_type) == RAMFS_MAGIC;
}

}  // namespace haploom::shared_image
