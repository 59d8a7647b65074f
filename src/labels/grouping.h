// Candidates and truths cut into groups that are matched by themselves, small enough to try their genotypes out.
//
// Source: haplotype_labeler.py group_variants (DeepVariant 1.9), whose greedy rules and limits these are
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace haploom::labels {

struct GroupLimits {
  size_t variants = 8;              // of each kind, before those that share an end with the last one
  int64_t separation = 30;          // bases to the nearest one of the group
  double combinations = 100'000;    // of unphased genotypes, over candidates and truths together
};

struct Span {
  int64_t start = 0;
  int64_t end = 0;
  size_t alts = 1;
};

// Indices into the two lists: [first, last) of each, consecutive from group to group.
struct Group {
  size_t first_candidate = 0, last_candidate = 0;
  size_t first_truth = 0, last_truth = 0;
};

// Both lists by start. Variants that end together stay together, and so does one that ends no further than the one before
// it, whatever the limits say: a group may exceed them.
std::vector<Group> group(const std::vector<Span>& candidates, const std::vector<Span>& truths, const GroupLimits& limits = {});

}  // namespace haploom::labels
