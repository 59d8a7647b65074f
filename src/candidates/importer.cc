#include "candidates/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "candidates/allele.h"
#include "formats/log_once.h"
#include "genome/dna.h"

namespace haploom::candidates {
namespace {

using pileup::PositionCounts;

bool is_spelled(const std::string& allele) {
  return !allele.empty() && std::all_of(allele.begin(), allele.end(), [](char base) { return genome::is_acgt(base) || base == 'N'; });
}

bool is_uncalled(const formats::VcfRecord& record) {
  if (record.genotypes.empty()) return false;
  const std::vector<int>& alleles = record.genotypes.front().alleles;
  return alleles.size() >= 2 && alleles[0] == -1 && alleles[1] == -1;
}

// REF and ALT without the bases that both end in, one of each kept.
std::pair<std::string_view, std::string_view> simplified(std::string_view ref, std::string_view alt) {
  while (ref.size() > 1 && alt.size() > 1 && ref.back() == alt.back()) {
    ref.remove_suffix(1);
    alt.remove_suffix(1);
  }
  return {ref, alt};
}

class Importer {
 public:
  Importer(const genome::Region& region, const std::vector<PositionCounts>& counts, const pileup::ReferenceWindow& reference,
           const Thresholds& thresholds, const ImportOptions& options)
      : region_(region), counts_(counts), reference_(reference), thresholds_(thresholds), options_(options) {}

  std::optional<genome::Candidate> candidate(const formats::VcfRecord& record) const {
    if (!region_.contains(record.start) || record.contig != region_.contig || record.alts.empty()) return std::nullopt;
    if (options_.skip_uncalled && is_uncalled(record)) return std::nullopt;
    const char base = reference_.at(record.start);
    if (!genome::is_acgt(base)) return std::nullopt;
    genome::Candidate out = proposed(record);
    if (!std::all_of(out.alts.begin(), out.alts.end(), is_spelled)) {
      formats::warn_once(fmt::format("records of '{}' whose alleles are not spelled in bases are passed over", options_.path));
      return std::nullopt;
    }
    const PositionCounts& here = counts_[static_cast<size_t>(record.start - region_.start)];
    std::vector<Allele> alleles = accepted_alleles(here, nullptr, only_reads());
    const std::string ref = ref_bases(base, alleles);
    fill_alts(alleles, ref);
    make_consistent(out, ref);
    take_depths(out, here, alleles, ref);
    take_supporters(out, here, alleles, std::string_view(out.ref).substr(ref.size()));
    return out;
  }

 private:
  static genome::Candidate proposed(const formats::VcfRecord& record) {
    genome::Candidate out;
    out.contig = record.contig;
    out.start = record.start;
    out.ref = genome::upper_case(record.ref);
    for (const std::string& alt : record.alts) out.alts.push_back(genome::upper_case(alt));
    return out;
  }

  // There is no second chance here.
  Thresholds only_reads() const {
    Thresholds out = thresholds_;
    out.min_fraction_multiplier = Thresholds{}.min_fraction_multiplier;
    return out;
  }

  // One of the two REFs must begin with the other; the candidate's becomes the longer.
  void make_consistent(genome::Candidate& out, const std::string& ref) const {
    const size_t common = std::min(out.ref.size(), ref.size());
    if (out.ref.compare(0, common, ref, 0, common) != 0) {
      throw Error{Exit::kInput, Reason::kVariants, "candidates",
                  fmt::format("the record at position {} of '{}' has REF {}, the reference {}", out.start + 1, options_.path, out.ref, ref),
                  "propose variants that were made with this reference"};
    }
    const std::string rest = ref.substr(common);
    out.ref += rest;
    for (std::string& alt : out.alts) alt += rest;
  }

  static void take_depths(genome::Candidate& out, const PositionCounts& here, const std::vector<Allele>& alleles, std::string_view ref) {
    out.depth = pileup::depth(here);
    out.allele_depth.push_back(here.reference);
    for (const std::string& alt : out.alts) {
      const auto same = std::find_if(alleles.begin(), alleles.end(), [&](const Allele& allele) {
        return simplified(ref, allele.alt) == simplified(out.ref, alt);
      });
      out.allele_depth.push_back(same == alleles.end() ? 0 : same->count);
    }
  }

  static void take_supporters(genome::Candidate& out, const PositionCounts& here, const std::vector<Allele>& alleles, std::string_view rest) {
    out.read_support.resize(out.alts.size());
    out.haplotype_support.resize(out.alts.size());
    Supporters all = supporters(here, alleles);
    out.ref_support = std::move(all.reference);
    out.read_uncalled = std::move(all.uncalled);
    for (size_t i = 0; i < alleles.size(); ++i) {
      const auto alt = std::find(out.alts.begin(), out.alts.end(), alleles[i].alt + std::string(rest));
      genome::Support& list = alt == out.alts.end() ? out.read_uncalled : out.read_support[static_cast<size_t>(alt - out.alts.begin())];
      list.insert(list.end(), all.alleles[i].begin(), all.alleles[i].end());
      std::sort(list.begin(), list.end());
    }
  }

  const genome::Region& region_;
  const std::vector<PositionCounts>& counts_;
  const pileup::ReferenceWindow reference_;
  const Thresholds& thresholds_;
  const ImportOptions& options_;
};

}  // namespace

std::vector<genome::Candidate> import_candidates(const genome::Region& region, const std::vector<PositionCounts>& counts,
                                                 const pileup::ReferenceWindow& reference, const Thresholds& thresholds,
                                                 const std::vector<formats::VcfRecord>& proposed, const ImportOptions& options) {
  check(static_cast<int64_t>(counts.size()) == region.length(), "one count a position of the region");
  const Importer importer(region, counts, reference, thresholds, options);
  std::vector<genome::Candidate> out;
  for (const formats::VcfRecord& record : proposed) {
    if (auto candidate = importer.candidate(record)) out.push_back(std::move(*candidate));
  }
  return out;
}

}  // namespace haploom::candidates
