#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "genome/dna.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

// Source: nucleus/io/gbz_reader.cc (DeepVariant 1.9).
constexpr uint8_t kMapq = 90;
constexpr uint8_t kQuality = 30;

// All of a read but its name.
genome::Read read_of(const Sequence& sequence, int contig, int64_t start) {
  genome::Read read;
  read.mapq = kMapq;
  read.contig = contig;
  read.start = start;
  read.cigar = sequence.cigar;
  read.end = start + genome::reference_length(read.cigar);
  read.bases = genome::upper_case(sequence.bases);
  read.quality.assign(read.bases.size(), kQuality);
  return read;
}

std::vector<uint32_t> numbered_owners(const shared_image::Pangenome& pangenome) {
  std::map<std::pair<std::string_view, uint32_t>, uint32_t> numbers;
  std::vector<uint32_t> out;
  for (uint64_t i = 0; i < pangenome.path_count(); ++i) {
    const auto path = pangenome.path(i);
    out.push_back(numbers.try_emplace({path.sample, path.phase}, static_cast<uint32_t>(numbers.size())).first->second);
  }
  return out;
}

}  // namespace

// Of several phases of the reference sample the lowest counts.
std::vector<ReferenceFragment> reference_fragments(const shared_image::Pangenome& pangenome, const ReferenceNaming& naming, const std::string& contig) {
  std::vector<ReferenceFragment> found;
  std::optional<uint32_t> phase;
  for (const uint32_t index : pangenome.indexed_paths()) {  // by phase, then fragment
    const auto path = pangenome.path(index);
    if (path.sample != naming.sample || path.contig != contig) continue;
    if (phase.value_or(path.phase) != path.phase) break;
    phase = path.phase;
    found.push_back({path.fragment, index});
  }
  return found;
}

Reader::Reader(const shared_image::Pangenome& pangenome, ReferenceNaming naming) : pangenome_(pangenome), naming_(std::move(naming)) {}

const std::vector<ReferenceFragment>& Reader::fragments(const std::string& contig_name) const {
  if (const auto known = fragments_.find(contig_name); known != fragments_.end()) return known->second;
  const auto contig = match_contig(pangenome_, naming_, contig_name);
  return fragments_[contig_name] = contig ? reference_fragments(pangenome_, naming_, *contig) : std::vector<ReferenceFragment>{};
}

bool Reader::contig_known(const std::string& contig_name) const { return !fragments(contig_name).empty(); }

std::optional<int64_t> Reader::contig_end(const std::string& contig_name) const {
  const auto& known = fragments(contig_name);
  if (known.empty()) return std::nullopt;
  return static_cast<int64_t>(known.back().start + pangenome_.path(known.back().path).bases);
}

const Reader::Window* Reader::window(const genome::Region& partition, const std::string& contig_name) {
  const auto& known = fragments(contig_name);
  const auto middle = static_cast<uint64_t>(partition.start + (partition.end - partition.start) / 2);
  const auto after = std::upper_bound(known.begin(), known.end(), middle, [](uint64_t position, const ReferenceFragment& fragment) { return position < fragment.start; });
  if (after == known.begin()) {
    last_.reset();  // whose rows owners() must no longer tell of
    return nullptr;
  }
  const ReferenceFragment& fragment = *std::prev(after);
  const uint64_t offset = middle - fragment.start;
  if (!last_ || last_path_ != fragment.path || last_offset_ != offset) {
    last_.reset();
    auto answer = query(pangenome_, fragment.path, offset, kContext);
    if (!answer) return nullptr;
    const auto start = static_cast<int64_t>(fragment.start + answer->reference_start);
    last_ = Window{std::move(*answer), start};
    last_path_ = fragment.path;
    last_offset_ = offset;
  }
  return &*last_;
}

std::vector<genome::Read> Reader::reads(const genome::Region& partition, const std::string& contig_name) {
  std::vector<genome::Read> out;
  const Window* found = window(partition, contig_name);
  if (found == nullptr) return out;
  const WindowHaplotypes& haplotypes = found->haplotypes;
  std::vector<genome::Read> of_walk;
  for (const Sequence& sequence : haplotypes.sequences) of_walk.push_back(read_of(sequence, partition.contig, found->start));
  out.reserve(haplotypes.pieces.size());
  for (const Piece& piece : haplotypes.pieces) {
    if (piece.is_reference) continue;
    out.push_back(of_walk[piece.sequence]);
    out.back().name = fmt::format("haplotype_{}", out.size());
  }
  return out;
}

std::vector<uint32_t> Reader::owners() {
  if (!last_) return {};
  if (owner_of_path_.empty()) owner_of_path_ = numbered_owners(pangenome_);
  const std::vector<Piece>& pieces = last_->haplotypes.pieces;
  std::unordered_map<gbz::NodeCode, std::vector<size_t>> starts;
  for (size_t i = 0; i < pieces.size(); ++i) starts[pieces[i].start.node].push_back(i);
  std::vector<std::optional<uint32_t>> found(pieces.size());
  for (const Owned& before : owned_) {
    gbz::Visit at = before.start;
    for (uint64_t step = 0; step < before.steps && at.node != gbz::kEndmarker; ++step, at = pangenome_.next(at)) {
      const auto here = starts.find(at.node);
      if (here == starts.end()) continue;
      const auto piece = std::find_if(here->second.begin(), here->second.end(), [&](size_t i) { return pieces[i].start == at; });
      if (piece == here->second.end()) continue;
      found[*piece] = before.owner;
      break;
    }
  }
  owned_.clear();
  std::vector<uint32_t> out;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const uint32_t owner = found[i] ? *found[i] : owner_of_path_.at(pangenome_.owner(pieces[i].start).path);
    owned_.push_back({pieces[i].start, last_->haplotypes.sequences[pieces[i].sequence].walk.size(), owner});
    if (!pieces[i].is_reference) out.push_back(owner);
  }
  return out;
}

}  // namespace haploom::haplotypes
