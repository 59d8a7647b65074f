// TFRecord files: records one after another, each with its length and two checksums, plain or gzipped.
//
// Layout: uint64 length, uint32 masked CRC-32C of these 8 bytes, the bytes, uint32 masked CRC-32C of them; little-endian
// Cost:   memory of one record and of buffers of some 100 KB, whatever the file's length
// Source: tensorflow/core/lib/io/record_writer.h, record_reader.h
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace haploom::formats {

// Whether a file of this name is written gzipped: its name without the folder holds ".gz".
bool gzipped_by_name(const std::string& path);

// Appears under its name only when whole (base/atomic_file.h), and only by commit().
// Errors: those of AtomicFile
class RecordWriter {
 public:
  explicit RecordWriter(const std::string& path);  // gzipped_by_name
  ~RecordWriter();
  RecordWriter(RecordWriter&&) noexcept;
  RecordWriter& operator=(RecordWriter&&) noexcept;

  void write(std::string_view record);
  void close();   // no more records; all is on the disk, only the name is missing
  void commit();  // after close()
  void finish() {
    close();
    commit();
  }

  uint64_t records() const;
  const std::string& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Plain or gzipped (several members too) is told by the first bytes, not by the name.
// Errors: kInput/kRecord with the file, the record's number and its place: cannot open, no TFRecord, a checksum that does not
//         fit, an end inside a record, damaged gzip. No byte of a record is handed out before its checksum was compared.
class RecordReader {
 public:
  explicit RecordReader(const std::string& path);
  ~RecordReader();
  RecordReader(RecordReader&&) noexcept;
  RecordReader& operator=(RecordReader&&) noexcept;

  std::optional<std::string_view> next();  // holds until the next call
  uint64_t records() const;                // given so far
  const std::string& path() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
