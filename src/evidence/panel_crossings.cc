#include "evidence/panel_crossings.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "evidence/genotype_index.h"
#include "genome/dna.h"

namespace haploom::evidence {
namespace {

constexpr double kWorst = 8;        // log10: a site's reads may all come from elsewhere
constexpr double kReadError = 0.01; // of a read at a site that is no candidate
constexpr size_t kMostAlleles = 12;

using pileup::AlleleObservation;
using pileup::AlleleType;

bool is_allele(const AlleleObservation& seen) {
  return !seen.low_quality && seen.type != AlleleType::kSoftClip && seen.type != AlleleType::kReference;
}
bool equal(const AlleleObservation& a, const AlleleObservation& b) { return a.type == b.type && a.bases == b.bases; }

// Reference intervals that a haplotype lacks.
std::vector<std::pair<int64_t, int64_t>> deletions_of(const genome::Read& haplotype) {
  std::vector<std::pair<int64_t, int64_t>> out;
  int64_t at = haplotype.start;
  for (const genome::CigarOp& op : haplotype.cigar) {
    if (op.op == 'D' || op.op == 'N') out.emplace_back(at, at + op.length);
    if (genome::consumes_reference(op.op)) at += op.length;
  }
  return out;
}

class Crossings {
 public:
  explicit Crossings(const Partition& partition) : partition_(partition) {
    for (const genome::Read& haplotype : partition.haplotypes) deletions_.push_back(deletions_of(haplotype));
  }

  // At a position, alleles of the haplotypes given as -1 (not seen: the reference) or a number.
  PanelCrossing at(int64_t position, const std::vector<int>& shown) const {
    PanelCrossing out;
    out.position = position;
    for (size_t h = 0; h < partition_.haplotypes.size(); ++h) {
      const genome::Read& haplotype = partition_.haplotypes[h];
      if (haplotype.start > position || haplotype.end <= position) continue;
      const bool deleted = std::any_of(deletions_[h].begin(), deletions_[h].end(), [position](const auto& d) { return d.first <= position && position < d.second; });
      if (deleted && shown[h] < 0) continue;
      out.owners.emplace_back(partition_.owners[h], static_cast<uint8_t>(std::max(0, shown[h])));
    }
    return out;
  }

 private:
  const Partition& partition_;
  std::vector<std::vector<std::pair<int64_t, int64_t>>> deletions_;
};

void hold_within(std::vector<double>& logs) {
  const double best = *std::max_element(logs.begin(), logs.end());
  for (double& one : logs) one = std::max(one - best, -kWorst);
}

// The candidate's alts are alleles 1..n; whatever else haplotypes have there is one more, of which the reads say nothing but
// that they show something else: beside it they look as if its copy were lost on the way.
PanelCrossing of_candidate(const Partition& partition, const Crossings& crossings, const genome::Candidate& candidate, const std::vector<double>& likelihoods) {
  std::vector<int> shown(partition.haplotypes.size(), -1);
  const auto other = static_cast<int>(candidate.alts.size()) + 1;
  for (const int32_t h : candidate.haplotype_uncalled) shown[static_cast<size_t>(h)] = other;
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    for (const int32_t h : candidate.haplotype_support[alt]) shown[static_cast<size_t>(h)] = static_cast<int>(alt) + 1;
  }
  PanelCrossing out = crossings.at(candidate.start, shown);
  out.alleles = other + (candidate.haplotype_uncalled.empty() ? 0 : 1);
  out.log_likelihoods = likelihoods;
  hold_within(out.log_likelihoods);
  if (candidate.haplotype_uncalled.empty()) return out;
  const double most = candidate.read_uncalled.empty() ? -kWorst / 2 : 0;
  for (int a = 0; a < other; ++a) out.log_likelihoods.push_back(std::min(most, out.log_likelihoods[genotype_index(static_cast<size_t>(a), static_cast<size_t>(a))]));
  out.log_likelihoods.push_back(-kWorst / 2);
  return out;
}

PanelCrossing of_panel_alone(const Partition& partition, const Crossings& crossings, int64_t position, size_t offset) {
  std::vector<const AlleleObservation*> alleles;
  std::vector<int> shown(partition.haplotypes.size(), -1);
  const auto allele_of = [&alleles](const AlleleObservation& seen) {
    const auto known = std::find_if(alleles.begin(), alleles.end(), [&seen](const AlleleObservation* allele) { return equal(*allele, seen); });
    return known - alleles.begin();
  };
  for (const AlleleObservation& seen : partition.haplotype_counts[offset].alleles) {
    if (!is_allele(seen)) continue;
    const auto number = allele_of(seen);
    if (number == std::ssize(alleles)) {
      if (alleles.size() + 2 > kMostAlleles) continue;
      alleles.push_back(&seen);
    }
    shown[static_cast<size_t>(seen.read)] = static_cast<int>(number) + 1;
  }
  PanelCrossing out = crossings.at(position, shown);
  out.alleles = static_cast<int>(alleles.size()) + 1;
  const pileup::PositionCounts& reads = partition.counts[offset];
  std::vector<int> seen_by_reads(alleles.size() + 1, 0);
  seen_by_reads[0] = reads.reference;
  for (const AlleleObservation& seen : reads.alleles) {
    if (!is_allele(seen)) continue;
    if (const auto number = allele_of(seen); number < std::ssize(alleles)) ++seen_by_reads[static_cast<size_t>(number) + 1];
  }
  const double other = kReadError / static_cast<double>(alleles.size());
  out.log_likelihoods.assign(genotypes(alleles.size() + 1), 0);
  for (size_t b = 0; b <= alleles.size(); ++b) {
    for (size_t a = 0; a <= b; ++a) {
      for (size_t shown_allele = 0; shown_allele <= alleles.size(); ++shown_allele) {
        const double one = a == shown_allele ? 1 - kReadError : other;
        const double two = b == shown_allele ? 1 - kReadError : other;
        out.log_likelihoods[genotype_index(a, b)] += seen_by_reads[shown_allele] * std::log10((one + two) / 2);
      }
    }
  }
  hold_within(out.log_likelihoods);
  return out;
}

}  // namespace

std::vector<PanelCrossing> panel_crossings(const Partition& partition, const std::vector<std::vector<double>>& likelihoods) {
  check(partition.owners.size() == partition.haplotypes.size(), "an owner for each haplotype");
  const Crossings crossings(partition);
  std::vector<PanelCrossing> out;
  size_t next = 0;
  for (size_t offset = 0; offset < partition.haplotype_counts.size(); ++offset) {
    const int64_t position = partition.region.start + static_cast<int64_t>(offset);
    while (next < partition.candidates.size() && partition.candidates[next].start < position) ++next;
    const bool differs = std::any_of(partition.haplotype_counts[offset].alleles.begin(), partition.haplotype_counts[offset].alleles.end(), is_allele);
    if (!differs || !genome::is_acgt(partition.reference.at(position))) continue;
    const bool is_candidate = next < partition.candidates.size() && partition.candidates[next].start == position;
    if (is_candidate && partition.candidates[next].alts.size() + 2 > kMostAlleles) continue;
    if (is_candidate) {
      out.push_back(of_candidate(partition, crossings, partition.candidates[next], likelihoods[next]));
      out.back().candidate = static_cast<int>(next);
    } else {
      out.push_back(of_panel_alone(partition, crossings, position, offset));
    }
  }
  return out;
}

}  // namespace haploom::evidence
