#include "genotype/reference_confidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace haploom::genotype {
namespace {

constexpr int kMostReads = 100;     // DeepVariant's cache: deeper positions are scaled down to it
constexpr int kMostGq = 50;
constexpr double kImpossible = -999.0;

std::array<double, 3> normalised(std::array<double, 3> log10) {
  const double most = *std::max_element(log10.begin(), log10.end());
  double sum = 0;
  for (const double value : log10) sum += std::pow(10.0, value - most);
  const double all = most + std::log10(sum);
  for (double& value : log10) value = std::min(value - all, 0.0);
  return log10;
}

std::array<double, 3> likelihoods(int reference, int depth, double p_error, Ploidy ploidy) {
  const double ln10 = std::log(10.0);
  const double het = ploidy == Ploidy::kHaploid ? kImpossible : -depth * std::log(2.0) / ln10;
  if (depth == 0) return normalised({-1.0, ploidy == Ploidy::kHaploid ? kImpossible : -1.0, -1.0});
  const int other = depth - reference;
  const double wrong = std::log(p_error) / ln10;
  const double right = std::log1p(-p_error) / ln10;
  return normalised({reference * right + other * wrong, het, reference * wrong + other * right});
}

// Of homozygous reference, whichever genotype is the best.
int genotype_quality(double log10_of_reference) {
  const double phred = -10.0 * std::log10(1.0 - std::pow(10.0, log10_of_reference));
  return std::isfinite(phred) ? static_cast<int>(std::min(std::floor(phred), double{kMostGq})) : kMostGq;
}

int bin_of(int gq, int width) { return gq < 1 ? 0 : (gq - 1) / width * width + 1; }

bool is_base(char letter) { return std::string_view("ACGT").find(letter) != std::string_view::npos; }
bool is_iupac(char letter) { return std::string_view("RYSWKMBDHVN").find(letter) != std::string_view::npos; }

int median(std::vector<int32_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// Whether positions are haploid, asked for rising positions of one contig.
class Ploidies {
 public:
  Ploidies(const std::vector<genome::Region>& haploid, const genome::Region& region)
      : at_(std::partition_point(haploid.begin(), haploid.end(), [&](const genome::Region& one) { return one.contig < region.contig || (one.contig == region.contig && one.end <= region.start); })),
        end_(haploid.end()),
        contig_(region.contig) {}
  Ploidy at(int64_t position) {
    while (at_ != end_ && at_->contig == contig_ && at_->end <= position) ++at_;
    return at_ != end_ && at_->contig == contig_ && at_->start <= position ? Ploidy::kHaploid : Ploidy::kDiploid;
  }

 private:
  std::vector<genome::Region>::const_iterator at_, end_;
  int contig_;
};

}  // namespace

ReferenceConfidences::ReferenceConfidences(const ReferenceModel& model) : model_(model) {
  check(model.gq_bin >= 1 && model.p_error > 0 && model.p_error < 1, "a model of the reference has a bin and an error rate");
  for (const Ploidy ploidy : {Ploidy::kDiploid, Ploidy::kHaploid}) {
    std::vector<ReferenceConfidence>& table = tables_[ploidy == Ploidy::kHaploid ? 1 : 0];
    for (int depth = 0; depth <= kMostReads; ++depth) {
      for (int reference = 0; reference <= depth; ++reference) {
        const auto values = likelihoods(reference, depth, model.p_error, ploidy);
        table.push_back({genotype_quality(values[0]), values});
      }
    }
  }
}

const ReferenceConfidence& ReferenceConfidences::of(int reference, int depth, Ploidy ploidy) const {
  if (depth > kMostReads) {
    reference = static_cast<int>(std::ceil(reference / static_cast<double>(depth) * kMostReads));
    depth = kMostReads;
  }
  return tables_[ploidy == Ploidy::kHaploid ? 1 : 0][static_cast<size_t>(depth * (depth + 1) / 2 + reference)];
}

std::vector<ReferenceBlock> reference_blocks(const genome::Region& region, std::span<const ReferenceCount> counts,
                                             const ReferenceConfidences& confidences, const std::vector<genome::Region>& haploid) {
  std::vector<ReferenceBlock> out;
  std::vector<int32_t> depths;  // of the open block
  int open_bin = -1;            // none is open, or it is one without a genotype
  const auto close = [&] {
    if (open_bin >= 0) out.back().median_depth = median(std::move(depths));
    depths.clear();
    open_bin = -1;
  };
  Ploidies ploidies(haploid, region);
  for (size_t i = 0; i < counts.size(); ++i) {
    const ReferenceCount& count = counts[i];
    const int64_t position = region.start + static_cast<int64_t>(i);
    if (!is_base(count.base)) {
      if (!is_iupac(count.base)) {
        throw Error{Exit::kInput, Reason::kReference, "genotype",
                    fmt::format("the reference has the letter '{}' at position {} of its contig number {}", count.base, position + 1, region.contig + 1),
                    "give a FASTA of bases and IUPAC codes"};
      }
      close();
      continue;
    }
    const ReferenceConfidence& confidence = confidences.of(count.reference, count.depth, ploidies.at(position));
    const int bin = confidence.reference_is_best() ? bin_of(confidence.gq, confidences.model().gq_bin) : -1;
    if (bin < 0 || bin != open_bin) {
      close();
      out.push_back({position, position + 1, count.base, bin >= 0, confidence, count.depth, count.depth});
      open_bin = bin;
      if (bin >= 0) depths.push_back(count.depth);
      continue;
    }
    ReferenceBlock& block = out.back();
    block.end = position + 1;
    block.min_depth = std::min(block.min_depth, count.depth);
    if (confidence.gq < block.confidence.gq) block.confidence = confidence;
    depths.push_back(count.depth);
  }
  close();
  return out;
}

}  // namespace haploom::genotype
