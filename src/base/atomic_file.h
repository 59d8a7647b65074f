// An output file that appears under its name only when whole.
//
// Bytes go to `.<name>.<pid>.tmp` in the same folder; commit() syncs and renames. A file that is dropped without commit()
// (an error, a signal's orderly unwinding) leaves nothing behind, and what stood under the name before stays as it was.
//
// Names that are no regular file are written straight through, without renaming: `-`, `/dev/stdout`, `/dev/stderr`,
// `/dev/fd/N`, pipes and devices. A symbolic link is followed: its target is replaced, the link stays.
//
// Errors: kResource/kOutput, the path and errno's text: folder missing, a folder under that name, read-only, disk full,
//         file size limit (needs SIGXFSZ ignored: base/signals.h)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace haploom::base {

class AtomicFile {
 public:
  // Opens at once, so that an unwritable output is known before any work. module: the tag of this file's errors.
  explicit AtomicFile(std::string path, std::string module = "base");
  ~AtomicFile();
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;

  // Straight to the system, no buffer: give it large pieces.
  void write(std::string_view bytes);

  // Everything is on the disk afterwards, so that only the name is missing: several files can be made whole before the first
  // of them appears. Nothing may be written after it.
  void sync();

  // Syncs if that was not done, closes, renames. Nothing may be written after it.
  void commit();

  const std::string& path() const { return path_; }
  // Where the bytes stand until commit(), for a library that reads or writes by name; the path itself if straight_through().
  const std::string& working_path() const { return straight_through_ ? path_ : temporary_; }
  bool straight_through() const { return straight_through_; }

 private:
  void abandon() noexcept;
  void open_temporary();
  [[noreturn]] void fail(std::string_view doing, int error_number) const;

  std::string path_;       // as the user gave it
  std::string final_;      // links followed
  std::string temporary_;  // empty if straight_through_ or committed
  std::string module_;
  int fd_ = -1;
  bool synced_ = false;
  bool straight_through_ = false;
};

}  // namespace haploom::base
