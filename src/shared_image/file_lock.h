// An exclusive lock on a file of its own: one holder, freed by the kernel on any death, the file removed when given back.
//
// After the lock is had, descriptor and path are compared: if the holder before removed the file, the lock is on nothing
// and the next try opens the new file. So lock files stay behind only after a kill, empty, and the next user takes them up.
// Source: flock(2): it belongs to the open file description, not to the process; never fcntl locks, which any close drops.
// Errors: kOwner for a file of another user, kFileType for what is no file, kStoreDirectory, kNoSpace; those of Waiter
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "shared_image/waiter.h"

namespace haploom::shared_image {

class FileLock {
 public:
  static FileLock acquire(const std::string& path, Waiter& waiter);
  // Gives up after `patience`; not ended by a signal, so that leaving works on the way out.
  static std::optional<FileLock> try_acquire(const std::string& path, std::chrono::milliseconds patience);
  ~FileLock() { release(); }
  FileLock(FileLock&&) noexcept = default;
  FileLock& operator=(FileLock&&) = delete;

 private:
  FileLock(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
  static std::optional<FileLock> attempt(const std::string& path);  // nullopt: someone else has it
  void release();

  std::string path_;
  Descriptor file_;
};

// True while `path` still names the file that is open as `file`.
bool names_file(const std::string& path, int file);

}  // namespace haploom::shared_image
