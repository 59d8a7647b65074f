// Haplotypes of one window, read out of an attached pangenome, as DeepVariant 1.9's GBZ reader gives them.
//
// In:     reference path and base offset of the window's middle (path-relative, 0-based); context 1000 bases
// Out:    rows in the graph's order: bases (letters as in the graph), CIGAR against the reference piece (DeepVariant 1.9's
//         unweighted LCS rule), start of all rows = start of the reference piece within its path
// Cost:   O(nodes x distinct walks through the window); rows of equal walk share bases and CIGAR
// Errors: none for a contig that the pangenome lacks: no rows; the caller warns once. kInput/kCorrupt when the image's
//         bytes contradict each other
// Source: mobinasri/gbwtgraph c96ca88 (subgraph.cpp), nucleus/io/gbz_reader.cc (DeepVariant 1.9); GBZ: Siren and Paten 2022
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "genome/cigar.h"
#include "genome/read.h"
#include "genome/region.h"
#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

inline constexpr uint64_t kContext = 1000;  // DeepVariant's partition_size

// A maximal run of consecutive visits of one path inside the window's nodes, in its canonical direction.
struct Piece {
  gbz::Visit start;
  bool is_reference = false;  // holds the visit that was asked for
  uint32_t sequence = 0;      // index into WindowHaplotypes::sequences
};
// What pieces of equal walk share.
struct Sequence {
  std::vector<gbz::NodeCode> walk;
  std::string bases;
  genome::Cigar cigar;  // against the reference piece; all M for its own walk
};
struct WindowHaplotypes {
  std::vector<Piece> pieces;        // graph order: by (start node code, start visit)
  std::vector<Sequence> sequences;  // distinct walks, by first piece
  uint32_t reference_piece = 0;     // index into pieces
  uint64_t reference_start = 0;     // path-relative start of the reference piece
  std::vector<uint64_t> node_ids;   // the window's node set, rising
};

// nullopt when the offset lies beyond the path, or the path is not position-indexed.
std::optional<WindowHaplotypes> query(const shared_image::Pangenome& pangenome, uint64_t reference_path, uint64_t offset,
                                      uint64_t context);

// How contigs of the reads meet contigs of the graph.
struct ReferenceNaming {
  std::string sample;        // resolved reference sample of the graph; gbz::kGenericSample where it has generic paths only
  std::string chrom_prefix;  // --ref_chrom_prefix: cut off the reads' contig, what is left must be equal; empty: see match_contig
  std::string assembly = "GRCh38";  // settles which of several generic paths `chr20` means: `GRCh38#0#chr20`
};
// --ref_name_pangenome, else GRCh38 if the graph has it, else its only reference sample, else Error kInput/
// kNoReferenceSample that lists the choices.
ReferenceNaming choose_reference(const shared_image::Pangenome& pangenome, const std::optional<std::string>& ref_name_pangenome,
                                 const std::string& ref_chrom_prefix);

// The contig of the reference sample that the reads call `name`: the equal one, else the only one that is equal after
// `GRCh38#0#`, `GRCh38.` and `chr` are set aside on both sides (MT is M). nullopt when there is none.
// Errors: kInput/kContigs when several fit.
std::optional<std::string> match_contig(const shared_image::Pangenome& pangenome, const ReferenceNaming& naming, const std::string& name);

// The reference paths of one of the graph's contigs, rising start.
struct ReferenceFragment {
  uint64_t start = 0;  // of its first base on the contig
  uint64_t path = 0;
};
std::vector<ReferenceFragment> reference_fragments(const shared_image::Pangenome& pangenome, const ReferenceNaming& naming, const std::string& contig);

// Haplotypes of a partition as reads (haplotype_1, ...; MAPQ 90, quality 30), each window's reference piece left out.
// Positions are those of the contig: a fragment's own start is added. Keeps the answer of the last window (no search when
// the same middle is asked again). One object per thread; the pangenome must outlive it.
class Reader {
 public:
  Reader(const shared_image::Pangenome& pangenome, ReferenceNaming naming);
  // Empty when the graph lacks the contig or no fragment holds the middle; `contig_known` tells which.
  std::vector<genome::Read> reads(const genome::Region& partition, const std::string& contig_name);
  bool contig_known(const std::string& contig_name) const;
  // Where the contig's last fragment ends; nullopt when the graph lacks it.
  std::optional<int64_t> contig_end(const std::string& contig_name) const;

  // Whose haplotype each of the last reads() is: a number for (sample, phase), the same in every window of the pangenome.
  // Windows asked one after another cost a walk from one to the next; a window apart costs a search for each haplotype.
  std::vector<uint32_t> owners();

  // The same window before it becomes reads, with the start of its rows on the contig.
  struct Window {
    WindowHaplotypes haplotypes;
    int64_t start = 0;
  };
  const Window* window(const genome::Region& partition, const std::string& contig_name);

 private:
  const std::vector<ReferenceFragment>& fragments(const std::string& contig_name) const;

  const shared_image::Pangenome& pangenome_;
  ReferenceNaming naming_;
  mutable std::map<std::string, std::vector<ReferenceFragment>> fragments_;  // by the reads' contig name, rising start
  std::optional<Window> last_;
  std::vector<uint32_t> owner_of_path_;      // made when owners are first asked for
  struct Owned {
    gbz::Visit start;
    uint64_t steps = 0;  // of the walk
    uint32_t owner = 0;
  };
  std::vector<Owned> owned_;                 // pieces of the window that owners() was last asked about
  uint64_t last_path_ = 0;
  uint64_t last_offset_ = 0;
};

}  // namespace haploom::haplotypes
