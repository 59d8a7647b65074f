// The second look at a shard: the panel's prior, the neighbours on both sides, and how deep the reads lie.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "base/error.h"
#include "evidence/evidence.h"
#include "evidence/numbers.h"
#include "evidence/panel_crossings.h"
#include "evidence/reads_at.h"
#include "evidence/rows.h"

namespace haploom::evidence {
namespace {

constexpr double kSure = 5;             // log10: from no copy to one
constexpr float kSureReads = 4;
constexpr float kSureFraction = 0.2F;
constexpr float kBorneOutReads = 2;
constexpr float kBorneOutFraction = 0.12F;
constexpr double kWorstFit = -4;        // log10
constexpr double kWorstPrior = -6;
constexpr double kWorstPosterior = -10;
constexpr double kSpokenAgainst = 5;    // log10
constexpr double kLikelyCopy = 0.8;     // of a call without reads; above the 0.75 of two haplotypes that do not cross the site
constexpr float kLeastDepthShare = 0.2F;  // around it
constexpr size_t kSureNear = 3;         // sure sites that the panel can be judged by there
constexpr int64_t kFitReach = 20'000;   // bases on either side
constexpr int64_t kFarthest = 10'000;   // what is further away is as if it were there
constexpr size_t kDepthReach = 2;       // partitions on either side

float log_share(double share, double worst) { return static_cast<float>(std::log10(std::max(share, std::pow(10.0, worst)))); }

std::span<float> row_of(Site& site, size_t set) { return std::span(site.rows).subspan(set * kNumbers, kNumbers); }

// The alt that most reads show.
size_t foremost(const genome::Candidate& candidate) {
  size_t best = 0;
  for (size_t alt = 1; alt < candidate.alts.size(); ++alt) {
    if (candidate.read_support[alt].size() > candidate.read_support[best].size()) best = alt;
  }
  return best;
}

float share_beside_two(const std::vector<ReadAt>& reads) {
  std::map<int, int> counts;
  for (const ReadAt& read : reads) ++counts[read.allele];
  std::vector<int> sorted;
  for (const auto& [allele, count] : counts) sorted.push_back(count);
  std::sort(sorted.rbegin(), sorted.rend());
  int rest = 0;
  for (size_t i = 2; i < sorted.size(); ++i) rest += sorted[i];
  return reads.empty() ? 0 : static_cast<float>(rest) / static_cast<float>(reads.size());
}

float mean_depth(const std::vector<pileup::PositionCounts>& counts) {
  double sum = 0;
  for (const pileup::PositionCounts& at : counts) sum += pileup::depth(at);
  return counts.empty() ? 0 : static_cast<float>(sum / static_cast<double>(counts.size()));
}

float median(std::vector<float> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Positions, rising, of which those within a distance are counted.
class Places {
 public:
  void add(int64_t position) { at_.push_back(position); }
  int within(int64_t position, int64_t reach) const {  // of others than the position itself
    const auto first = std::lower_bound(at_.begin(), at_.end(), position - reach);
    const auto last = std::upper_bound(at_.begin(), at_.end(), position + reach);
    return static_cast<int>(last - first) - static_cast<int>(std::binary_search(at_.begin(), at_.end(), position));
  }
  int64_t nearest(int64_t position) const {  // bases to the nearest other
    int64_t best = kFarthest;
    auto right = std::lower_bound(at_.begin(), at_.end(), position);
    if (right != at_.begin()) best = std::min(best, position - *std::prev(right));
    if (right != at_.end() && *right == position) ++right;
    if (right != at_.end()) best = std::min(best, *right - position);
    return best;
  }

 private:
  std::vector<int64_t> at_;
};

}  // namespace

std::span<const std::string_view> names() { return kNames; }

Shard::Shard() = default;
Shard::~Shard() = default;
Shard::Shard(Shard&&) noexcept = default;

// A silent candidate that the reads speak against says something to the panel's model alone.
void Shard::add_site(const Partition& partition, const genome::Candidate& candidate, PartitionReads& measured, const PanelCrossings* panel, bool silent, size_t index) {
  Site site;
  const std::vector<ReadAt> reads = measured.at(candidate);
  site.log_likelihoods = log_likelihoods(reads, candidate.alts.size() + 1);
  if (panel != nullptr && PanelCrossings::is_one(candidate)) {
    site.panel_site = crossings_.size();
    crossings_.push_back(panel->at(candidate, site.log_likelihoods));
  }
  if (silent && (!site.panel_site || *std::max_element(site.log_likelihoods.begin() + 1, site.log_likelihoods.end()) - site.log_likelihoods[0] < -kSpokenAgainst)) return;
  site.position = candidate.start;
  site.alts = candidate.alts.size();
  site.sets = genome::alt_sets(static_cast<int>(site.alts));
  site.partition = partition_depths_.size();
  site.silent = silent;
  site.beside_two = share_beside_two(reads);
  site.index = index;
  append_rows(partition, candidate, site.sets, reads, site.log_likelihoods, measured, site.rows);
  const size_t alt = foremost(candidate);
  site.in_panel = !candidate.haplotype_support[alt].empty();
  const auto alone = static_cast<size_t>(std::find(site.sets.begin(), site.sets.end(), genome::AltSet{static_cast<int>(alt)}) - site.sets.begin());
  const std::span<const float> row = row_of(site, alone);
  site.borne_out = !silent && row[kSetReads] >= kBorneOutReads && row[kSetFraction] >= kBorneOutFraction;
  site.sure = !silent && row[kSetReads] >= kSureReads && row[kSetFraction] >= kSureFraction && std::max(row[kLikelihood01], row[kLikelihood01] + row[kLikelihood12]) >= kSure;
  judge_panel(site, row[kHaplotypes] > 0);
  sites_.push_back(std::move(site));
}

void Shard::judge_panel(const Site& site, bool under_haplotypes) {
  if (!site.sure) return;
  ++sure_;
  sure_known_ += site.in_panel;
  if (!under_haplotypes || site.position - last_judged_ < kJudgedApart) return;
  last_judged_ = site.position;
  ++judged_;
  known_ += site.in_panel;
}

void Shard::add(const Partition& partition) {
  PartitionReads measured(partition);
  std::optional<PanelCrossings> panel;
  if (!partition.owners.empty()) panel.emplace(partition);
  const PanelCrossings* crossings = panel ? &*panel : nullptr;
  std::vector<Site> behind;  // the panel's sites must rise, the sites of candidates stand before the silent ones
  size_t next = 0;
  for (size_t i = 0; i <= partition.candidates.size(); ++i) {
    const int64_t until = i < partition.candidates.size() ? partition.candidates[i].start : std::numeric_limits<int64_t>::max();
    for (; next < partition.silent.size() && partition.silent[next].start < until; ++next) {
      const size_t before = sites_.size();
      add_site(partition, partition.silent[next], measured, crossings, true, next);
      if (sites_.size() > before) {
        behind.push_back(std::move(sites_.back()));
        sites_.pop_back();
      }
    }
    if (i < partition.candidates.size()) add_site(partition, partition.candidates[i], measured, crossings, false, i);
  }
  std::move(behind.begin(), behind.end(), std::back_inserter(sites_));
  partition_depths_.push_back(mean_depth(partition.counts));
}

std::span<const float> Shard::row(size_t site, size_t set) const { return std::span<const float>(sites_[site].rows).subspan(set * kNumbers, kNumbers); }

void Shard::set_network(size_t site, size_t set, const genome::GenotypeProbabilities& answer) {
  for (size_t i = 0; i < answer.size(); ++i) row_of(sites_[site], set)[kNetwork0 + i] = log_share(answer[i], kWorstPosterior);
}

std::vector<prior::PanelSite> Shard::panel_sites() const {
  std::map<uint32_t, size_t> columns;
  for (const PanelCrossing& crossing : crossings_) {
    for (const auto& [owner, allele] : crossing.owners) columns.try_emplace(owner, columns.size());
  }
  std::vector<prior::PanelSite> out;
  out.reserve(crossings_.size());
  for (const PanelCrossing& crossing : crossings_) {
    prior::PanelSite& site = out.emplace_back();
    site.position = crossing.position;
    site.alleles = crossing.alleles;
    site.of_haplotype.assign(columns.size(), prior::kUnknownAllele);
    for (const auto& [owner, allele] : crossing.owners) site.of_haplotype[columns.at(owner)] = allele;
    site.read_likelihoods = scaled(crossing.log_likelihoods);
  }
  return out;
}

void Shard::add_priors(const prior::Options& options) {
  const auto priors = prior::genotype_priors(panel_sites(), options);
  // How well the panel foretells what the reads leave no doubt of: log10 of the prior of their genotype.
  std::vector<int64_t> places;
  std::vector<double> sums = {0};
  for (const Site& site : sites_) {
    if (!site.sure || priors.empty()) continue;
    const auto best = static_cast<size_t>(std::max_element(site.log_likelihoods.begin(), site.log_likelihoods.end()) - site.log_likelihoods.begin());
    places.push_back(site.position);
    sums.push_back(sums.back() + (site.panel_site ? std::max(kWorstFit, std::log10(std::max(1e-9, priors[*site.panel_site][best]))) : kWorstFit));
  }
  for (Site& site : sites_) {
    if (site.silent) site.called = false;
    const auto index_of = [&places](int64_t position, auto bound) { return static_cast<size_t>(bound(places.begin(), places.end(), position) - places.begin()); };
    const auto lower = [](auto first, auto last, int64_t position) { return std::lower_bound(first, last, position); };
    const auto upper = [](auto first, auto last, int64_t position) { return std::upper_bound(first, last, position); };
    const size_t first = index_of(site.position - kFitReach, lower), last = index_of(site.position + kFitReach, upper);
    const size_t own = index_of(site.position, lower), own_end = index_of(site.position, upper);
    const size_t others = last - first - (own_end - own);
    const double sum = sums[last] - sums[first] - (sums[own_end] - sums[own]);
    for (size_t i = 0; i < site.sets.size(); ++i) {
      const std::span<float> row = row_of(site, i);
      row[kSureAlleles] = static_cast<float>(sure_);
      if (sure_ > 0 && row[kHaplotypes] > 0) row[kPanelFit] = static_cast<float>(sure_known_) / static_cast<float>(sure_);
      if (others > 0) row[kLocalFit] = static_cast<float>(sum / static_cast<double>(others));
      if (!site.panel_site || priors.empty()) continue;
      const std::vector<double>& prior = priors[*site.panel_site];
      const auto before = copies(prior, static_cast<size_t>(crossings_[*site.panel_site].alleles) - 1, site.sets[i]);
      std::vector<double> both = scaled(site.log_likelihoods);
      for (size_t g = 0; g < both.size(); ++g) both[g] = both[g] * std::max(prior[g], 1e-12) + 1e-30;
      const auto after = copies(both, site.alts, site.sets[i]);
      if (1 - after[0] >= kLikelyCopy && others >= kSureNear && row[kLocalDepthShare] >= kLeastDepthShare) site.called = true;
      for (size_t n = 0; n < 3; ++n) {
        row[kPrior0 + n] = log_share(before[n], kWorstPrior);
        row[kPosterior0 + n] = log_share(after[n], kWorstPosterior);
      }
    }
  }
}

void Shard::add_neighbours() {
  Places all, novel, known;
  for (const Site& site : sites_) {
    if (!site.borne_out) continue;
    all.add(site.position);
    (site.in_panel ? known : novel).add(site.position);
  }
  for (Site& site : sites_) {
    for (size_t i = 0; i < site.sets.size(); ++i) {
      const std::span<float> row = row_of(site, i);
      row[kWithin20] = static_cast<float>(all.within(site.position, 20));
      row[kWithin100] = static_cast<float>(all.within(site.position, 100));
      row[kWithin500] = static_cast<float>(all.within(site.position, 500));
      row[kNovelWithin500] = static_cast<float>(novel.within(site.position, 500));
      row[kNearest] = static_cast<float>(all.nearest(site.position));
      row[kNearestNovel] = static_cast<float>(novel.nearest(site.position));
      row[kKnownWithin2000] = static_cast<float>(known.within(site.position, 2000));
      row[kNovelWithin2000] = static_cast<float>(novel.within(site.position, 2000));
    }
  }
}

void Shard::add_depths() {
  std::vector<float> covered;
  for (const float depth : partition_depths_) {
    if (depth > 0) covered.push_back(depth);
  }
  const float middle = median(covered);
  if (middle <= 0) return;
  for (Site& site : sites_) {
    const size_t first = site.partition < kDepthReach ? 0 : site.partition - kDepthReach;
    const size_t last = std::min(partition_depths_.size(), site.partition + kDepthReach + 1);
    float sum = 0;
    for (size_t p = first; p < last; ++p) sum += partition_depths_[p];
    for (size_t i = 0; i < site.sets.size(); ++i) {
      const std::span<float> row = row_of(site, i);
      row[kDepthShare] = row[kDepth] / middle;
      row[kLocalDepthShare] = sum / static_cast<float>(last - first) / middle;
      row[kMedianDepth] = middle;
    }
  }
}

// How noisy the whole shard's reads are.
void Shard::add_noise() {
  constexpr float kLongTract = 8;
  double mismatches = 0, slips = 0;
  int sites = 0, repeats = 0;
  for (const Site& site : sites_) {
    if (site.silent) continue;
    if (!std::isnan(site.rows[kRefMismatches])) {
      mismatches += site.rows[kRefMismatches];
      ++sites;
    }
    if (site.rows[kTract] >= kLongTract && site.rows[kKind] != 0) {
      slips += site.beside_two;
      ++repeats;
    }
  }
  for (Site& site : sites_) {
    for (size_t i = 0; i < site.sets.size(); ++i) {
      const std::span<float> row = row_of(site, i);
      if (sites > 0) row[kMismatchNoise] = static_cast<float>(mismatches / sites);
      if (repeats > 0) row[kSlipNoise] = static_cast<float>(slips / repeats);
    }
  }
}

void Shard::finish(const prior::Options& options) {
  add_depths();
  add_priors(options);
  add_neighbours();
  add_noise();
}

}  // namespace haploom::evidence
