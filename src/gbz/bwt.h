// The BWT of a GBZ: compressed records by node code, decoded one at a time, and checked as a whole.
//
// In:     `data` and the starts stay in the file's bytes, which must outlive the Bwt
// Out:    Record: edges and runs of one code; the endmarker expanded into the start of every sequence
// Cost:   decode: O(bytes of the record); verify: each record decoded once by some thread, no memory a record
// Errors: kInput/kGbzFormat from verify; the records of a verified BWT decode, unless the file has changed since
// Source: GBWT, Siren et al. 2020, doi:10.1093/bioinformatics/btz575; record encoding as in gbwt 1.3, support.cpp
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gbz/elements.h"
#include "gbz/gbz.h"

namespace haploom::gbz {

// GBWT header: the numbers that every other piece must fit.
struct BwtFacts {
  uint64_t sequences = 0;
  uint64_t size = 0;           // visits, one endmarker for each sequence included
  uint64_t offset = 0;         // unused codes after 0
  uint64_t alphabet_size = 0;  // 1 + largest code

  uint64_t records() const { return alphabet_size - offset; }
  uint64_t ids() const { return records() == 0 ? 0 : (records() - 1) / 2; }
  uint64_t first_id() const { return (offset + 1) / 2; }
  uint64_t record_of(NodeCode code) const { return code == kEndmarker ? 0 : code - offset; }
  NodeCode code_of(uint64_t record) const { return record == 0 ? kEndmarker : record + offset; }
};

class Bwt {
 public:
  Bwt() = default;
  // starts: where each record begins in data, from 0.
  Bwt(BwtFacts facts, SparseInts starts, std::span<const std::byte> data) : facts_(facts), starts_(std::move(starts)), data_(data) {}

  // What looks at both strands of a node id (less the first) while the BWT is verified: their successors are codes of the
  // alphabet, the rest may yet be wrong. Started for each range of ids that a thread takes, at its first.
  using Look = std::function<void(uint64_t id, const Record& forward, const Record& reverse)>;
  using StartLook = std::function<Look(uint64_t first)>;

  // Refuses whatever could send a walk out of bounds or round for ever, and whatever makes the two strands of a graph
  // contradict each other; `at` is the piece's offset for messages. After it every walk from the endmarker ends within
  // facts.size steps, because the step from visit to visit is then one-to-one.
  void verify(const Elements& in, uint64_t at, unsigned threads = 1, uint64_t ids_at_once = 8192, const StartLook& start = {}) const;

  // False when the record's bytes are not a record. out is overwritten.
  bool decode(uint64_t record, Record& out) const;
  const BwtFacts& facts() const { return facts_; }

 private:
  friend class RecordCursor;
  class Balance;
  struct Totals;
  static bool decode(std::span<const std::byte> bytes, Record& out);
  std::span<const std::byte> bytes_between(uint64_t start, uint64_t end) const;
  template <typename Refuse>
  void find_contradiction(Refuse refuse) const;

  BwtFacts facts_;
  SparseInts starts_;
  std::span<const std::byte> data_;
};

// Decodes records one after the other.
class RecordCursor {
 public:
  RecordCursor(const Bwt& bwt, uint64_t record) : bwt_(&bwt), starts_(bwt.starts_, record), left_(bwt.starts_.size() - record), at_(starts_.next()) {}
  // False when the record's bytes are not a record, and behind the last.
  bool next(Record& out);

 private:
  const Bwt* bwt_;
  SparseCursor starts_;
  uint64_t left_;
  uint64_t at_;
};

// Where every sequence starts: the endmarker's record, expanded. At most `sequences` long.
std::vector<Visit> expand_endmarker(const Record& endmarker);

}  // namespace haploom::gbz
