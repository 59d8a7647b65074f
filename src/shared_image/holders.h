// Who holds a lock on a file: /proc/locks, by inode; and who they are.
//
// For messages and tables only; nothing is decided by it. Processes of other PID namespaces show as pid 0, and nothing is
// found where /proc is hidden or the file system reports other device numbers there than stat does.
// Source: proc(5), /proc/locks, /proc/PID/{comm,cgroup,environ,smaps}
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::shared_image {

struct Holder { int pid = 0; };

std::vector<Holder> lock_holders(dev_t device, ino_t inode);
// By path; empty when the file is not there.
std::vector<Holder> lock_holders(const std::string& path);
// The same from the text of /proc/locks.
std::vector<Holder> lock_holders_in(std::string_view locks, dev_t device, ino_t inode);

// What /proc tells of a holder; empty where it tells nothing: an ended process, another user's, another PID namespace.
struct HolderFacts {
  int pid = 0;
  std::string user;     // name, or the number of a user without one
  std::string job;      // of a scheduler: "1234", "1234_7"
  std::string command;  // its short name
  std::optional<uint64_t> pss_bytes;  // its share of the file's pages that are in memory
};
HolderFacts facts_of(const Holder& holder, dev_t device, ino_t inode);

// What can be read of it: a process may end between the opening and the reading of its files.
std::string text_of_file(const std::string& path);
// The parts, from the text of the files of /proc.
std::string job_in_environment(std::string_view environ);  // VARIABLE=value, each ended by a zero byte
std::string job_in_cgroup(std::string_view cgroup);        // .../job_1234/... of Slurm, pbs_jobs.service/jobid/1234, ...
std::optional<uint64_t> pss_in(std::string_view smaps, dev_t device, ino_t inode);  // none: the file is not mapped

// What the node's user database says of a user; nullopt for a uid that it does not know.
struct Account {
  std::string name;
  gid_t group = 0;
};
std::optional<Account> account_of(uid_t uid);
// "alice (uid 1001)" is for messages; this is the bare name, or the number of a user without one.
std::string user_name(uid_t uid);

// "pid 12 (haploom), pid 14 (haploom)"; "a process that cannot be seen from here" when empty.
std::string text_of(const std::vector<Holder>& holders);

}  // namespace haploom::shared_image
