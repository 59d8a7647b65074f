#include "evidence/panel_crossings.h"

#include <algorithm>

#include "base/error.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

constexpr double kWorst = 8;  // log10: a site's reads may all come from elsewhere
constexpr size_t kMostAlleles = 12;
constexpr int kReference = 0;
constexpr int kUnseen = -1;

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

void hold_within(std::vector<double>& logs) {
  const double best = *std::max_element(logs.begin(), logs.end());
  for (double& one : logs) one = std::max(one - best, -kWorst);
}

}  // namespace

PanelCrossings::PanelCrossings(const Partition& partition) : partition_(partition) {
  check(partition.owners.size() == partition.haplotypes.size(), "an owner for each haplotype");
  for (const genome::Read& haplotype : partition.haplotypes) deletions_.push_back(deletions_of(haplotype));
}

bool PanelCrossings::is_one(const genome::Candidate& candidate) {
  const bool differ = !candidate.haplotype_uncalled.empty() ||
                      std::any_of(candidate.haplotype_support.begin(), candidate.haplotype_support.end(), [](const auto& list) { return !list.empty(); });
  return differ && candidate.alts.size() + 2 <= kMostAlleles;
}

// The candidate's alts are alleles 1 to n; whatever else haplotypes have there is one more, of which the reads say nothing but
// that they show something else: beside it they look as if its copy were lost on the way.
PanelCrossing PanelCrossings::at(const genome::Candidate& candidate, const std::vector<double>& likelihoods) const {
  std::vector<int> shown(partition_.haplotypes.size(), kUnseen);
  const auto other = static_cast<int>(candidate.alts.size()) + 1;
  for (const int32_t h : candidate.haplotype_uncalled) shown[static_cast<size_t>(h)] = other;
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    for (const int32_t h : candidate.haplotype_support[alt]) shown[static_cast<size_t>(h)] = static_cast<int>(alt) + 1;
  }
  PanelCrossing out;
  out.position = candidate.start;
  for (size_t h = 0; h < partition_.haplotypes.size(); ++h) {
    const genome::Read& haplotype = partition_.haplotypes[h];
    const auto lacks = [&](const auto& deletion) { return deletion.first <= candidate.start && candidate.start < deletion.second; };
    if (haplotype.start > candidate.start || haplotype.end <= candidate.start) continue;
    if (shown[h] == kUnseen && std::any_of(deletions_[h].begin(), deletions_[h].end(), lacks)) continue;
    out.owners.emplace_back(partition_.owners[h], static_cast<uint8_t>(shown[h] == kUnseen ? kReference : shown[h]));
  }
  out.alleles = other + (candidate.haplotype_uncalled.empty() ? 0 : 1);
  out.log_likelihoods = likelihoods;
  hold_within(out.log_likelihoods);
  if (candidate.haplotype_uncalled.empty()) return out;
  const double most = candidate.read_uncalled.empty() ? -kWorst / 2 : 0;
  for (int a = 0; a < other; ++a) out.log_likelihoods.push_back(std::min(most, out.log_likelihoods[static_cast<size_t>(genome::genotype_index(a, a))]));
  out.log_likelihoods.push_back(-kWorst / 2);
  return out;
}

}  // namespace haploom::evidence
