#include "candidates/candidates.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error.h"
#include "candidates/allele.h"
#include "candidates/complex_alleles.h"
#include "genome/dna.h"

namespace haploom::candidates {
namespace {

using pileup::AlleleType;
using pileup::PositionCounts;

class Finder {
 public:
  Finder(const genome::Region& region, const std::vector<PositionCounts>& counts, const std::vector<PositionCounts>& haplotype_counts,
         const pileup::ReferenceWindow& reference, const Thresholds& thresholds, const Extras& extras)
      : region_(region), counts_(counts), haplotype_counts_(haplotype_counts), reference_(reference), thresholds_(thresholds), extras_(extras) {
    check(static_cast<int64_t>(counts.size()) == region.length(), "one count a position of the region");
    check(haplotype_counts.empty() || haplotype_counts.size() == counts.size(), "haplotypes are counted over the same region");
    least_ = std::max(1, std::min(thresholds.min_count_snps, thresholds.min_count_indels));
    if (!(thresholds.min_fraction_multiplier > 1)) least_ = 1;  // haplotypes may make up for reads
    if (thresholds.min_count_of_panel_alleles > 0) least_ = std::min(least_, thresholds.min_count_of_panel_alleles);
  }

  std::vector<genome::Candidate> candidates() {
    std::vector<genome::Candidate> out;
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (!may_be_site(i)) continue;
      auto found = variant_site(i);
      if (!found && extras_.reference_sites && extras_.reference_sites->keep()) found = reference_site(i);
      if (!found) continue;
      out.push_back(std::move(*found));
      i += covered_;
    }
    return out;
  }

  std::vector<genome::Candidate> of_haplotypes(const std::vector<genome::Candidate>& found) {
    std::vector<genome::Candidate> out;
    auto next = found.begin();
    for (size_t i = 0; i < haplotype_counts_.size(); ++i) {
      const int64_t position = region_.start + static_cast<int64_t>(i);
      while (next != found.end() && next->start < position) ++next;
      const bool taken = next != found.end() && next->start == position;
      if (taken || haplotype_counts_[i].alleles.empty() || !genome::is_acgt(base(i))) continue;
      if (auto site = candidate(i, haplotype_alleles(haplotype_counts_[i], counts_[i]), {}, counts_[i])) out.push_back(std::move(*site));
    }
    return out;
  }

  std::vector<int64_t> positions() {
    std::vector<int64_t> out;
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (!may_be_site(i)) continue;
      const bool kept = extras_.reference_sites && extras_.reference_sites->keep();  // asked everywhere, unlike above
      if (kept || !accepted_alleles(counts_[i], haplotypes(i), thresholds_).empty()) out.push_back(region_.start + static_cast<int64_t>(i));
    }
    return out;
  }

 private:
  const PositionCounts* haplotypes(size_t i) const { return haplotype_counts_.empty() ? nullptr : &haplotype_counts_[i]; }
  char base(size_t i) const { return reference_.at(region_.start + static_cast<int64_t>(i)); }

  bool may_be_site(size_t i) const {
    if (!extras_.reference_sites && counts_[i].alleles.size() < static_cast<size_t>(least_)) return false;
    return genome::is_acgt(base(i));
  }

  static bool has_deletion(const std::vector<Allele>& alleles) {
    return std::any_of(alleles.begin(), alleles.end(), [](const Allele& allele) { return allele.type == AlleleType::kDeletion; });
  }

  // Sets how many positions behind i the candidate stands for, too.
  std::optional<genome::Candidate> variant_site(size_t i) {
    covered_ = 0;
    std::vector<Allele> alleles = accepted_alleles(counts_[i], haplotypes(i), thresholds_);
    if (!extras_.complex_alleles || !has_deletion(alleles) || deletion_end_ > region_.start + static_cast<int64_t>(i)) {
      return candidate(i, std::move(alleles), {}, counts_[i]);
    }
    const std::string ref = ref_bases(base(i), alleles);
    const JoinedAlleles joined = join_alleles(std::span(counts_).subspan(i), ref);
    // Thresholds are asked again with what the reads show now, and with the reads of the reference forgotten.
    alleles = accepted_alleles(joined.counts, haplotypes(i), thresholds_);
    if (!joined.joined) return candidate(i, std::move(alleles), {}, counts_[i]);
    auto out = candidate(i, std::move(alleles), ref, joined.counts);
    if (out && out->alts.size() > 1) covered_ = ref.size() - 1;
    return out;
  }

  // Nothing without alleles. ref: empty where the alleles say it. supports: who shows what, as the alleles have it; depths
  // are the counts' own.
  std::optional<genome::Candidate> candidate(size_t i, std::vector<Allele> alleles, std::string ref, const PositionCounts& supports) {
    if (alleles.empty()) return std::nullopt;
    genome::Candidate out = site(i);
    out.ref = ref.empty() ? ref_bases(base(i), alleles) : std::move(ref);
    if (has_deletion(alleles)) deletion_end_ = out.end();
    fill_alts(alleles, out.ref);
    std::sort(alleles.begin(), alleles.end(), [](const Allele& a, const Allele& b) { return a.alt < b.alt; });
    out.allele_depth.push_back(counts_[i].reference);
    for (const Allele& allele : alleles) {
      out.allele_depth.push_back(allele.count);
      out.alts.push_back(allele.alt);
    }
    take_supporters(out, i, alleles, supports);
    return out;
  }

  genome::Candidate reference_site(size_t i) const {
    genome::Candidate out = site(i);
    out.ref = std::string(1, base(i));
    take_supporters(out, i, {}, counts_[i]);
    out.alts.emplace_back(kNoAlt);
    out.read_support.emplace_back();
    out.haplotype_support.emplace_back();
    return out;
  }

  genome::Candidate site(size_t i) const {
    genome::Candidate out;
    out.contig = region_.contig;
    out.start = region_.start + static_cast<int64_t>(i);
    out.depth = pileup::depth(counts_[i]);
    return out;
  }

  void take_supporters(genome::Candidate& out, size_t i, const std::vector<Allele>& alleles, const PositionCounts& supports) const {
    Supporters reads = supporters(supports, alleles);
    out.read_support = std::move(reads.alleles);
    out.read_uncalled = std::move(reads.uncalled);
    out.ref_support = std::move(reads.reference);
    out.haplotype_support.resize(alleles.size());
    if (haplotype_counts_.empty()) return;
    Supporters panel = supporters(haplotype_counts_[i], alleles);
    out.haplotype_support = std::move(panel.alleles);
    out.haplotype_uncalled = std::move(panel.uncalled);
    out.haplotype_ref_support = std::move(panel.reference);
  }

  const genome::Region& region_;
  const std::vector<PositionCounts>& counts_;
  const std::vector<PositionCounts>& haplotype_counts_;
  const pileup::ReferenceWindow reference_;
  const Thresholds& thresholds_;
  const Extras& extras_;
  int least_ = 1;
  int64_t deletion_end_ = 0;  // of the last candidate with a deletion
  size_t covered_ = 0;        // positions behind the last candidate that it stands for
};

}  // namespace

std::vector<genome::Candidate> find(const genome::Region& region, const std::vector<PositionCounts>& counts,
                                    const std::vector<PositionCounts>& haplotype_counts,
                                    const pileup::ReferenceWindow& reference, const Thresholds& thresholds, const Extras& extras) {
  return Finder(region, counts, haplotype_counts, reference, thresholds, extras).candidates();
}

std::vector<genome::Candidate> of_haplotypes(const genome::Region& region, const std::vector<PositionCounts>& counts,
                                             const std::vector<PositionCounts>& haplotype_counts, const pileup::ReferenceWindow& reference,
                                             const std::vector<genome::Candidate>& found) {
  const Thresholds thresholds;
  const Extras extras;
  return Finder(region, counts, haplotype_counts, reference, thresholds, extras).of_haplotypes(found);
}

std::vector<int64_t> positions(const genome::Region& region, const std::vector<PositionCounts>& counts,
                               const std::vector<PositionCounts>& haplotype_counts, const pileup::ReferenceWindow& reference,
                               const Thresholds& thresholds, pileup::FractionSampler* reference_sites) {
  const Extras extras{false, reference_sites};
  return Finder(region, counts, haplotype_counts, reference, thresholds, extras).positions();
}

}  // namespace haploom::candidates
