#include "commands/store_flags.h"

#include <fmt/format.h>
#include <grp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "commands/call_flags.h"

namespace haploom::commands {
namespace {

// No store is larger and nobody waits longer, and in bytes and milliseconds both fit 64 bits.
constexpr double kMostGb = 1e9;
constexpr double kMostSeconds = 1e9;

using shared_image::Backing;
const std::map<std::string, Backing> kBackings = {{"auto", Backing::kAuto}, {"shm", Backing::kShm}, {"file", Backing::kFile}, {"private", Backing::kPrivate}};

gid_t group_id(const std::string& text) {
  gid_t number = 0;
  if (CLI::detail::lexical_cast(text, number)) return number;
  if (const struct group* found = ::getgrnam(text.c_str())) return found->gr_gid;
  throw Error{Exit::kUsage, Reason::kUsage, "commands", fmt::format("--gbz_shared_memory_group: no group '{}' on this node", text), "getent group lists them; a number will do too"};
}

CLI::Validator above_zero() {
  return CLI::Validator(
      [](const std::string& text) {
        double value = 0;
        const bool holds = CLI::detail::lexical_cast(text, value) && std::isfinite(value) && value > 0;
        return holds ? std::string() : fmt::format("{} is not a number above 0", text);
      },
      "NUMBER > 0");
}

}  // namespace

void add_store_directory(CLI::App& command, std::string& directory) {
  command.add_option("--gbz_store_dir", directory, "where shared pangenomes lie; without it /dev/shm and $TMPDIR, else /tmp, are looked into");
}

std::vector<std::string> places_to_look(const std::string& directory) {
  std::vector<std::string> places = shared_image::store_directories({Backing::kAuto, directory});
  if (directory.empty()) std::erase_if(places, [](const std::string& place) { return !std::filesystem::is_directory(place); });
  return places;
}

shared_image::Store store_with(const std::string& name, const std::string& directory) {
  const shared_image::Placement placement{Backing::kAuto, directory};
  const std::vector<std::string> places = shared_image::directories_with(name, placement);
  if (places.size() > 1) {
    throw Error{Exit::kUsage, Reason::kUsage, "commands", fmt::format("'{}' is in {} and in {}: which?", shared_image::validated_name(name), places[0], places[1]),
                fmt::format("--gbz_store_dir '{}', or --gbz_store_dir '{}'", places[0], places[1])};
  }
  shared_image::StoreOptions options;
  options.directory = places.empty() ? shared_image::store_directories(placement).front() : places.front();
  return shared_image::Store(options);
}

void StoreFlags::add_to(CLI::App& command) {
  const auto add = last_counts(command);
  add("--gbz_shared_memory_size_gb,--shared_memory_size_gb", size_gb,
                     "GB (10^9 bytes) that the pangenome may take at most. Its size is computed; without this flag what there is room for is the limit")
      ->check(above_zero());
  add("--gbz_backing", placement.backing, "where it is held: shm (/dev/shm), file (a directory on a local disk), private (this process alone), auto (the first that has room)")
      ->transform(CLI::CheckedTransformer(kBackings))
      ->default_str("auto");
  add("--gbz_store_dir", placement.directory, "the directory that holds it; for file, default $TMPDIR, else /tmp");
  command.add_flag("--gbz_allow_network_store", placement.allow_network, "take that directory although it lies on a network file system");
  add("--gbz_shared_memory_owner", owner, "attach to what this user id has loaded (with --gbz_shared_memory_group), and load nothing");
  add("--gbz_shared_memory_group", group, "group, by name or number, whose members may attach to what is loaded here");
  command.add_flag("--verify_pangenome", verify, "compare the whole GBZ file and every byte of the image with their checksums");
  command.add_flag("--gbz_mlock", lock_memory, "keep the pangenome from being swapped");
  add("--gbz_wait_timeout", wait_timeout, "seconds to wait for another process that loads the same pangenome")
      ->capture_default_str()
      ->check(above_zero());
}

shared_image::HoldOptions StoreFlags::options(int threads) const {
  shared_image::HoldOptions out;
  out.threads = static_cast<unsigned>(std::max(1, threads));
  out.placement = placement;
  out.verify = verify;
  out.lock_memory = lock_memory;
  out.store.owner = owner;
  if (!group.empty()) out.store.group = group_id(group);
  if (size_gb) out.store.ceiling_bytes = std::max<uint64_t>(1, static_cast<uint64_t>(std::min(*size_gb, kMostGb) * 1e9));
  out.store.wait_timeout = std::chrono::milliseconds(static_cast<int64_t>(std::min(wait_timeout, kMostSeconds) * 1e3));
  return out;
}

std::vector<std::string> StoreFlags::words() const {
  const StoreFlags usual;
  std::vector<std::string> out;
  const auto say = [&out](const char* flag, const std::string& value) { out.insert(out.end(), {flag, value}); };
  if (size_gb) say("--gbz_shared_memory_size_gb", fmt::format("{}", *size_gb));
  for (const auto& [name, backing] : kBackings) {
    if (placement.backing == backing && backing != usual.placement.backing) say("--gbz_backing", name);
  }
  if (!placement.directory.empty()) say("--gbz_store_dir", placement.directory);
  if (placement.allow_network) out.emplace_back("--gbz_allow_network_store");
  if (owner) say("--gbz_shared_memory_owner", std::to_string(*owner));
  if (!group.empty()) say("--gbz_shared_memory_group", group);
  if (verify) out.emplace_back("--verify_pangenome");
  if (lock_memory) out.emplace_back("--gbz_mlock");
  if (wait_timeout != usual.wait_timeout) say("--gbz_wait_timeout", fmt::format("{}", wait_timeout));
  return out;
}

}  // namespace haploom::commands
