// The default model's way through a shard: every candidate as numbers, the network asked where the plain trees are not sure,
// and each candidate handed on when the whole shard is known.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>

#include "evidence/evidence.h"
#include "model/cascade.h"
#include "pipeline/questions.h"
#include "pipeline/shard_worker.h"

namespace haploom::pipeline {

// Adds the partition's candidates to the evidence, and behind them those that its haplotypes alone have, which are returned. The
// worker's options: with panel_evidence.
std::vector<genome::Candidate> add_evidence(const Partition& partition, evidence::Shard& evidence);

// The plain trees are sure of every allele set of the site.
bool settled(const model::Cascade& cascade, const evidence::Shard& evidence, size_t site);

// stream(true); where that finds that the panel misleads (ShardWorker::Again), stream(false).
template <typename Stream>
void with_panel_or_anew_without(const Stream& stream) {
  try {
    stream(true);
  } catch (const ShardWorker::Again&) {
    stream(false);
  }
}

// site: of the candidate in evidence, whose row() holds the numbers of each of its sets.
using TakeWeighed = std::function<void(const genome::Candidate& candidate, const evidence::Shard& evidence, size_t site)>;

// Candidates are taken in order; those of which no image can be drawn are left out. cascade: null asks the network about all.
// look, if given, sees each partition before its candidates are sorted. The worker's options: with panel_evidence.
void weigh_sites(ShardWorker& worker, Questions& questions, const model::Cascade* cascade, const Shard& shard,
                 const std::function<void()>& on_partition, const LookAtPartition& look, const TakeWeighed& take);

}  // namespace haploom::pipeline
