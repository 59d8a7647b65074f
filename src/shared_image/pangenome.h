// The pangenome as the caller needs it, laid flat: position-independent sections of a shared image, read in place.
//
// Attaching parses nothing: a Pangenome is a few pointers into the bytes. Everything is bounds-checked by the section
// sizes so that a damaged byte gives a wrong base or an Error, never a crash.
// Coordinates: base offsets within a path are 0-based from the path's first base (its fragment start is kept apart).
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

namespace haploom::shared_image {

// Conversion. image_bytes(gbz) is exact; write_image fills exactly that many bytes and is deterministic: same GBZ, same bytes.
uint64_t image_bytes(const gbz::Gbz& gbz);
void write_image(const gbz::Gbz& gbz, std::span<std::byte> out);

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

class Pangenome {
 public:
  // Errors: kResource/kFormat when the bytes are no image of this layout.
  explicit Pangenome(std::span<const std::byte> image);

  uint64_t path_count() const;
  PathInfo path(uint64_t path) const;
  uint64_t node_count() const;
  uint64_t visit_total() const;
  std::vector<std::string_view> reference_samples() const;  // RS tag
  std::vector<std::string_view> samples() const;
  std::vector<std::string_view> contigs() const;

  // Nodes. label: forward bases of the id; empty for an id nobody visits.
  std::string_view label(uint64_t id) const;
  uint32_t node_length(gbz::NodeCode code) const { return static_cast<uint32_t>(label(gbz::node_id(code)).size()); }
  // Appends the bases as the code reads them: reverse strands complemented by genome::complement_acgt.
  void append_bases(gbz::NodeCode code, std::string& out) const;

  // The haplotype index.
  uint64_t visits(gbz::NodeCode code) const;              // how many path visits pass; 0 for an unknown code
  gbz::Visit next(gbz::Visit at) const;                   // node kEndmarker when the path ends here
  gbz::Visit previous(gbz::Visit at) const;               // through the reverse strand: only if cheap; see .cc
  template <typename Take>                                // Take(NodeCode successor), each once, rising, endmarker left out
  void for_each_successor(gbz::NodeCode code, Take take) const {
    for (uint64_t i = 0, n = successor_count(code); i < n; ++i) {
      if (const gbz::NodeCode to = successor(code, i); to != gbz::kEndmarker) take(to);
    }
  }
  uint64_t successor_count(gbz::NodeCode code) const;
  gbz::NodeCode successor(gbz::NodeCode code, uint64_t i) const;

  // Reference position -> graph. Only paths of sense generic or reference are position-indexed.
  // path_containing: the fragment of (sample, contig) that holds `position` (largest fragment start <= position).
  std::optional<uint64_t> path_containing(std::string_view sample, std::string_view contig, uint64_t position) const;
  std::optional<PathPlace> locate(uint64_t path, uint64_t offset) const;  // nullopt beyond the path's end
  VisitOwner owner(gbz::Visit visit) const;               // for names; O(sampling distance) steps

 private:
  // section views, private to pangenome.cc's layout
  std::span<const std::byte> image_;
};

}  // namespace haploom::shared_image
