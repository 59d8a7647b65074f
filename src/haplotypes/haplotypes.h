// Haplotypes of one window, read out of an attached pangenome, as DeepVariant 1.9's GBZ reader gives them.
//
// In:     reference path and base offset of the window's middle (path-relative, 0-based); context 1000 bases
// Out:    rows in the graph's order: bases (letters as in the graph), CIGAR against the reference piece (DeepVariant 1.9's
//         unweighted LCS rule), start of all rows = start of the reference piece within its path
// Cost:   O(nodes x paths through the window); CIGARs are made once per distinct walk
// Errors: none for a contig that the pangenome lacks: no rows; the caller warns once
// Source: mobinasri/gbwtgraph c96ca88 (subgraph.cpp), nucleus/io/gbz_reader.cc, docs of both; GBZ: Siren and Paten 2022
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "genome/cigar.h"
#include "genome/read.h"
#include "genome/region.h"
#include "shared_image/pangenome.h"

namespace haploom::haplotypes {

struct Piece {
  std::vector<gbz::NodeCode> walk;
  gbz::Visit start;
  bool is_reference = false;
  uint32_t bases_index = 0;  // rows of equal walk share bases and cigar: index into WindowHaplotypes::sequences
};
struct Sequence {
  std::string bases;
  genome::Cigar cigar;  // against the reference piece; empty for the reference's own walk row
};
struct WindowHaplotypes {
  std::vector<Piece> pieces;        // graph order: by (start node code, start visit)
  std::vector<Sequence> sequences;  // distinct walks
  uint32_t reference_piece = 0;     // index into pieces
  uint64_t reference_start = 0;     // path-relative start of the reference piece
  std::vector<uint64_t> node_ids;   // the window's node set, rising
};

// nullopt when the offset lies beyond the path.
std::optional<WindowHaplotypes> query(const shared_image::Pangenome& pangenome, uint64_t reference_path, uint64_t offset,
                                      uint64_t context);

// How contigs of the reads meet contigs of the graph: `chr20`, `20`, `GRCh38#0#chr20`, `GRCh38.chr20`.
struct ReferenceNaming {
  std::string sample;        // resolved reference sample of the graph
  std::string chrom_prefix;  // --ref_chrom_prefix; empty: match by the usual spellings
};
// --ref_name_pangenome, else GRCh38 if the graph has it, else its only reference sample, else Error kInput/
// kNoReferenceSample that lists the choices.
ReferenceNaming choose_reference(const shared_image::Pangenome& pangenome, const std::optional<std::string>& ref_name_pangenome,
                                 const std::string& ref_chrom_prefix);

// Haplotypes of a partition as reads (haplotype_1, ...; MAPQ 90, quality 30), each window's reference piece left out.
// Keeps the answer of the last window (no search when the same middle is asked again). One object per thread.
class Reader {
 public:
  Reader(const shared_image::Pangenome& pangenome, ReferenceNaming naming);
  // Empty when the graph lacks the contig or no fragment holds the middle; `contig_known` tells which.
  std::vector<genome::Read> reads(const genome::Region& partition, const std::string& contig_name);
  bool contig_known(const std::string& contig_name) const;

 private:
  const shared_image::Pangenome& pangenome_;
  ReferenceNaming naming_;
};

}  // namespace haploom::haplotypes
