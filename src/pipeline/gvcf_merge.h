// Calls and reference blocks, each in order, joined to the records of a gVCF: blocks give way to calls.
//
// In:     calls and blocks, each sorted by contig and start; blocks lie apart from each other
// Out:    a call as soon as no block can come before it; a block whole, or the parts of it beside calls. What is cut keeps
//         its qualities; a part that starts later gets the reference's base there
// Cost:   holds what settle() has not been told to be past
// Source: nucleus/io/merge_variants.cc (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "formats/reference.h"
#include "genotype/genotype.h"

namespace haploom::pipeline {

class GvcfMerge {
 public:
  using BaseAt = std::function<char(int contig, int64_t position)>;
  using TakeCall = std::function<void(const genotype::Call&)>;
  using TakeBlock = std::function<void(const genotype::GvcfBlock&)>;
  GvcfMerge(BaseAt base_at, TakeCall take_call, TakeBlock take_block)
      : base_at_(std::move(base_at)), take_call_(std::move(take_call)), take_block_(std::move(take_block)) {}

  void add(genotype::Call&& call) { calls_.push_back(std::move(call)); }
  void add(genotype::GvcfBlock&& block) { blocks_.push_back(block); }

  // No call and no block that starts before here is still to come: what cannot change any more is handed on.
  void settle(int contig, int64_t position);
  void finish();

 private:
  bool step(int contig, int64_t position);
  void cut(const genotype::Call& call);

  BaseAt base_at_;
  TakeCall take_call_;
  TakeBlock take_block_;
  std::deque<genotype::Call> calls_;
  std::deque<genotype::GvcfBlock> blocks_;
};

// Single bases in about rising order, read a stretch at a time. For one thread.
class ReferenceBases {
 public:
  explicit ReferenceBases(const formats::Reference& reference) : reference_(reference) {}
  char at(int contig, int64_t position);  // N outside the contig

 private:
  const formats::Reference& reference_;
  genome::Region held_;
  std::string bases_;
};

}  // namespace haploom::pipeline
