// The reference records of a sample, out of shards that are sorted each, as one sorted stream.
//
// Cost:   one record and one read buffer a shard
// Errors: kInput/kRecord: a shard out of order, records that overlap; kInput/kContigs: a contig that the reference lacks
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/tfrecord.h"
#include "genome/region.h"
#include "pipeline/record_sorter.h"

namespace haploom::pipeline {

// Where a variant's bytes lie. file: for the message when its contig is unknown or it leaves the contig.
Place place_of(std::string_view variant, const genome::ContigList& contigs, const std::string& file);

// Places by their start.
class StartsIn {
 public:
  // regions: sorted, merged; empty: everything.
  explicit StartsIn(std::vector<genome::Region> regions) : regions_(std::move(regions)) {}
  bool operator()(const Place& place) const;

 private:
  std::vector<genome::Region> regions_;
};

class BlockStream {
 public:
  BlockStream(const std::vector<std::string>& files, const genome::ContigList& contigs, const StartsIn& wanted);

  // The next record without taking it; holds until take().
  struct Record {
    Place place;
    std::string_view bytes;
  };
  const Record* peek() const { return heap_.empty() ? nullptr : &heap_.front()->record; }
  void take();

  uint64_t records() const { return records_; }

 private:
  struct Shard {
    formats::RecordReader reader;
    Record record;
  };
  bool advance(Shard& shard);
  void check_apart();

  const genome::ContigList& contigs_;
  const StartsIn& wanted_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<Shard*> heap_;
  Place last_{-1, 0, 0};
  uint64_t records_ = 0;
};

}  // namespace haploom::pipeline
