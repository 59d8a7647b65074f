// What is to be called, in which order, in which pieces.
//
// Calling regions are cut into partitions of 1000 bases from each region's own start: DeepVariant's unit of sampling and
// candidate finding. Consecutive partitions make a shard: the stretch that one thread streams once. Shards do not depend
// on the number of threads, so neither does the output.
// Source: make_examples_core.py, calling_regions_utils.py (DeepVariant 1.9)
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "genome/region.h"

namespace haploom::pipeline {

inline constexpr int64_t kPartitionBases = 1000;
inline constexpr int64_t kShardBases = 500'000;

// Literals and BED files as regions, in the order given.
std::vector<genome::Region> regions_of(const std::vector<std::string>& texts, const genome::ContigList& contigs);

// Where a contig has one copy: all of these contigs but their pseudo-autosomal parts (a BED; empty: none); sorted, apart from
// each other. A contig that the reference lacks is warned of.
std::vector<genome::Region> haploid_regions(const std::vector<std::string>& contigs, const std::string& par_regions_bed,
                                            const genome::ContigList& reference);

bool contains(const std::vector<genome::Region>& regions, int contig, int64_t position);

// The contigs that can be called, intersected with `wanted` when that is not empty and less `unwanted`; sorted, merged.
// contigs: indices in the reference (formats::callable_contigs).
std::vector<genome::Region> calling_regions(const genome::ContigList& reference, const std::vector<int>& contigs,
                                            const std::vector<genome::Region>& wanted,
                                            const std::vector<genome::Region>& unwanted);

std::vector<genome::Region> partitions(const genome::Region& calling_region, int64_t bases = kPartitionBases);
std::vector<genome::Region> all_partitions(const std::vector<genome::Region>& calling_regions, int64_t bases = kPartitionBases);

// Partitions of up to 200 candidates and some 1,000,000 bases instead. positions: [calling regions] rising, as candidate_sweep
// found them. kInput/kRecord when they are of other regions. Source: partition_by_candidates in make_examples_core.py
std::vector<genome::Region> partitions_by_candidates(const std::vector<genome::Region>& calling_regions,
                                                     const std::vector<std::vector<int64_t>>& positions);

struct Shard {
  int contig = 0;
  std::vector<genome::Region> partitions;  // rising, on one contig; gaps between calling regions may lie among them
  genome::Region span() const { return {contig, partitions.front().start, partitions.back().end}; }
};
// Of all partitions, numbered through, those with number mod tasks == task: the share of one task of several. Partitions far
// from each other are shards of their own: to read over what lies between would cost more than a seek.
std::vector<Shard> shards_of(const std::vector<genome::Region>& partitions, int task = 0, int tasks = 1);
std::vector<Shard> shards(const std::vector<genome::Region>& calling_regions, int64_t partition_bases = kPartitionBases);  // all of it

}  // namespace haploom::pipeline
