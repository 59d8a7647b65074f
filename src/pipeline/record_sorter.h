// Many small records put in order of their place in the genome, in memory of a given size: what does not fit is sorted in
// pieces, which wait in unnamed files and are merged as they are read.
//
// In:     records in any order, by several threads
// Out:    all of them by contig, start, end; of one place in the order of file and record
// Cost:   40 bytes a record besides its own; disk only when they exceed the limit
// Errors: kResource/kOutput when the scratch folder cannot be written to
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haploom::pipeline {

struct Place {
  int contig = 0;
  int64_t start = 0;
  int64_t end = 0;
  auto operator<=>(const Place&) const = default;
};

class RecordSorter {
 public:
  // threads: how many writers there will be at most at one time; they share memory_bytes.
  RecordSorter(uint64_t memory_bytes, int threads, std::string scratch_folder);
  ~RecordSorter();
  RecordSorter(const RecordSorter&) = delete;
  RecordSorter& operator=(const RecordSorter&) = delete;

  // One thread's way in. Its last records are in order when it goes.
  class Writer {
   public:
    ~Writer();
    Writer(Writer&&) noexcept;
    void add(const Place& place, uint64_t file, std::string_view bytes);  // records of a file in their order, files in any
   private:
    friend class RecordSorter;
    struct State;
    Writer(RecordSorter& sorter, std::unique_ptr<State> state);
    RecordSorter* sorter_;
    std::unique_ptr<State> state_;
  };
  Writer writer();

  struct Record {
    Place place;
    std::string_view bytes;  // until the next call
    bool operator==(const Record&) const = default;
  };
  // When all writers are gone: the next record.
  std::optional<Record> next();

  uint64_t records() const { return records_; }
  uint64_t spilled_bytes() const { return spilled_bytes_; }

 private:
  struct Merge;
  struct Run;
  void give_back(std::unique_ptr<Writer::State> state);

  uint64_t bytes_a_writer_;
  std::string scratch_folder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Writer::State>> idle_;
  std::unique_ptr<Merge> merge_;
  uint64_t records_ = 0;
  uint64_t spilled_bytes_ = 0;
};

}  // namespace haploom::pipeline
