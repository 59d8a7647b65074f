#include <utility>

#include "haplotypes/haplotypes.h"
#include "haplotypes/pieces.h"
#include "haplotypes/walk_cigar.h"

namespace haploom::haplotypes {
namespace {

using shared_image::Pangenome;

std::vector<uint32_t> lengths_of(const Pangenome& pangenome, const std::vector<gbz::NodeCode>& walk) {
  std::vector<uint32_t> lengths;
  lengths.reserve(walk.size());
  for (const gbz::NodeCode code : walk) lengths.push_back(pangenome.node_length(code));
  return lengths;
}

Sequence sequence_of(const Pangenome& pangenome, std::vector<gbz::NodeCode> walk, WalkAligner& aligner) {
  Sequence out;
  out.cigar = aligner.cigar(walk, lengths_of(pangenome, walk));
  for (const gbz::NodeCode code : walk) pangenome.append_bases(code, out.bases);
  out.walk = std::move(walk);
  return out;
}

}  // namespace

std::optional<WindowHaplotypes> query(const Pangenome& pangenome, uint64_t reference_path, uint64_t offset, uint64_t context) {
  const auto place = pangenome.locate(reference_path, offset);
  if (!place) return std::nullopt;
  const NodeSet nodes = nodes_around(pangenome, *place, context);
  Pieces pieces = find_pieces(pangenome, nodes, place->visit);

  WindowHaplotypes out;
  out.node_ids = nodes.ids();
  out.reference_piece = pieces.reference;
  const std::vector<gbz::NodeCode> reference = pieces.walks[pieces.found[pieces.reference].walk];
  const std::vector<uint32_t> reference_lengths = lengths_of(pangenome, reference);
  out.reference_start = offset - place->node_offset;
  for (uint64_t i = 0; i < pieces.nodes_before_reference; ++i) out.reference_start -= reference_lengths[i];

  WalkAligner aligner(reference, reference_lengths);
  for (auto& walk : pieces.walks) out.sequences.push_back(sequence_of(pangenome, std::move(walk), aligner));
  for (const Pieces::Found& found : pieces.found) out.pieces.push_back({found.start, false, found.walk});
  out.pieces[out.reference_piece].is_reference = true;
  return out;
}

}  // namespace haploom::haplotypes
