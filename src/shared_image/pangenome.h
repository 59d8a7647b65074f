// The pangenome as the caller needs it, laid flat: position-independent sections of a shared image, read in place.
//
// In:     image    8-byte aligned, read-only, must outlive the Pangenome and every string_view it gives
// Out:    bases by node, the haplotype index by visit, paths, and the way from a reference position to a visit
// Cost:   attach: O(sections), nothing is parsed or copied; a step about 10 ns in cache; a Pangenome is copied freely and
//         used from any number of threads
// Errors: attach: kResource/kFormat when the bytes are no image of this layout. Every access is checked against its
//         section's size, so that a damaged byte gives a wrong answer or kInput/kCorrupt, never a crash
// Coordinates: base offsets within a path are 0-based from the path's first base (its fragment start is kept apart)
// Layout: docs/pangenome_image.md
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gbz/gbz.h"
#include "shared_image/image_layout.h"

namespace haploom::shared_image {

struct PathInfo {
  std::string_view sample;
  std::string_view contig;
  uint32_t phase = 0;
  uint32_t fragment = 0;   // start of the path within its haplotype
  gbz::Sense sense = gbz::Sense::kHaplotype;
  uint64_t bases = 0;      // length of the path
};

// A place on a path: the visit that holds the base, and the base's offset inside that oriented node.
struct PathPlace {
  gbz::Visit visit;
  uint64_t node_offset = 0;
};

// Which path (and direction) a visit belongs to.
struct VisitOwner {
  uint64_t path = 0;
  bool reverse = false;
  uint64_t offset = 0;  // bases before the visit, in that direction
};

// Consecutive visits of a node that step to consecutive visits of one successor. At a path's end the successor is
// kEndmarker and the visit a number without meaning.
struct Stretch {
  gbz::Visit to;
  uint64_t count = 0;
};

class Pangenome {
 public:
  explicit Pangenome(std::span<const std::byte> image);

  uint64_t path_count() const { return facts_.paths; }
  PathInfo path(uint64_t path) const;
  uint64_t node_count() const { return facts_.nodes; }
  uint64_t visit_total() const { return facts_.visit_total; }
  std::vector<std::string_view> reference_samples() const;  // RS tag
  std::vector<std::string_view> samples() const;
  std::vector<std::string_view> contigs() const;

  // Nodes. label: forward bases of the id; empty for an id nobody visits.
  std::string_view label(uint64_t id) const;
  uint32_t node_length(gbz::NodeCode code) const { return static_cast<uint32_t>(label(gbz::node_id(code)).size()); }
  // Appends the bases as the code reads them: reverse strands complemented by genome::complement_acgt.
  void append_bases(gbz::NodeCode code, std::string& out) const;

  // The haplotype index.
  uint64_t visits(gbz::NodeCode code) const;  // how many path visits pass; 0 for an unknown code
  gbz::Visit next(gbz::Visit at) const;       // node kEndmarker when the path ends here
  // The steps from visits first .. first + count - 1, in order; visits beyond the node's are left out. out is overwritten.
  void follow(gbz::NodeCode code, uint64_t first, uint64_t count, std::vector<Stretch>& out) const;
  template <typename Take>  // Take(NodeCode successor), each once, rising, endmarker left out
  void for_each_successor(gbz::NodeCode code, Take take) const {
    for (uint64_t i = 0, n = successor_count(code); i < n; ++i) {
      if (const gbz::NodeCode to = successor(code, i); to != gbz::kEndmarker) take(to);
    }
  }
  uint64_t successor_count(gbz::NodeCode code) const;
  gbz::NodeCode successor(gbz::NodeCode code, uint64_t i) const;

  // Reference position -> graph. Only paths of sense generic or reference are position-indexed.
  // Those paths, by (sample, contig, phase, fragment).
  std::span<const uint32_t> indexed_paths() const { return indexed_paths_; }
  std::optional<PathPlace> locate(uint64_t path, uint64_t offset) const;  // nullopt beyond the path's end
  VisitOwner owner(gbz::Visit visit) const;  // for names; about kOwnerStep steps

 private:
  template <typename T>
  std::span<const T> section(std::span<const std::byte> image, ImageSection which) const;
  void check_counts() const;

  std::span<const uint16_t> record(gbz::NodeCode code) const;
  uint32_t place_of(gbz::NodeCode code) const { return place_of_code(code, facts_.first_code); }
  std::optional<uint64_t> record_index(gbz::NodeCode code) const;
  gbz::NodeCode code_of(uint32_t place) const { return code_of_place(place, facts_.first_code); }
  gbz::Visit visit_of(Place place) const { return {code_of(place.code), place.visit}; }
  std::optional<Owner> sampled_owner(gbz::Visit visit) const;
  uint64_t longest_path() const;  // in bases
  std::string_view text(uint64_t index) const;
  std::vector<std::string_view> texts(uint64_t first, uint64_t count) const;

  Facts facts_{};
  Blocked<char> bases_;
  Blocked<uint16_t> records_;
  std::span<const uint32_t> sequence_ends_;
  std::span<const PathEntry> paths_;
  std::span<const uint32_t> indexed_paths_;
  std::span<const uint64_t> position_starts_;
  std::span<const Position> positions_;
  std::span<const uint64_t> owner_starts_;
  std::span<const Owner> owners_;
  std::span<const uint64_t> text_starts_;
  std::span<const char> text_;
};

}  // namespace haploom::shared_image
