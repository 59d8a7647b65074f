#include "shared_image/holders.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace haploom::shared_image {
namespace {

constexpr size_t kMostNamed = 8;

std::string command_of(int pid) {
  std::string command;
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::getline(file, command);
  return command;
}

std::string text_of(const Holder& holder) {
  if (holder.pid <= 0) return "a process of another PID namespace";
  const std::string command = command_of(holder.pid);
  return command.empty() ? fmt::format("pid {}", holder.pid) : fmt::format("pid {} ({})", holder.pid, command);
}

}  // namespace

std::vector<Holder> lock_holders_in(std::string_view locks, dev_t device, ino_t inode) {
  const std::string wanted = fmt::format("{:02x}:{:02x}:{}", major(device), minor(device), inode);
  std::vector<Holder> found;
  std::istringstream lines{std::string(locks)};
  for (std::string line; std::getline(lines, line);) {
    // 1: FLOCK  ADVISORY  READ 1234 00:1a:5678 0 EOF ; those who wait bear "->" after the number
    std::istringstream words(line);
    std::string number, kind, advisory, access, place;
    long pid = 0;
    if (!(words >> number >> kind >> advisory >> access >> pid >> place) || kind != "FLOCK" || place != wanted) continue;
    const auto same = [&](const Holder& holder) { return holder.pid == pid && pid > 0; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back({static_cast<int>(pid)});
  }
  return found;
}

std::vector<Holder> lock_holders(dev_t device, ino_t inode) {
  std::ifstream file("/proc/locks");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return lock_holders_in(text, device, inode);
}

std::vector<Holder> lock_holders(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return lock_holders(status.st_dev, status.st_ino);
}

std::string text_of(const std::vector<Holder>& holders) {
  if (holders.empty()) return "a process that cannot be seen from here";
  std::string text;
  for (size_t i = 0; i < std::min(holders.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + text_of(holders[i]);
  if (holders.size() > kMostNamed) text += fmt::format(" and {} more", holders.size() - kMostNamed);
  return text;
}

}  // namespace haploom::shared_image
