#include "shared_image/holders.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <sstream>

#include "shared_image/name.h"

namespace haploom::shared_image {
namespace {

constexpr size_t kMostNamed = 8;

std::string command_of(int pid) {
  std::string command;
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::getline(file, command);
  return command;
}

// Empty when the process has ended or is not ours to look at.
std::string text_of_proc(int pid, const char* file) { return text_of_file(fmt::format("/proc/{}/{}", pid, file)); }

std::string place_in_proc(dev_t device, ino_t inode) { return fmt::format("{:02x}:{:02x}:{}", major(device), minor(device), inode); }

std::string text_of(const Holder& holder) {
  if (holder.pid <= 0) return "a process of another PID namespace";
  const std::string command = command_of(holder.pid);
  return command.empty() ? fmt::format("pid {}", holder.pid) : fmt::format("pid {} ({})", holder.pid, command);
}

}  // namespace

std::string text_of_file(const std::string& path) {
  const std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();  // an error of reading ends it; through iterators it would be thrown
  return out.str();
}

std::vector<Holder> lock_holders_in(std::string_view locks, dev_t device, ino_t inode) {
  const std::string wanted = place_in_proc(device, inode);
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
  return lock_holders_in(text_of_file("/proc/locks"), device, inode);
}

std::vector<Holder> lock_holders(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return lock_holders(status.st_dev, status.st_ino);
}

std::optional<Account> account_of(uid_t uid) {
  struct passwd entry {};
  struct passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return Account{entry.pw_name, entry.pw_gid};
}

std::string user_name(uid_t uid) {
  const std::optional<Account> account = account_of(uid);
  return account ? account->name : std::to_string(uid);
}

std::string job_in_environment(std::string_view environ) {
  return job_id([&](const char* variable) {
    const std::string wanted = fmt::format("{}=", variable);
    for (std::string_view rest = environ; !rest.empty();) {
      const std::string_view entry = rest.substr(0, rest.find('\0'));
      if (entry.starts_with(wanted)) return std::string(entry.substr(wanted.size()));
      rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    }
    return std::string();
  });
}

std::string job_in_cgroup(std::string_view cgroup) {
  // Slurm .../job_1234/step_0; PBS .../pbs_jobs.service/jobid/1234.server; LSF /lsf/cluster/job.1234.5678
  static const std::regex pattern(R"(/(?:slurm[^\n]*/job_|pbs_jobs\.service/jobid/|lsf/[^\n]*/job\.)([0-9]+))");
  std::match_results<std::string_view::const_iterator> match;
  return std::regex_search(cgroup.begin(), cgroup.end(), match, pattern) ? match[1].str() : "";
}

std::optional<uint64_t> pss_in(std::string_view smaps, dev_t device, ino_t inode) {
  const std::string wanted = place_in_proc(device, inode);
  std::optional<uint64_t> bytes;
  bool ours = false;
  std::istringstream lines{std::string(smaps)};
  for (std::string line; std::getline(lines, line);) {
    // 7f00-7f01 r--s 00000000 00:1a 5678   /dev/shm/x ; then lines as "Pss:   12 kB"
    std::istringstream words(line);
    std::string range, rights, offset, place, number;
    uint64_t kilobytes = 0;
    if (!(words >> range)) continue;
    if (range == "Pss:" && ours && words >> kilobytes) bytes = bytes.value_or(0) + kilobytes * 1024;
    if (!range.ends_with(':')) ours = words >> rights >> offset >> place >> number && place + ":" + number == wanted;
  }
  return bytes;
}

HolderFacts facts_of(const Holder& holder, dev_t device, ino_t inode) {
  HolderFacts facts{.pid = holder.pid, .user = "", .job = "", .command = "", .pss_bytes = std::nullopt};
  struct stat status {};
  if (holder.pid <= 0 || ::stat(fmt::format("/proc/{}", holder.pid).c_str(), &status) != 0) return facts;
  facts.user = user_name(status.st_uid);
  facts.command = command_of(holder.pid);
  facts.job = job_in_environment(text_of_proc(holder.pid, "environ"));
  if (facts.job.empty()) facts.job = job_in_cgroup(text_of_proc(holder.pid, "cgroup"));
  facts.pss_bytes = pss_in(text_of_proc(holder.pid, "smaps"), device, inode);
  return facts;
}

std::string text_of(const std::vector<Holder>& holders) {
  if (holders.empty()) return "a process that cannot be seen from here";
  std::string text;
  for (size_t i = 0; i < std::min(holders.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + text_of(holders[i]);
  if (holders.size() > kMostNamed) text += fmt::format(" and {} more", holders.size() - kMostNamed);
  return text;
}

}  // namespace haploom::shared_image
