// Who holds a lock on a file: /proc/locks, by inode.
//
// For messages and tables only; nothing is decided by it. Processes of other PID namespaces show as pid 0, and nothing is
// found where /proc is hidden or the file system reports other device numbers there than stat does.
// Source: proc(5), /proc/locks
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/types.h>

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

// "pid 12 (haploom), pid 14 (haploom)"; "a process that cannot be seen from here" when empty.
std::string text_of(const std::vector<Holder>& holders);

}  // namespace haploom::shared_image
