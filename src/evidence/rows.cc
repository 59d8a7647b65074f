#include "evidence/rows.h"

#include <algorithm>
#include <set>

#include "evidence/numbers.h"
#include "evidence/repeat.h"
#include "genome/dna.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

constexpr int kNearEnd = 6;
constexpr uint8_t kPoorMapq = 20;
constexpr int64_t kGcReach = 50;
constexpr double kMostLikelihood = 100;  // log10; more is no surer

// Sums over the reads of one class.
struct ReadSums {
  int reads = 0, forward = 0, mapq_zero = 0, near_end = 0, clipped = 0, unpaired = 0;
  double novel = 0, known = 0;
  double mapq = 0, quality = 0, from_end = 0, mismatches = 0, gaps = 0;
  int best_quality = 0;
  std::set<std::pair<int64_t, bool>> starts;

  void add(const ReadAt& at, const ReadMeasures& measures, PartitionReads::Shown shown) {
    const genome::Read& read = *at.read;
    ++reads;
    forward += !read.reverse;
    mapq_zero += read.mapq == 0;
    near_end += at.from_end < kNearEnd;
    clipped += measures.clipped;
    unpaired += read.template_length == 0;
    mapq += read.mapq;
    quality += at.quality;
    best_quality = std::max<int>(best_quality, at.quality);
    from_end += at.from_end;
    mismatches += measures.mismatches;
    gaps += measures.gaps;
    novel += shown.novel;
    known += shown.known;
    starts.insert({read.reverse ? read.end : read.start, read.reverse});
  }
  float mean(double sum) const { return reads == 0 ? kNobodyKnows : static_cast<float>(sum / reads); }
};

bool holds(const genome::AltSet& set, int alt) { return std::find(set.begin(), set.end(), alt) != set.end(); }

float strand_bias(const ReadSums& set, const ReadSums& ref) {
  const auto odds = [](const ReadSums& sums) { return std::log((sums.forward + 0.5) / (sums.reads - sums.forward + 0.5)); };
  return static_cast<float>(std::abs(odds(set) - odds(ref)));
}

int kind_of(const std::string& ref, const std::string& alt) {
  if (alt.size() == ref.size()) return 0;
  return alt.size() > ref.size() ? 1 : 2;
}

void add_alleles(const genome::Candidate& candidate, const genome::AltSet& set, std::span<float> row) {
  int kind = -1;
  int64_t length = 0;
  for (const int alt : set) {
    const std::string& bases = candidate.alts[static_cast<size_t>(alt)];
    const int one = kind_of(candidate.ref, bases);
    kind = kind < 0 || kind == one ? one : 3;
    const int64_t more = std::ssize(bases) - std::ssize(candidate.ref);
    if (std::abs(more) > std::abs(length)) length = more;
  }
  row[kKind] = static_cast<float>(kind);
  row[kLength] = static_cast<float>(length);
  row[kAlts] = static_cast<float>(candidate.alts.size());
  row[kSetSize] = static_cast<float>(set.size());
}

void add_reads(const genome::Candidate& candidate, const genome::AltSet& set, const std::vector<ReadAt>& reads,
               const std::vector<double>& likelihoods, PartitionReads& measured, std::span<float> row) {
  ReadSums of_set, of_ref, of_other;
  int poor = 0;
  for (const ReadAt& read : reads) {
    ReadSums& sums = read.allele == 0 ? of_ref : holds(set, read.allele - 1) ? of_set : of_other;
    sums.add(read, measured.measures(read.index), measured.shown(read.index));
    poor += read.read->mapq < kPoorMapq;
  }
  row[kDepth] = static_cast<float>(candidate.depth);
  row[kSetReads] = static_cast<float>(of_set.reads);
  row[kRefReads] = static_cast<float>(of_ref.reads);
  row[kOtherReads] = static_cast<float>(of_other.reads);
  row[kSetFraction] = reads.empty() ? 0 : static_cast<float>(of_set.reads) / static_cast<float>(reads.size());
  row[kSetForward] = of_set.mean(of_set.forward);
  row[kRefForward] = of_ref.mean(of_ref.forward);
  row[kStrandBias] = strand_bias(of_set, of_ref);
  row[kSetMapq] = of_set.mean(of_set.mapq);
  row[kRefMapq] = of_ref.mean(of_ref.mapq);
  row[kSetMapqZero] = of_set.mean(of_set.mapq_zero);
  row[kMapqBelow20] = reads.empty() ? kNobodyKnows : static_cast<float>(poor) / static_cast<float>(reads.size());
  row[kSetQuality] = of_set.mean(of_set.quality);
  row[kRefQuality] = of_ref.mean(of_ref.quality);
  row[kSetQualityBest] = static_cast<float>(of_set.best_quality);
  row[kSetFromEnd] = of_set.mean(of_set.from_end);
  row[kRefFromEnd] = of_ref.mean(of_ref.from_end);
  row[kSetNearEnd] = of_set.mean(of_set.near_end);
  const bool shown_as_mismatch = row[kKind] == 0;
  row[kSetMismatches] = of_set.mean(of_set.mismatches - (shown_as_mismatch ? of_set.reads : 0));
  row[kRefMismatches] = of_ref.mean(of_ref.mismatches);
  row[kSetGaps] = of_set.mean(of_set.gaps - (shown_as_mismatch ? 0 : of_set.reads));
  row[kRefGaps] = of_ref.mean(of_ref.gaps);
  row[kSetClipped] = of_set.mean(of_set.clipped);
  row[kRefClipped] = of_ref.mean(of_ref.clipped);
  row[kSetUnpaired] = of_set.mean(of_set.unpaired);
  row[kRefUnpaired] = of_ref.mean(of_ref.unpaired);
  int own_novel = 0, own_known = 0;
  for (const int alt : set) {
    const auto a = static_cast<size_t>(alt);
    const auto own = candidate.read_support[a].size() < 2 ? 0 : static_cast<int>(candidate.read_support[a].size());
    (candidate.haplotype_support[a].empty() ? own_novel : own_known) += own;
  }
  row[kSetNovel] = of_set.mean(of_set.novel - own_novel);
  row[kSetKnown] = of_set.mean(of_set.known - own_known);
  row[kSetStarts] = static_cast<float>(of_set.starts.size());

  const auto shares = copies(scaled(likelihoods), candidate.alts.size(), set);
  const auto step = [&shares](size_t from, size_t to) {
    constexpr double kLeast = 1e-100;
    return static_cast<float>(std::clamp(std::log10(std::max(shares[to], kLeast)) - std::log10(std::max(shares[from], kLeast)), -kMostLikelihood, kMostLikelihood));
  };
  row[kLikelihood01] = step(0, 1);
  row[kLikelihood12] = step(1, 2);
}

// A substitution beside a run of its own base is what a slipping polymerase makes.
int64_t run_joined(const genome::Candidate& candidate, const genome::AltSet& set, const genome::ReferenceWindow& reference) {
  int64_t longest = 0;
  for (const int alt : set) {
    const std::string& bases = candidate.alts[static_cast<size_t>(alt)];
    if (bases.size() != candidate.ref.size()) continue;
    for (const int step : {-1, 1}) {
      if (reference.at(candidate.start + step) == bases.front()) longest = std::max(longest, run_length(reference, candidate.start + step, step));
    }
  }
  return longest;
}

void add_reference(const genome::Candidate& candidate, const genome::AltSet& set, const genome::ReferenceWindow& reference, std::span<float> row) {
  const Repeat repeat = repeat_at(reference, candidate.start + 1);
  row[kRunAfter] = static_cast<float>(run_length(reference, candidate.start + 1));
  row[kRunJoined] = static_cast<float>(run_joined(candidate, set, reference));
  row[kUnit] = static_cast<float>(repeat.unit);
  row[kTract] = static_cast<float>(repeat.tract);
  const auto length = static_cast<int64_t>(row[kLength]);
  row[kUnitFits] = repeat.unit > 0 && length != 0 && length % repeat.unit == 0 ? 1 : 0;
  int strong = 0, known = 0;
  for (int64_t p = candidate.start - kGcReach; p <= candidate.start + kGcReach; ++p) {
    const char base = reference.at(p);
    known += genome::is_acgt(base);
    strong += base == 'G' || base == 'C';
  }
  row[kGc] = known == 0 ? kNobodyKnows : static_cast<float>(strong) / static_cast<float>(known);
}

void add_panel(const Partition& partition, const genome::Candidate& candidate, const genome::AltSet& set, std::span<float> row) {
  int over = 0, with_set = 0, with_other = static_cast<int>(candidate.haplotype_uncalled.size());
  for (const genome::Read& haplotype : partition.haplotypes) over += haplotype.start <= candidate.start && haplotype.end >= candidate.end();
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    const auto count = static_cast<int>(candidate.haplotype_support[alt].size());
    (holds(set, static_cast<int>(alt)) ? with_set : with_other) += count;
  }
  row[kHaplotypes] = static_cast<float>(over);
  row[kSetHaplotypes] = static_cast<float>(with_set);
  row[kSetFrequency] = over == 0 ? kNobodyKnows : static_cast<float>(with_set) / static_cast<float>(over);
  row[kOtherHaplotypes] = static_cast<float>(with_other);
}

}  // namespace

std::array<double, 3> copies(std::span<const double> shares, size_t alts, const genome::AltSet& set) {
  std::array<double, 3> out{};
  double sum = 0;
  for (size_t b = 0; b <= alts; ++b) {
    for (size_t a = 0; a <= b; ++a) {
      const int n = (a > 0 && holds(set, static_cast<int>(a) - 1)) + (b > 0 && holds(set, static_cast<int>(b) - 1));
      out[static_cast<size_t>(n)] += shares[genome::genotype_index(a, b)];
      sum += shares[genome::genotype_index(a, b)];
    }
  }
  for (double& share : out) share /= sum;
  return out;
}

std::vector<double> scaled(std::span<const double> logs) {
  const double largest = *std::max_element(logs.begin(), logs.end());
  std::vector<double> out;
  for (const double one : logs) out.push_back(std::pow(10.0, one - largest));
  return out;
}

void append_rows(const Partition& partition, const genome::Candidate& candidate, const std::vector<genome::AltSet>& sets,
                 const std::vector<ReadAt>& reads, const std::vector<double>& likelihoods, PartitionReads& measured, Rows& out) {
  for (const genome::AltSet& set : sets) {
    out.resize(out.size() + kNumbers, kNobodyKnows);
    const std::span<float> row(out.end() - static_cast<std::ptrdiff_t>(kNumbers), out.end());
    add_alleles(candidate, set, row);
    add_reads(candidate, set, reads, likelihoods, measured, row);
    add_reference(candidate, set, partition.reference, row);
    add_panel(partition, candidate, set, row);
  }
}

}  // namespace haploom::evidence
