#include "realign/fast_pass_aligner.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "realign/compose_alignment.h"

namespace haploom::realign {
namespace {

// What upstream takes an unset option for.
AlignerOptions with_defaults(AlignerOptions options) {
  const auto replace = [](auto& value, auto instead) {
    if (value <= 0) value = instead;
  };
  replace(options.match, 4);
  replace(options.mismatch, 6);
  replace(options.gap_open, 8);
  replace(options.gap_extend, 1);
  replace(options.max_num_mismatches, 2);
  replace(options.similarity_threshold, 0.85);
  replace(options.kmer_size, 32);
  return options;
}

Penalties penalties_of(const AlignerOptions& options) {
  return {options.match, options.mismatch, options.gap_open, options.gap_extend};
}

// The score below which a Smith-Waterman alignment does not count. 1 with upstream's defaults, whatever the read.
int32_t score_threshold(const AlignerOptions& options, size_t read_size) {
  const double size = static_cast<double>(read_size);
  const double score = options.match * size * options.similarity_threshold - options.mismatch * size * (1 - options.similarity_threshold);
  return score < 0 ? 1 : static_cast<int32_t>(std::min(score, 32'767.0));
}

}  // namespace

FastPassAligner::FastPassAligner(const AlignerOptions& options)
    : options_(with_defaults(options)), aligner_(penalties_of(options_)), haplotype_aligner_(penalties_of(options_)) {}

// Stops at the mismatch that is one too many. N fits every base.
int32_t FastPassAligner::score_without_gaps(const char* haplotype, std::string_view read, int32_t& mismatches) const {
  mismatches = 0;
  const char* bases = read.data();
  const size_t n = read.size();
  size_t i = 0;
  const auto compare = [&](size_t end) {
    for (; i < end; ++i) mismatches += bases[i] != haplotype[i] && bases[i] != 'N' && haplotype[i] != 'N';
  };
  while (i + sizeof(uint64_t) <= n) {
    uint64_t ours = 0;
    uint64_t theirs = 0;
    std::memcpy(&ours, bases + i, sizeof ours);
    std::memcpy(&theirs, haplotype + i, sizeof theirs);
    if (ours == theirs) {
      i += sizeof ours;
      continue;
    }
    compare(i + sizeof ours);
    if (mismatches > options_.max_num_mismatches) return 0;
  }
  compare(n);
  const auto matches = static_cast<int32_t>(n) - mismatches;
  return matches * options_.match - mismatches * options_.mismatch;
}

// A read is tried wherever it shares a k-mer with the haplotype. A place that the k-mer one base earlier has shown already is
// not tried again: it cannot change anything.
void FastPassAligner::place_reads(const Task& task, Haplotype& haplotype) {
  const std::string& bases = task.haplotypes[static_cast<size_t>(haplotype.index)];
  const auto length = static_cast<int32_t>(bases.size());
  ReadIndex::Walk walk(index_, bases);
  int32_t covered_to = 0;  // every placement begins at or before the k-mer that shows it
  for (int32_t at = 0; at + options_.kmer_size <= length; ++at) {
    const int32_t kmer = walk.kmer_at(at);
    if (kmer == KmerTable::kNone) continue;
    const char before = at > 0 ? bases[static_cast<size_t>(at) - 1] : '\0';
    if (index_.begins_anew(kmer, before)) {
      for (const ReadIndex::Occurrence& seen : index_.occurrences(kmer)) {
        if (seen.before == before && before != '\0') continue;
        const std::string_view read = task.reads[static_cast<size_t>(seen.read)];
        const int32_t start = std::max(0, at - seen.offset);
        const int32_t end = start + static_cast<int32_t>(read.size());
        Placement& placed = placement(haplotype, seen.read);
        if (end > length || (placed.score > 0 && placed.start == start)) continue;
        int32_t mismatches = 0;
        const int32_t score = score_without_gaps(bases.data() + start, read, mismatches);
        if (mismatches > options_.max_num_mismatches) continue;
        covered_to = std::max(covered_to, end);
        if (score > placed.score) {
          haplotype.sum += score - placed.score;
          placed = {score, start};
        }
      }
    }
    if (covered_to <= at && at >= task.prefix && at < length - task.suffix && !haplotype.is_reference) {
      haplotype.sum = 0;
      break;
    }
  }
  for (int32_t read = 0; read < static_cast<int32_t>(reads_); ++read) {
    Placement& placed = placement(haplotype, read);
    if (haplotype.sum == 0) placed = {};
    if (placed.score > 0) is_placed_[static_cast<size_t>(read)] = 1;
  }
}

const std::optional<LocalAlignment>& FastPassAligner::to_reference(const Task& task, Haplotype& haplotype) {
  if (haplotype.is_aligned) return haplotype.alignment;
  haplotype.is_aligned = true;
  const std::string& bases = task.haplotypes[static_cast<size_t>(haplotype.index)];
  if (bases == task.reference) {
    haplotype.alignment = LocalAlignment{0, 0, {{'=', static_cast<int32_t>(bases.size())}}};
    return haplotype.alignment;
  }
  if (reference_codes_.empty()) reference_codes_ = base_codes(task.reference);
  if (haplotype.codes.empty()) haplotype.codes = base_codes(bases);
  haplotype.alignment = haplotype_aligner_.align_similar(haplotype.codes, reference_codes_);
  return haplotype.alignment;
}

// Against every haplotype that was not discarded. The score alone: only the best one's path is asked for.
void FastPassAligner::score_unplaced(const Task& task, int32_t read) {
  const std::vector<int8_t> query = base_codes(task.reads[static_cast<size_t>(read)]);
  scored_.clear();
  scored_codes_.clear();
  for (Haplotype& haplotype : haplotypes_) {
    if (haplotype.sum == 0 && !(task.force && haplotype.is_reference)) continue;
    if (haplotype.codes.empty()) haplotype.codes = base_codes(task.haplotypes[static_cast<size_t>(haplotype.index)]);
    scored_.push_back(haplotype.index);
    scored_codes_.push_back(haplotype.codes);
  }
  const auto ends = related_.score(query, scored_codes_, penalties_of(options_));
  for (size_t i = 0; i < ends.size(); ++i) {
    Haplotype& haplotype = haplotypes_[static_cast<size_t>(scored_[i])];
    haplotype.end = ends[i];
    const bool counts = ends[i].score >= score_threshold_ || (task.force && haplotype.is_reference);
    if (ends[i].score > 0 && counts) placement(haplotype, read) = {ends[i].score, 0};
  }
  aligner_.set_query(query);
}

void FastPassAligner::answer(const Task& task, int32_t read, Answer& out) {
  const std::string_view bases = task.reads[static_cast<size_t>(read)];
  const bool is_placed = is_placed_[static_cast<size_t>(read)] != 0;
  if (!is_placed) score_unplaced(task, read);
  out = {};
  while (true) {
    Haplotype* best = nullptr;
    int32_t best_score = 0;
    for (const int32_t index : order_) {
      Haplotype& haplotype = haplotypes_[static_cast<size_t>(index)];
      const int32_t score = placement(haplotype, read).score;
      if (score > best_score || (score > 0 && score == best_score && !haplotype.is_reference)) {
        best = &haplotype;
        best_score = score;
      }
    }
    if (best == nullptr) return;
    genome::Cigar cigar = {{'=', static_cast<int32_t>(bases.size())}};
    if (!is_placed) {
      auto aligned = best->end.reference < 0 ? aligner_.align_to(best->codes) : aligner_.align_to(best->codes, best->end);
      if (!aligned) {  // its score does not count, then
        placement(*best, read) = {};
        continue;
      }
      placement(*best, read).start = aligned->reference_begin;
      cigar = std::move(aligned->cigar);
    }
    out.outcome = Outcome::kUnfit;
    const auto& haplotype = to_reference(task, *best);
    if (!haplotype) return;
    const int32_t on_haplotype = placement(*best, read).start;
    out.start = haplotype->reference_begin + on_haplotype + shift_at(haplotype->cigar, on_haplotype);
    out.cigar = compose(static_cast<int32_t>(bases.size()), cigar, on_haplotype, haplotype->cigar);
    if (out.cigar.empty()) return;
    if (task.leftmost_only && !is_leftmost(out.cigar, out.start, task.reference, bases)) return;
    out.outcome = Outcome::kAligned;
    return;
  }
}

std::span<const FastPassAligner::Answer> FastPassAligner::align(const Task& task) {
  reads_ = task.reads.size();
  answers_.resize(reads_);
  placements_.assign(task.haplotypes.size() * reads_, {});
  is_placed_.assign(reads_, 0);
  haplotypes_.assign(task.haplotypes.size(), {});
  reference_codes_.clear();
  score_threshold_ = score_threshold(options_, reads_ > 0 ? task.reads.front().size() : 0);
  index_.build(task.reads, options_.kmer_size);
  for (size_t i = 0; i < haplotypes_.size(); ++i) {
    Haplotype& haplotype = haplotypes_[i];
    haplotype.index = static_cast<int32_t>(i);
    haplotype.is_reference = task.haplotypes[i] == task.reference;
    place_reads(task, haplotype);
    if (haplotype.is_reference || haplotype.sum == 0 || task.reference.find(task.haplotypes[i]) == std::string_view::npos) continue;
    const auto& alignment = to_reference(task, haplotype);
    haplotype.is_reference = alignment && alignment->cigar.size() == 1 && alignment->cigar.front().op == '=';
  }
  order_.resize(haplotypes_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [this](int32_t a, int32_t b) {
    return haplotypes_[static_cast<size_t>(a)].sum < haplotypes_[static_cast<size_t>(b)].sum;
  });
  for (size_t i = 0; i < reads_; ++i) answer(task, static_cast<int32_t>(i), answers_[i]);
  return answers_;
}

}  // namespace haploom::realign
