// The image's layout: what writer and reader share. docs/pangenome_image.md draws it.
//
// A header, a table of sections, then the sections, each at a multiple of 64 bytes. Little-endian; offsets, no pointers.
// Codes are stored as places: 0 is the endmarker, 2 and more are node codes less (first code - 2), so that 32 bits hold
// the codes of any graph with fewer than 2^32 node strands, whatever its ids start at.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

namespace haploom::shared_image {

static_assert(std::endian::native == std::endian::little, "the image is read in place");

inline constexpr char kImageMagic[8] = {'H', 'A', 'P', 'L', 'O', 'O', 'M', 'I'};
inline constexpr uint32_t kLayoutVersion = 1;
inline constexpr uint64_t kSectionAlignment = 64;

enum class ImageSection : uint32_t {
  kFacts,           // one Facts
  kBases,           // char: forward bases of the nodes, by id
  kBaseBlocks,      // uint64: bases before each block of kBlock nodes
  kBaseOffsets,     // uint32 [nodes + 1]: the same for each node, from its block's start
  kRecords,         // uint32: the records' words
  kRecordBlocks,    // uint64: words before each block of kBlock records
  kRecordOffsets,   // uint32 [records + 1]
  kSequenceEnds,    // uint32 [sequences]: sequence of each visit that ends a path, in order of (code, visit)
  kPaths,           // PathEntry [paths]
  kIndexedPaths,    // uint32: generic and reference paths by (sample, contig, phase, fragment)
  kPositionStarts,  // uint64 [indexed paths + 1]: into kPositions, in the order of kIndexedPaths
  kPositions,       // Position: along each indexed path about every kPositionStep bases
  kOwnerStarts,     // uint64 [strands of sampled nodes + 1]: into kOwners
  kOwners,          // Owner: every visit of every kOwnerStep-th node
  kTextStarts,      // uint64 [samples + contigs + reference samples + 1]: into kText
  kText,            // char
  kCount
};
inline constexpr uint32_t kSectionCount = static_cast<uint32_t>(ImageSection::kCount);

struct ImageHeader {
  char magic[8];
  uint32_t layout_version;
  uint32_t section_count;
  uint64_t image_bytes;
  uint64_t reserved;
};
struct SectionEntry {
  uint32_t section;
  uint32_t item_bytes;
  uint64_t offset;  // from the image's first byte
  uint64_t bytes;
};

struct Facts {
  uint64_t first_code;
  uint64_t records;  // node strands; twice the node ids
  uint64_t nodes;    // visited ones
  uint64_t visit_total;
  uint64_t paths;
  uint64_t samples;
  uint64_t contigs;
  uint64_t reference_samples;
};
struct Place {  // a visit
  uint32_t code;
  uint32_t visit;
};
struct PathEntry {
  uint32_t sample;
  uint32_t contig;
  uint32_t phase;
  uint32_t fragment;
  uint64_t bases;
  uint64_t sense;
};
struct Position {
  uint64_t offset;  // bases before the visit
  Place place;
};
struct Owner {
  uint64_t offset;    // bases before the visit, in the sequence's direction
  uint64_t sequence;  // 2 * path + direction
};

inline constexpr uint64_t kBlock = 64;          // nodes or records that share one 64-bit offset
inline constexpr uint64_t kPositionStep = 1024; // as upstream's path index (gbwtgraph 1.5, path_handle_graph sampling)
inline constexpr uint64_t kOwnerStep = 256;

// A record's words. Nobody visits: none. One successor: visits, successor, base. More:
//   visits, edges, runs, [edges]{successor, base}, [checkpoints]{visits before, [edges]{visits before of this edge}}, runs
// A run is one word (edge in the low 8 bits, length above), or two (edge, length) where a record has more than 256 edges.
// Checkpoint i stands before run (i + 1) * checkpoint_step; there is none before the first run.
inline constexpr uint64_t kOneSuccessorWords = 3;
inline constexpr uint64_t kRecordHeadWords = 3;
inline constexpr uint64_t kNarrowEdges = 256;
inline constexpr uint64_t kNarrowRunLength = (uint64_t{1} << 24) - 1;
constexpr uint64_t checkpoint_step(uint64_t edges) { return std::max<uint64_t>(64, 2 * edges); }
constexpr uint64_t checkpoints(uint64_t edges, uint64_t runs) { return runs == 0 ? 0 : (runs - 1) / checkpoint_step(edges); }
constexpr uint64_t run_words(uint64_t edges) { return edges > kNarrowEdges ? 2 : 1; }
constexpr uint64_t record_words(uint64_t edges, uint64_t runs) {
  return kRecordHeadWords + 2 * edges + checkpoints(edges, runs) * (1 + edges) + runs * run_words(edges);
}

// The several-successor form of a record, as views of its words.
struct RecordView {
  uint64_t visits = 0;
  uint64_t edges = 0;
  uint64_t runs = 0;
  const uint32_t* edge_words = nullptr;
  const uint32_t* checkpoint_words = nullptr;
  const uint32_t* run_words_at = nullptr;
  bool wide = false;

  uint32_t successor(uint64_t edge) const { return edge_words[2 * edge]; }
  uint32_t base(uint64_t edge) const { return edge_words[2 * edge + 1]; }
  uint32_t run_edge(uint64_t run) const { return wide ? run_words_at[2 * run] : run_words_at[run] & 0xFF; }
  uint32_t run_length(uint64_t run) const { return wide ? run_words_at[2 * run + 1] : run_words_at[run] >> 8; }
};

}  // namespace haploom::shared_image
