#include "evidence/reads_at.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "evidence/repeat.h"
#include "genome/dna.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

constexpr int kUnseen = -2;

// Index of the read's base on a reference position; nothing where it is deleted or skipped.
std::optional<int64_t> offset_at(const genome::Read& read, int64_t position) {
  int64_t on_reference = read.start, in_read = 0;
  for (const genome::CigarOp& op : read.cigar) {
    if (genome::consumes_reference(op.op)) {
      if (position < on_reference + op.length) return genome::consumes_read(op.op) ? std::optional(in_read + position - on_reference) : std::nullopt;
      on_reference += op.length;
    }
    if (genome::consumes_read(op.op)) in_read += op.length;
  }
  return std::nullopt;
}

// Slips of a run or repeat, by its length: a coarse guess that only has to rank genotypes.
double indel_error(const Repeat& repeat) {
  constexpr double kLeast = 0.005, kMost = 0.2;
  if (repeat.unit == 0) return kLeast;
  const double units = static_cast<double>(repeat.tract) / repeat.unit;
  return std::min(kMost, kLeast * std::exp(0.35 * std::max(0.0, units - 3)));
}

// Two records of one read may show an allele: it is listed by one of them.
std::vector<int> alleles_of_reads(const genome::Candidate& candidate, size_t reads) {
  std::vector<int> out(reads, kUnseen);
  for (const int32_t read : candidate.read_uncalled) out[static_cast<size_t>(read)] = kOtherAllele;
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    for (const int32_t read : candidate.read_support[alt]) out[static_cast<size_t>(read)] = static_cast<int>(alt) + 1;
  }
  return out;
}

// What strays in from a like sequence shows REF as a rule, and seldom just the alleles that are asked about.
double chance_of(const ReadAt& read, size_t allele, size_t alleles) {
  constexpr double kStraySeldom = 0.1;
  const auto shown = static_cast<size_t>(read.allele);
  const double strays = read.astray * (shown == 0 ? 1 : kStraySeldom);
  const double slips = read.error / static_cast<double>(std::max<size_t>(1, alleles - 1));
  return (1 - read.astray) * (allele == shown ? 1 - read.error : slips) + strays;
}

}  // namespace

PartitionReads::PartitionReads(const Partition& partition)
    : partition_(partition), measures_(partition.reads.size()), measured_(partition.reads.size(), false), shown_(partition.reads.size()) {
  for (const auto* list : {&partition.candidates, &partition.silent}) {
    for (const genome::Candidate& candidate : *list) count_shown(candidate);
  }
}

void PartitionReads::count_shown(const genome::Candidate& candidate) {
  for (size_t alt = 0; alt < candidate.alts.size(); ++alt) {
    if (candidate.read_support[alt].size() < 2) continue;
    for (const int32_t read : candidate.read_support[alt]) {
      Shown& shown = shown_[static_cast<size_t>(read)];
      ++(candidate.haplotype_support[alt].empty() ? shown.novel : shown.known);
    }
  }
}

std::vector<ReadAt> PartitionReads::at(const genome::Candidate& candidate) const {
  const Repeat repeat = repeat_at(partition_.reference, candidate.start + 1);
  const bool snp = candidate.is_snp();
  const int64_t told_apart = snp ? candidate.start + 1 : std::max(candidate.end(), candidate.start + 1 + repeat.tract) + 1;
  const double slip = indel_error(repeat);
  const std::vector<int> shown = alleles_of_reads(candidate, partition_.reads.size());
  const char base = candidate.ref.front();
  std::vector<ReadAt> out;
  for (size_t i = 0; i < partition_.reads.size(); ++i) {
    const genome::Read& read = partition_.reads[i];
    int allele = shown[i];
    if (allele == kUnseen && (read.start > candidate.start || read.end < told_apart)) continue;
    const auto offset = offset_at(read, candidate.start);
    if (allele == kUnseen) {
      if (!offset || read.bases[static_cast<size_t>(*offset)] != base) continue;
      allele = 0;
    }
    ReadAt one{&read, static_cast<int32_t>(i), allele, 0, 0, 0, 0};
    const auto length = static_cast<int64_t>(read.bases.size());
    const int64_t at = offset.value_or(0);
    if (static_cast<size_t>(at) < read.quality.size()) one.quality = read.quality[static_cast<size_t>(at)];
    one.from_end = static_cast<int>(std::max<int64_t>(0, std::min(at, length - 1 - at)));
    const double base_error = std::pow(10.0, -0.1 * std::clamp<int>(one.quality, 3, 40));
    one.astray = 0.45 * std::pow(10.0, -0.1 * std::min<int>(read.mapq, 60));
    one.error = std::min(0.45, snp ? base_error : std::max(slip, base_error));
    out.push_back(one);
  }
  return out;
}

const ReadMeasures& PartitionReads::measures(int32_t read_index) {
  const auto i = static_cast<size_t>(read_index);
  ReadMeasures& out = measures_[i];
  if (measured_[i]) return out;
  measured_[i] = true;
  const genome::Read& read = partition_.reads[i];
  int64_t on_reference = read.start;
  size_t in_read = 0;
  for (const genome::CigarOp& op : read.cigar) {
    const auto length = static_cast<size_t>(op.length);
    if (genome::is_match(op.op)) {
      for (size_t k = 0; k < length && in_read + k < read.bases.size(); ++k) {
        const char reference = partition_.reference.at(on_reference + static_cast<int64_t>(k));
        out.mismatches += genome::is_acgt(reference) && read.bases[in_read + k] != reference;
      }
    } else if (op.op == 'I' || op.op == 'D') {
      ++out.gaps;
    } else if (op.op == 'S' || op.op == 'H') {
      out.clipped = true;
    }
    if (genome::consumes_reference(op.op)) on_reference += op.length;
    if (genome::consumes_read(op.op)) in_read += length;
  }
  return out;
}

std::vector<double> log_likelihoods(const std::vector<ReadAt>& reads, size_t alleles) {
  std::vector<double> out(genome::genotype_count(alleles), 0), chance(alleles);
  for (const ReadAt& read : reads) {
    if (read.allele == kOtherAllele) continue;
    // P(the read shows what it shows | it should have come from a copy of that allele)
    for (size_t allele = 0; allele < alleles; ++allele) chance[allele] = chance_of(read, allele, alleles);
    for (size_t b = 0; b < alleles; ++b) {
      for (size_t a = 0; a <= b; ++a) out[genome::genotype_index(a, b)] += std::log10((chance[a] + chance[b]) / 2);
    }
  }
  return out;
}

}  // namespace haploom::evidence
