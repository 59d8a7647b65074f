// Calls in file order, passed on with overlapping ones made to agree, also across the borders of shards.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <vector>

#include "genotype/genotype.h"

namespace haploom::pipeline {

class OverlapStream {
 public:
  using Take = std::function<void(const genotype::Call&)>;
  explicit OverlapStream(Take take) : take_(std::move(take)) {}

  void add(std::vector<genotype::Call>&& calls);  // sorted, not before those added earlier
  void finish();
  // The first call that was added and not yet passed on; null when there is none.
  const genotype::Call* first_waiting() const { return pending_.empty() ? nullptr : &pending_.front(); }

 private:
  void emit(size_t count);

  Take take_;
  std::vector<genotype::Call> pending_;
};

}  // namespace haploom::pipeline
