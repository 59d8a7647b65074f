#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "phasing/phasing.h"

namespace haploom::phasing {
namespace {

constexpr size_t kMinRefReads = 3;
constexpr std::string_view kUncalled = "UNCALLED_ALLELE";  // upstream measures this name's length as if it were bases

struct Shown {  // an allele that reads show; one that only haplotypes show is not there for upstream
  std::string_view bases;
  const genome::Support* reads = nullptr;
};

std::vector<Shown> shown(const genome::Candidate& candidate) {
  std::vector<Shown> out;
  for (size_t i = 0; i < candidate.alts.size(); ++i) {
    if (!candidate.read_support[i].empty()) out.push_back({candidate.alts[i], &candidate.read_support[i]});
  }
  if (!candidate.read_uncalled.empty()) out.push_back({kUncalled, &candidate.read_uncalled});
  std::sort(out.begin(), out.end(), [](const Shown& a, const Shown& b) { return a.bases < b.bases; });
  return out;
}

// Remembers how far the candidates reach that were set aside for an allele of another length.
class Filter {
 public:
  bool passes(const genome::Candidate& candidate, const std::vector<Shown>& alleles) {
    if (alleles.size() <= 1 && candidate.ref_support.size() < kMinRefReads) return false;
    const bool covered = candidate.end() <= set_aside_end_;
    const bool set_aside = std::any_of(alleles.begin(), alleles.end(), [&](const Shown& allele) {
      return covered || allele.bases.size() != candidate.ref.size();
    });
    if (set_aside) set_aside_end_ = std::max(set_aside_end_, candidate.end());
    return !set_aside;
  }

 private:
  int64_t set_aside_end_ = 0;
};

genome::Support low_quality(const pileup::PositionCounts& counts) {
  genome::Support out;
  for (const auto& seen : counts.alleles) {
    if (seen.low_quality) out.push_back(seen.read);
  }
  std::sort(out.begin(), out.end());
  return out;
}

genome::Support without(const genome::Support& support, const genome::Support& others) {
  genome::Support out;
  std::set_difference(support.begin(), support.end(), others.begin(), others.end(), std::back_inserter(out));
  return out;
}

}  // namespace

std::vector<Site> sites(const std::vector<genome::Candidate>& candidates, const genome::Region& region,
                        const std::vector<pileup::PositionCounts>& counts) {
  check(static_cast<int64_t>(counts.size()) == region.length(), "one count a position of the region");
  std::vector<Site> out;
  Filter filter;
  for (const genome::Candidate& candidate : candidates) {
    const std::vector<Shown> alleles = shown(candidate);
    if (!filter.passes(candidate, alleles)) continue;
    const genome::Support low = low_quality(counts[static_cast<size_t>(candidate.start - region.start)]);
    Site site{candidate.start, {}};
    if (candidate.ref_support.size() >= kMinRefReads) site.alleles.push_back({"REF", without(candidate.ref_support, low)});
    for (const Shown& allele : alleles) site.alleles.push_back({std::string(allele.bases), without(*allele.reads, low)});
    out.push_back(std::move(site));
  }
  return out;
}

}  // namespace haploom::phasing
