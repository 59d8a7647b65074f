// A candidate as numbers: what reads, reference and panel say of each of its allele sets, for trees that are fitted on them.
//
// A shard is looked at twice: partition after partition while the reads are there (add), and as a whole (finish), when the
// panel's prior and the neighbourhood on both sides are known.
//
// In:     partitions of one contig in order; of each the reads with their counts, the haplotypes with theirs and with the
//         numbers of their owners, and the candidates
// Out:    for each candidate and each of its genome::alt_sets() a row of names().size() float32; NaN: nobody knows
// Cost:   candidates x reads over them, and the panel's prior (prior.h)
// Errors: check() for sizes that contradict each other
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "genome/candidate.h"
#include "genome/read.h"
#include "genome/reference_window.h"
#include "genome/region.h"
#include "pileup/pileup.h"
#include "prior/prior.h"

namespace haploom::evidence {

// What each number of a row is, in order. The numbers of the network's answer stand last.
std::span<const std::string_view> names();

// The numbers as rows, one after another.
using Rows = std::vector<float>;

struct Partition {
  const genome::Region& region;   // what the counts stand for
  const genome::ReferenceWindow& reference;
  const std::vector<genome::Read>& reads;
  const std::vector<pileup::PositionCounts>& counts;
  const std::vector<genome::Read>& haplotypes;                  // none without a panel
  const std::vector<uint32_t>& owners;                          // of the haplotypes, or empty: then there is no prior
  const std::vector<genome::Candidate>& candidates;
  const std::vector<genome::Candidate>& silent;                 // candidates::of_haplotypes(), if the panel's word alone may make a call
};

// A candidate of the shard: its rows, and what finish() needs to know of it.
struct Site {
  int64_t position = 0;
  size_t alts = 0;
  std::vector<genome::AltSet> sets;
  Rows rows;                            // [sets][names]
  std::vector<double> log_likelihoods;  // of the genotypes of REF and ALTs in VCF order, log10
  std::optional<size_t> panel_site;     // index into the shard's sites of the panel
  size_t partition = 0;                 // index into the shard's partitions
  bool in_panel = false;                // it has the alt that most reads show
  bool sure = false;                    // reads leave no doubt of an alt
  bool borne_out = false;               // by more than a stray read
  float beside_two = 0;                 // share of reads that show neither of the two foremost alleles
  bool silent = false;                  // of Partition::silent; index: in that list, else in the partition's candidates
  size_t index = 0;
  // Silent ones only if panel and reads together make a copy likely, three sure alleles within 20 kb tell whose haplotypes the
  // sample has there, and the reads around are not gone altogether (a deletion of both copies); known after finish().
  bool called = true;
};

struct PanelCrossing;
class PanelCrossings;
class PartitionReads;

class Shard {
 public:
  Shard();
  ~Shard();
  Shard(Shard&&) noexcept;
  // The rows of the partition's candidates without what only the whole shard tells; then those of the silent ones which the reads
  // do not speak against.
  void add(const Partition& partition);
  // To be called once, after the last partition and the network's answers.
  void finish(const prior::Options& options);

  // So far the sample has hardly any allele that the panel knows: what such a panel says of other sites only misleads, and the
  // shard is better looked at anew without it. Counted are sure alleles under haplotypes, 500 bases
  // apart or more: a collapsed copy's many novel alleles are one voice, and a gap of the panel none. Panels of the sample's own or a
  // neighbouring population, and two haplotypes of another person, knew a seventh of the sure alleles or more in all training sets;
  // unrelated ones 3 in 100 at most.
  bool panel_misleads() const {
    return known_ == 0 ? judged_ >= kEnoughUnknown : judged_ >= kEnoughJudged && known_ < kLeastKnown * judged_;
  }

  // Partition after partition, in each the candidates in order and behind them the silent ones.
  const std::vector<Site>& sites() const { return sites_; }
  std::span<const float> row(size_t site, size_t set) const;
  void set_network(size_t site, size_t set, const genome::GenotypeProbabilities& answer);

 private:
  static constexpr int kEnoughJudged = 40;  // of a panel that has a seventh of them, two in a hundred look so bad by chance
  static constexpr int kEnoughUnknown = 30;  // and one in a hundred has none of thirty
  static constexpr double kLeastKnown = 0.05;
  static constexpr int64_t kJudgedApart = 500;

  std::vector<prior::PanelSite> panel_sites() const;
  void add_site(const Partition& partition, const genome::Candidate& candidate, PartitionReads& measured, const PanelCrossings* panel, bool silent, size_t index);
  void add_priors(const prior::Options& options);
  void add_neighbours();
  void add_depths();
  void add_noise();
  void judge_panel(const Site& site, bool under_haplotypes);

  int sure_ = 0, sure_known_ = 0;  // alleles that reads leave no doubt of, and those of them that the panel has
  int judged_ = 0, known_ = 0;     // those that the panel is judged by
  int64_t last_judged_ = -kJudgedApart;
  std::vector<Site> sites_;
  std::vector<PanelCrossing> crossings_;
  std::vector<float> partition_depths_;
};

}  // namespace haploom::evidence
