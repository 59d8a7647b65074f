#include "shared_image/backing.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/temporary_directory.h"
#include "shared_image/failure.h"
#include "shared_image/name.h"

namespace haploom::shared_image {
namespace {

constexpr const char* kSharedMemory = "/dev/shm";

// f_type of statfs(2). Those that linux/magic.h lacks: the file systems' own sources.
constexpr std::array<std::pair<uint32_t, const char*>, 15> kNetworkTypes = {{{0x6969, "nfs"},
                                                                            {0x517B, "smb"},
                                                                            {0xFF534D42, "cifs"},
                                                                            {0xFE534D42, "smb2"},
                                                                            {0x0BD00BD0, "lustre"},
                                                                            {0x47504653, "gpfs"},
                                                                            {0x65735546, "fuse"},
                                                                            {0x00C36400, "ceph"},
                                                                            {0x5346414F, "afs"},
                                                                            {0x6B414653, "afs"},
                                                                            {0x01021997, "9p"},
                                                                            {0x19830326, "beegfs"},
                                                                            {0x20030528, "orangefs"},
                                                                            {0x01161970, "gfs2"},
                                                                            {0x7461636F, "ocfs2"}}};

}  // namespace

std::vector<std::string> store_directories(const Placement& placement) {
  const bool given = !placement.directory.empty();
  switch (placement.backing) {
    case Backing::kPrivate: return {};
    case Backing::kFile: return {given ? placement.directory : base::temporary_directory()};
    case Backing::kAuto:
      if (given) return {placement.directory};
      if (base::temporary_directory() == kSharedMemory) return {kSharedMemory};
      return {kSharedMemory, base::temporary_directory()};
    case Backing::kShm: break;
  }
  if (given && placement.directory != kSharedMemory) {
    throw Error{Exit::kUsage, Reason::kUsage, kModule, fmt::format("--gbz_backing shm lives in {}, but --gbz_store_dir says {}", kSharedMemory, placement.directory),
                "leave one of them out, or give --gbz_backing file"};
  }
  return {kSharedMemory};
}

std::vector<std::string> directories_with(const std::string& name, const Placement& placement) {
  std::vector<std::string> directories = store_directories(placement);
  std::erase_if(directories, [&](const std::string& directory) {
    struct stat status {};
    return ::lstat(place_of(directory, validated_name(name)).object.c_str(), &status) != 0;
  });
  return directories;
}

std::string unload_command(const std::string& name, const std::string& directory, const std::string& flags) {
  const std::vector<std::string> looked_into = store_directories({});
  const bool found = std::find(looked_into.begin(), looked_into.end(), directory) != looked_into.end();
  return fmt::format("haploom gbz unload '{}'{}{}{}", name, flags.empty() ? "" : " ", flags, found ? "" : fmt::format(" --gbz_store_dir '{}'", directory));
}

bool may_stay_private(const Placement& placement) {
  return placement.backing == Backing::kPrivate || (placement.backing == Backing::kAuto && placement.directory.empty());
}

std::optional<std::string> network_file_system(const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return std::nullopt;
  for (const auto& [type, name] : kNetworkTypes)
    if (static_cast<uint32_t>(status.f_type) == type) return name;
  return std::nullopt;
}

void require_local(const std::string& directory, const Placement& placement) {
  if (placement.allow_network) return;
  if (const auto type = network_file_system(directory)) {
    throw failure(Reason::kStoreDirectory, fmt::format("the store directory {} lies on a network file system ({}), whose locks and pages cannot be relied on", directory, *type),
                  "give --gbz_store_dir a directory on a local disk, or --gbz_allow_network_store if you know that its locks hold on this node");
  }
}

}  // namespace haploom::shared_image
