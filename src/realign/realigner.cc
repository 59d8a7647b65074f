#include <algorithm>
#include <utility>

#include "realign/debruijn_graph.h"
#include "realign/fast_pass_aligner.h"
#include "realign/realign.h"
#include "realign/window_selector.h"

namespace haploom::realign {
namespace {

using genome::Read;

constexpr int64_t kReferenceMargin = 20;  // beside a window and its reads

bool fits_its_bases(const Read& read) {
  return !read.bases.empty() && read.quality.size() == read.bases.size() &&
         genome::read_length(read.cigar) <= static_cast<int64_t>(read.bases.size());
}

int64_t overlap(const Read& read, int64_t start, int64_t end) {
  return std::max<int64_t>(0, std::min(read.end, end) - std::max(read.start, start));
}

}  // namespace

struct Realigner::State {
  explicit State(const RealignOptions& from) : options(from), selector(from.windows), graph(from.graph), aligner(from.aligner) {}

  std::vector<AssembledWindow> assemble(const genome::Region& partition, const pileup::ReferenceWindow& reference, int64_t contig_length);
  void assign(const std::vector<Read>& reads, const std::vector<int32_t>& candidates, Realignment& out);
  void align(const std::vector<Read>& reads, const AssembledWindow& window, const std::vector<int32_t>& members,
             const pileup::ReferenceWindow& reference, int64_t contig_length, Realignment& out);

  RealignOptions options;
  WindowSelector selector;
  DeBruijnGraph graph;
  FastPassAligner aligner;
  std::vector<const Read*> evidence;
  std::vector<const Read*> in_window;
  std::vector<std::vector<int32_t>> members;  // [windows] reads, in order
  std::vector<std::string> haplotypes;
  std::vector<std::string_view> bases;
};

// Windows whose reads assemble to something else than the reference.
std::vector<AssembledWindow> Realigner::State::assemble(const genome::Region& partition, const pileup::ReferenceWindow& reference,
                                                        int64_t contig_length) {
  std::vector<AssembledWindow> out;
  for (const auto& [start, end] : selector.select(partition, evidence, reference, contig_length)) {
    if (end - start > options.windows.max_window_size || start < std::max<int64_t>(0, reference.start) ||
        end > std::min(contig_length, reference.end())) {
      continue;
    }
    in_window.clear();
    for (const Read* read : evidence) {
      if (read->start < end && read->end > start) in_window.push_back(read);
    }
    const std::string_view plain = reference.between(start, end);
    Assembly found = graph.assemble(plain, in_window);
    if (found.haplotypes.empty() || (found.haplotypes.size() == 1 && found.haplotypes.front() == plain)) continue;
    out.push_back({start, end, found.k, std::move(found.haplotypes), 0});
  }
  return out;
}

// Each read to the window that it overlaps most, the first of equal ones; a read that overlaps none is listed at once.
void Realigner::State::assign(const std::vector<Read>& reads, const std::vector<int32_t>& candidates, Realignment& out) {
  members.resize(std::max(members.size(), out.windows.size()));
  for (auto& each : members) each.clear();
  for (const int32_t index : candidates) {
    const Read& read = reads[static_cast<size_t>(index)];
    size_t best = 0;
    int64_t most = 0;
    for (size_t i = 0; i < out.windows.size(); ++i) {
      const int64_t bases_in_common = overlap(read, out.windows[i].start, out.windows[i].end);
      if (bases_in_common > most) {
        most = bases_in_common;
        best = i;
      }
    }
    if (most > 0) {
      members[best].push_back(index);
    } else {
      out.order.push_back(index);
    }
  }
}

void Realigner::State::align(const std::vector<Read>& reads, const AssembledWindow& window, const std::vector<int32_t>& chosen,
                             const pileup::ReferenceWindow& reference, int64_t contig_length, Realignment& out) {
  if (chosen.empty()) return;
  int64_t start = window.start;
  int64_t end = window.end;
  bases.clear();
  for (const int32_t index : chosen) {
    const Read& read = reads[static_cast<size_t>(index)];
    start = std::min(start, read.start);
    end = std::max(end, read.end);
    bases.push_back(read.bases);
  }
  start = std::max({int64_t{0}, start - kReferenceMargin, reference.start});
  end = std::min({contig_length, end + kReferenceMargin, reference.end()});
  if (end <= window.end) return;  // no room for a suffix

  const std::string_view prefix = reference.between(start, window.start);
  const std::string_view suffix = reference.between(window.end, end);
  haplotypes.resize(window.haplotypes.size());
  for (size_t i = 0; i < haplotypes.size(); ++i) haplotypes[i].assign(prefix).append(window.haplotypes[i]).append(suffix);

  FastPassAligner::Task task;
  task.reference = reference.between(start, end);
  task.haplotypes = haplotypes;
  task.prefix = static_cast<int32_t>(prefix.size());
  task.suffix = static_cast<int32_t>(suffix.size());
  task.reads = bases;
  task.leftmost_only = !options.normalize_reads;
  const auto answers = aligner.align(task);
  for (size_t i = 0; i < chosen.size(); ++i) {
    const FastPassAligner::Answer& answer = answers[i];
    const Read& read = reads[static_cast<size_t>(chosen[i])];
    const int64_t position = start + answer.start;
    if (answer.outcome != FastPassAligner::Outcome::kAligned || position < 0) continue;
    if (position == read.start && answer.cigar == read.cigar) continue;
    out.moved.push_back({chosen[i], position, position + genome::reference_length(answer.cigar), answer.cigar});
  }
}

Realigner::Realigner(const RealignOptions& options) : state_(std::make_unique<State>(options)) {}
Realigner::~Realigner() = default;
Realigner::Realigner(Realigner&&) noexcept = default;
Realigner& Realigner::operator=(Realigner&&) noexcept = default;

Realignment Realigner::realign(const genome::Region& partition, const std::vector<Read>& reads,
                               const pileup::ReferenceWindow& reference, int64_t contig_length) {
  State& state = *state_;
  Realignment out;
  out.order.reserve(reads.size());
  const auto longest = static_cast<size_t>(std::max(state.options.max_read_length_to_realign, 0));
  std::vector<int32_t> candidates;
  candidates.reserve(reads.size());
  state.evidence.clear();
  for (size_t i = 0; i < reads.size(); ++i) {
    const bool is_long = longest > 0 && reads[i].bases.size() > longest;
    if (is_long || !fits_its_bases(reads[i])) {
      out.order.push_back(static_cast<int32_t>(i));
    } else {
      candidates.push_back(static_cast<int32_t>(i));
      state.evidence.push_back(&reads[i]);
    }
  }
  out.windows = state.assemble(partition, reference, contig_length);
  state.assign(reads, candidates, out);
  for (size_t i = 0; i < out.windows.size(); ++i) {
    const std::vector<int32_t>& members = state.members[i];
    out.windows[i].reads = static_cast<int32_t>(members.size());
    state.align(reads, out.windows[i], members, reference, contig_length, out);
    out.order.insert(out.order.end(), members.begin(), members.end());
  }
  std::sort(out.moved.begin(), out.moved.end(), [](const ReadAlignment& a, const ReadAlignment& b) { return a.read < b.read; });
  return out;
}

void swap_alignments(std::vector<Read>& reads, std::vector<ReadAlignment>& moved) {
  for (ReadAlignment& each : moved) {
    Read& read = reads[static_cast<size_t>(each.read)];
    std::swap(read.start, each.start);
    std::swap(read.end, each.end);
    std::swap(read.cigar, each.cigar);
  }
}

}  // namespace haploom::realign
