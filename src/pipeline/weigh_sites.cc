#include "pipeline/weigh_sites.h"

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace haploom::pipeline {

std::vector<genome::Candidate> add_evidence(const Partition& partition, evidence::Shard& evidence) {
  std::vector<genome::Candidate> silent;
  if (!partition.haplotype_owners.empty()) {
    silent = candidates::of_haplotypes(partition.counted, partition.counts, partition.haplotype_counts, partition.reference, partition.candidates);
    std::erase_if(silent, [&partition](const genome::Candidate& one) { return !partition.region.contains(one.start); });
  }
  evidence.add({partition.counted, partition.reference, partition.reads, partition.counts, partition.haplotypes, partition.haplotype_owners,
                partition.candidates, silent});
  return silent;
}

bool settled(const model::Cascade& cascade, const evidence::Shard& evidence, size_t site) {
  for (size_t set = 0; set < evidence.sites()[site].sets.size(); ++set) {
    if (!cascade.settled(evidence.row(site, set))) return false;
  }
  return true;
}

namespace {

class Weighing {
 public:
  Weighing(ShardWorker& worker, Questions& questions, const model::Cascade* cascade, bool with_panel)
      : worker_(worker), questions_(questions), cascade_(cascade), with_panel_(with_panel) {
    worker_.examiner().trust_panel(with_panel);
    questions_.forget();
  }

  // Takes the candidates that are settled out of the partition.
  void look(Partition& partition) {
    const size_t first = evidence_.sites().size();
    std::vector<genome::Candidate> silent = add_evidence(partition, evidence_);
    candidates_.resize(evidence_.sites().size());
    for (size_t site = first + partition.candidates.size(); site < candidates_.size(); ++site)
      candidates_[site] = std::move(silent[evidence_.sites()[site].index]);
    std::vector<genome::Candidate> open;
    for (size_t i = 0; i < partition.candidates.size(); ++i) {
      if (cascade_ != nullptr && settled(*cascade_, evidence_, first + i)) {
        candidates_[first + i] = std::move(partition.candidates[i]);
      } else {
        open_.push_back(first + i);
        open.push_back(std::move(partition.candidates[i]));
      }
    }
    partition.candidates = std::move(open);
    worker_.clock().lap(Stage::kEvidence);
    if (with_panel_ && evidence_.panel_misleads()) throw ShardWorker::Again();
  }

  void ask(genome::Candidate&& candidate, std::span<const uint8_t> images) { questions_.add(std::move(candidate), images, worker_.clock(), answered_); }

  void finish(const TakeWeighed& take) {
    questions_.answer(worker_.clock(), answered_);
    evidence_.finish(prior::Options());
    worker_.clock().lap(Stage::kPrior);
    std::vector<size_t> order;
    for (size_t site = 0; site < candidates_.size(); ++site) {
      if (candidates_[site] && evidence_.sites()[site].called) order.push_back(site);
    }
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) { return candidates_[a]->start < candidates_[b]->start; });
    for (const size_t site : order) take(*candidates_[site], evidence_, site);
  }

 private:
  // Answers come in the order of the questions; a candidate that was not drawn is passed over.
  void answered(genome::Candidate&& candidate, std::span<const genome::GenotypeProbabilities> answers) {
    while (next_open_ < open_.size() && evidence_.sites()[open_[next_open_]].position != candidate.start) ++next_open_;
    check(next_open_ < open_.size(), "an answer to an open question");
    const size_t site = open_[next_open_++];
    for (size_t set = 0; set < answers.size(); ++set) evidence_.set_network(site, set, answers[set]);
    candidates_[site] = std::move(candidate);
  }

  ShardWorker& worker_;
  Questions& questions_;
  const model::Cascade* cascade_;
  const bool with_panel_;
  const Questions::Take answered_ = [this](genome::Candidate&& candidate, auto answers) { answered(std::move(candidate), answers); };
  evidence::Shard evidence_;
  std::vector<std::optional<genome::Candidate>> candidates_;  // by site; none: no image could be drawn
  std::vector<size_t> open_;                                  // sites that the network is asked about, in order
  size_t next_open_ = 0;
};

}  // namespace

void weigh_sites(ShardWorker& worker, Questions& questions, const model::Cascade* cascade, const Shard& shard,
                 const std::function<void()>& on_partition, const LookAtPartition& look, const TakeWeighed& take) {
  std::optional<Weighing> weighing;
  // What the panel has no part in is told of once, even if the shard is streamed twice.
  int64_t looked_at = 0, done = 0, at = 0;
  with_panel_or_anew_without([&](bool with_panel) {
    weighing.emplace(worker, questions, cascade, with_panel);
    at = 0;
    worker.run(
        shard, [&](genome::Candidate&& candidate, std::span<const uint8_t> images) { weighing->ask(std::move(candidate), images); },
        [&] {
          if (at++ < done) return;
          ++done;
          if (on_partition) on_partition();
        },
        [&](Partition& partition) {
          if (at == looked_at) {
            ++looked_at;
            if (look) look(partition);
          }
          weighing->look(partition);
        });
  });
  weighing->finish(take);
}

}  // namespace haploom::pipeline
