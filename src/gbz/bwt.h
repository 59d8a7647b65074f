// The BWT of a GBZ: compressed records by node code, decoded one at a time, and checked as a whole.
//
// In:     `data` stays compressed and must outlive the Bwt
// Out:    Record: edges and runs of one code; the endmarker expanded into the start of every sequence
// Cost:   record: O(bytes of the record); verify: one pass, 16 bytes a record while it runs
// Errors: kInput/kGbzFormat from verify; record() of a verified BWT cannot fail
// Source: GBWT, Siren et al. 2020, doi:10.1093/bioinformatics/btz575; record encoding as in gbwt 1.3, support.cpp
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
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
  uint64_t record_of(NodeCode code) const { return code == kEndmarker ? 0 : code - offset; }
  NodeCode code_of(uint64_t record) const { return record == 0 ? kEndmarker : record + offset; }
};

class Bwt {
 public:
  Bwt() = default;
  // starts: where each record begins in data, strictly rising from 0.
  Bwt(BwtFacts facts, std::vector<uint64_t> starts, std::span<const std::byte> data) : facts_(facts), starts_(std::move(starts)), data_(data) {}

  // Refuses whatever could send a walk out of bounds or round for ever; `at` is the piece's offset for messages.
  // Gives the visits of each record. After it every walk from the endmarker ends within facts.size steps, because
  // the step from visit to visit is then one-to-one.
  std::vector<uint64_t> verify(const Elements& in, uint64_t at) const;

  // False when the record's bytes are not a record. out is overwritten.
  bool decode(uint64_t record, Record& out) const;
  const BwtFacts& facts() const { return facts_; }
  std::span<const std::byte> record_bytes(uint64_t record) const;

 private:
  BwtFacts facts_;
  std::vector<uint64_t> starts_;
  std::span<const std::byte> data_;
};

// Where every sequence starts: the endmarker's record, expanded. At most `sequences` long.
std::vector<Visit> expand_endmarker(const Record& endmarker);

}  // namespace haploom::gbz
