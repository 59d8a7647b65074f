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
#include <cstring>
#include <limits>
#include <span>

namespace haploom::shared_image {

static_assert(std::endian::native == std::endian::little, "the image is read in place");

inline constexpr char kImageMagic[8] = {'H', 'A', 'P', 'L', 'O', 'O', 'M', 'I'};
inline constexpr uint32_t kLayoutVersion = 2;
inline constexpr uint64_t kSectionAlignment = 64;

enum class ImageSection : uint32_t {
  kFacts,           // one Facts
  kBases,           // char: forward bases of the nodes, by id
  kBaseBlocks,      // uint64 [nodes / kBlock + 1] and uint16 [nodes + 1]: where each node's bases start (Blocked)
  kBaseOffsets,
  kRecords,         // uint16: the records' words
  kRecordBlocks,    // uint64 [records / kBlock + 1] and uint16 [records + 1]: where each record starts
  kRecordOffsets,
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
  uint32_t offset_low;  // bases before the visit, in the sequence's direction
  uint32_t offset_high;
  uint32_t sequence;    // 2 * path + direction
  uint64_t offset() const { return uint64_t{offset_high} << 32 | offset_low; }
};

inline constexpr uint64_t kBlock = 64;           // nodes or records that share one 64-bit offset
inline constexpr uint64_t kPositionStep = 1024;  // as upstream's path index (gbwtgraph 1.5, path_handle_graph sampling)
inline constexpr uint64_t kOwnerStep = 1024;

// Places in `data` of items that follow one another. Item i starts at blocks[i / kBlock] + starts[i], both in items of data.
// A block that is longer than 16 bits count has kFarBlock set, and begins with uint32 [kBlock] in the place of its starts.
inline constexpr uint64_t kFarBlock = uint64_t{1} << 63;
inline constexpr uint64_t kNearBlock = std::numeric_limits<uint16_t>::max();
template <typename Item>
inline constexpr uint64_t kFarTable = kBlock * sizeof(uint32_t) / sizeof(Item);

template <typename Item>
struct Blocked {
  std::span<const uint64_t> blocks;
  std::span<const uint16_t> starts;
  std::span<const Item> data;

  // i + 1 < starts.size(). Empty when the places contradict each other.
  std::span<const Item> operator[](uint64_t i) const {
    const uint64_t from = start(i), to = (i + 1) % kBlock == 0 ? blocks[(i + 1) / kBlock] & ~kFarBlock : start(i + 1);
    return from <= to && to <= data.size() ? data.subspan(from, to - from) : std::span<const Item>{};
  }

 private:
  uint64_t start(uint64_t i) const {
    const uint64_t block = blocks[i / kBlock];
    if ((block & kFarBlock) != 0) [[unlikely]]
      return far_start(block & ~kFarBlock, i % kBlock);
    return block + starts[i];
  }
  uint64_t far_start(uint64_t block, uint64_t i) const {
    if (block > data.size() || data.size() - block < kFarTable<Item>) return data.size() + 1;
    uint32_t distance;
    std::memcpy(&distance, data.data() + block + i * sizeof distance / sizeof(Item), sizeof distance);
    return block + distance;
  }
};

// A record's words of 16 bits. Nobody visits: none. The first word's lowest bit says which of two forms follows.
// Narrow (0): the other bits are the visits; successors are distances of places, from the record's own; no path ends here.
//   one successor: head, successor, [base, when it is not 0]
//   more:          head, runs << 4 | edges - 1, [edges]{successor, base}, [checkpoints]{visits before, [edges]{visits before
//                  of this edge}}, runs: length << 4 | edge
// Wide (1): the head, then words of 32 bits; successors are places.
//   one successor: visits, successor, base
//   more:          visits, edges, runs, edges and checkpoints as above, runs: length << 8 | edge, or two words (edge, length)
//                  where a record has more than 256 edges
// Checkpoint i stands before run (i + 1) * checkpoint_step; there is none before the first run.
inline constexpr uint64_t kWideHead = 1;
inline constexpr uint64_t kNarrowVisits = (uint64_t{1} << 15) - 1;
inline constexpr uint64_t kNarrowEdges = 16;
inline constexpr uint64_t kNarrowRuns = (uint64_t{1} << 12) - 1;
inline constexpr int64_t kNarrowDistance = (int64_t{1} << 15) - 1;  // either way
inline constexpr uint64_t kWideOneWords = 1 + 3 * 2;
inline constexpr uint64_t kByteEdges = 256;
constexpr uint64_t checkpoint_step(uint64_t edges) { return std::max<uint64_t>(64, 2 * edges); }
constexpr uint64_t checkpoints(uint64_t edges, uint64_t runs) { return runs == 0 ? 0 : (runs - 1) / checkpoint_step(edges); }
constexpr uint64_t longest_run(bool wide, uint64_t edges) {
  if (!wide) return (uint64_t{1} << 12) - 1;
  return edges > kByteEdges ? std::numeric_limits<uint32_t>::max() : (uint64_t{1} << 24) - 1;
}
// Of a record with several successors, in words of 16 bits.
constexpr uint64_t record_words(bool wide, uint64_t edges, uint64_t runs) {
  const uint64_t behind_head = 2 * edges + checkpoints(edges, runs) * (1 + edges) + runs * (wide && edges > kByteEdges ? 2 : 1);
  return wide ? 1 + 2 * (3 + behind_head) : 2 + behind_head;
}

template <bool wide>
uint32_t load(const uint16_t* words, uint64_t index) {
  if constexpr (wide) {
    uint32_t word;
    std::memcpy(&word, words + 2 * index, sizeof word);
    return word;
  } else {
    return words[index];
  }
}

// Node codes and places. 0 is the endmarker in both.
constexpr uint32_t place_of_code(uint64_t code, uint64_t first_code) { return code == 0 ? 0 : static_cast<uint32_t>(code - first_code + 2); }
constexpr uint64_t code_of_place(uint32_t place, uint64_t first_code) { return place < 2 ? 0 : first_code + place - 2; }

// The place of a narrow record's successor.
constexpr uint32_t narrow_successor(uint32_t own, uint16_t distance) { return own + static_cast<uint32_t>(static_cast<int16_t>(distance)); }

// The several-successor form of a record, as views of its words.
template <bool wide>
struct RecordView {
  uint32_t own = 0;  // place
  uint64_t visits = 0;
  uint64_t edges = 0;
  uint64_t runs = 0;
  const uint16_t* edge_words = nullptr;
  const uint16_t* checkpoint_words = nullptr;
  const uint16_t* run_words = nullptr;

  uint32_t successor(uint64_t edge) const {
    const uint32_t word = load<wide>(edge_words, 2 * edge);
    return wide ? word : narrow_successor(own, static_cast<uint16_t>(word));
  }
  uint32_t base(uint64_t edge) const { return load<wide>(edge_words, 2 * edge + 1); }
  // word 0: visits before; 1 + edge: visits before of this edge
  uint32_t checkpoint(uint64_t index, uint64_t word) const { return load<wide>(checkpoint_words, index * (1 + edges) + word); }
  uint32_t run_edge(uint64_t run) const {
    if (!wide) return run_words[run] & 0xF;
    return edges > kByteEdges ? load<wide>(run_words, 2 * run) : load<wide>(run_words, run) & 0xFF;
  }
  uint32_t run_length(uint64_t run) const {
    if (!wide) return run_words[run] >> 4;
    return edges > kByteEdges ? load<wide>(run_words, 2 * run + 1) : load<wide>(run_words, run) >> 8;
  }
};

}  // namespace haploom::shared_image
