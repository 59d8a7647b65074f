#include "labels/truth_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "genome/dna.h"

namespace haploom::labels {
namespace {

constexpr int64_t kStretch = 1'000'000;

// Of the first sample, as upstream's.
std::vector<int> genotype(const formats::VcfRecord& record, const std::string& path, const genome::ContigList& contigs) {
  const size_t copies = record.genotypes.empty() ? 0 : record.genotypes[0].alleles.size();
  if (copies == 1 || copies == 2) return record.genotypes[0].alleles;
  const std::string place = genome::text({record.contig, record.start, record.start + 1}, contigs);
  const std::string what = record.genotypes.empty() ? "no genotype" : fmt::format("a genotype of {} copies", copies);
  throw Error{Exit::kInput, Reason::kVariants, "labels", fmt::format("{}: the truth record at {} has {}", path, place, what),
              "give a truth set with the GT of one sample, haploid or diploid"};
}

std::string upper(std::string allele) {  // "<DEL>" stays
  return allele.starts_with('<') ? allele : genome::upper_case(std::move(allele));
}

}  // namespace

TruthReader::TruthReader(const std::string& path, const std::string& info, const genome::ContigList& contigs,
                         const RegionSet& confident)
    : reader_(path, {.genotypes = true, .allele_frequency = false, .info = info}), contigs_(contigs), confident_(confident) {}

void TruthReader::read(const genome::Region& stretch) {
  held_ = {-1, 0, 0};  // until all is read
  truths_.clear();
  reader_.for_each(stretch, contigs_, [&](formats::VcfRecord&& record) {
    if (!record.passes() || !confident_.contains(record.contig, record.start)) return;
    for (std::string& alt : record.alts) alt = upper(std::move(alt));
    const int64_t end = std::min(record.end, contigs_[record.contig].length);  // INFO/END may claim more
    truths_.push_back({record.start, end, upper(std::move(record.ref)), std::move(record.alts),
                       genotype(record, reader_.path(), contigs_), record.info.value_or("")});
  });
  std::stable_sort(truths_.begin(), truths_.end(),
                   [](const Truth& a, const Truth& b) { return std::tie(a.start, a.end) < std::tie(b.start, b.end); });
  held_ = stretch;
}

std::vector<Truth> TruthReader::overlapping(const genome::Region& region) {
  if (region.contig != held_.contig || region.start < held_.start || region.end > held_.end) {
    const int64_t length = contigs_[region.contig].length;
    read({region.contig, region.start, std::min(length, std::max(region.end, region.start + kStretch))});
  }
  std::vector<Truth> out;
  for (const Truth& truth : truths_) {
    if (truth.start >= region.end) break;
    if (truth.end > region.start) out.push_back(truth);
  }
  return out;
}

}  // namespace haploom::labels
