// Reads aligned anew: by local assembly, against one haplotype, or by shifting indels to the left.
//
// Realigner         windows with evidence are assembled, and their reads aligned to what the assembly found (realign_reads)
// HaplotypeAligner  trimmed reads against one haplotype in the reference's place (alt_aligned_pileup)
// normalize...      indels shifted left inside the read (normalize_reads). For each partition: normalize_for_counting(),
//                   pileup::count_alleles(), swap_alignments(). In between stand the alignments that upstream counts; after
//                   it those that upstream draws. The two differ for reads that open with an insertion.
//
// Cost:   of a partition without evidence: one comparison of its bases with the reference
// Errors: none; a read whose qualities or CIGAR do not fit its bases is no evidence and keeps its alignment
// Source: deepvariant/realigner/*, alt_aligned_pileup_lib.cc, allelecounter.cc, make_examples_core.py (DeepVariant 1.9);
//         Tan, Abecasis and Kang 2015, doi:10.1093/bioinformatics/btv112
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "genome/cigar.h"
#include "genome/read.h"
#include "genome/region.h"
#include "pileup/pileup.h"

namespace haploom::realign {

// Which stretches are assembled anew: flags ws_*. Source: window_selector.py, realigner.py
struct WindowOptions {
  int min_mapq = 20;
  int min_base_quality = 20;
  int min_windows_distance = 80;
  int max_window_size = 1000;  // longer ones stay as they are
  int region_expansion_in_bp = 20;
  int min_num_supporting_reads = 2;
  int max_num_supporting_reads = 300;
  bool use_window_selector_model = false;       // the linear model instead of the two thresholds
  bool keep_legacy = false;                     // keep_legacy_allele_counter_behavior
  bool enable_strict_insertion_filter = false;  // insertions of one base: 8 % of the reads, too
  bool realign_all = false;                     // the whole partition is one window
};

// The graph of a window: flags dbg_*. Source: debruijn_graph.cc
struct GraphOptions {
  int min_k = 10;
  int max_k = 101;
  int step_k = 1;
  int min_mapq = 14;
  int min_base_quality = 15;
  int min_edge_weight = 2;
  int max_num_paths = 256;  // a graph with more paths is given up, and so with 0 every one
};

// Alignment to haplotypes: flags aln_*, max_num_mismatches, realignment_similarity_threshold, kmer_size. As upstream has
// it, 0 is not 0 but stands for 4, 6, 8, 1, 2, 0.85 and 32. Source: fast_pass_aligner.cc
struct AlignerOptions {
  int match = 4;
  int mismatch = 6;
  int gap_open = 8;  // of the first base; every further one: gap_extend
  int gap_extend = 2;
  int max_num_mismatches = 2;
  double similarity_threshold = 0.16934;
  int kmer_size = 32;  // 3..32
};

struct RealignOptions {
  WindowOptions windows;
  GraphOptions graph;
  AlignerOptions aligner;
  int max_read_length_to_realign = 500;  // longer reads are put aside; 0: no read is too long
  bool normalize_reads = false;          // then alignments that are not leftmost are accepted: they are normalised later
};

// The reads with those cut that skip reference (N), as split_skip_reads asks for: each piece is a read of its own, its name
// ending in _p0, _p1 and so on; pieces below 15 bases are left out. Reads longer than max_read_length (0: none is too long) stay
// whole. Nothing when no read skips. Source: split_reads in realigner.py (DeepVariant 1.9)
std::optional<std::vector<genome::Read>> split_at_skips(const std::vector<genome::Read>& reads, int max_read_length);

// Another alignment of one read; start, end and cigar as in genome::Read.
struct ReadAlignment {
  int32_t read = 0;  // index into the reads given
  int64_t start = 0;
  int64_t end = 0;
  genome::Cigar cigar;
};

struct AssembledWindow {
  int64_t start = 0;
  int64_t end = 0;
  int k = 0;                            // 0: no k gave a graph without cycles
  std::vector<std::string> haplotypes;  // sorted, distinct; never the reference alone
  int32_t reads = 0;                    // reads that this window got
};

struct Realignment {
  std::vector<int32_t> order;           // every read once, in the order in which upstream goes on with them
  std::vector<ReadAlignment> moved;     // by `read`; no other read changes, and each of these does
  std::vector<AssembledWindow> windows; // those that were aligned to, from left to right
};

// One per thread; keeps its buffers. The answer depends on the arguments alone.
class Realigner {
 public:
  explicit Realigner(const RealignOptions& options);
  ~Realigner();
  Realigner(Realigner&&) noexcept;
  Realigner& operator=(Realigner&&) noexcept;

  // reads: the partition's, all of its contig, in file order, as sampled. reference: as far as the reads and 100 bases
  // beyond the partition, or to the contig's ends; a window or a read that reaches beyond it stays as it is.
  Realignment realign(const genome::Region& partition, const std::vector<genome::Read>& reads,
                      const pileup::ReferenceWindow& reference, int64_t contig_length);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Puts moved alignments into the reads; calling it again with what it left in `moved` takes them back.
void swap_alignments(std::vector<genome::Read>& reads, std::vector<ReadAlignment>& moved);

// Where a read came to lie on a haplotype.
struct HaplotypeAlignment {
  enum class Kind : uint8_t {
    kPlaced,   // at `start` with `cigar`
    kAsItWas,  // aligned, but to be drawn where and how it was before (not leftmost, or beyond the haplotype's end)
    kNowhere   // not to be drawn
  };
  Kind kind = Kind::kNowhere;
  int32_t start = 0;  // base of the haplotype; the pileup's position is that of the haplotype's first base + start
  genome::Cigar cigar;
};

// One per thread. Source: alt_aligned_pileup_lib.cc RealignReadsToHaplotype (the haplotype is reference and only
// haplotype, force_alignment)
class HaplotypeAligner {
 public:
  explicit HaplotypeAligner(const AlignerOptions& options = {});
  ~HaplotypeAligner();
  HaplotypeAligner(HaplotypeAligner&&) noexcept;
  HaplotypeAligner& operator=(HaplotypeAligner&&) noexcept;

  // [reads.size()] alignments, valid until the next call. Bases upper case, up to 65,000 each.
  std::span<const HaplotypeAlignment> align(std::string_view haplotype, std::span<const std::string_view> reads);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Shifts every indel of the read as far left as the bases allow; start, end and cigar are changed in place.
// Returns whether anything moved.
//
// As upstream, to the letter: at most ten rounds of one shift each; operations of the same kind merged, I beside D
// becomes M and the rest; the operation after a shifted indel grows whatever its kind, so that the CIGAR may end up
// consuming fewer bases than the read has (never more); a read that opens with a deletion loses it, one that opens with
// an insertion has it aligned and starts earlier.
bool normalize(genome::Read& read, const pileup::ReferenceWindow& reference);

// Normalises those of the partition's reads that overlap it. Returns what swap_alignments() needs to undo it where upstream
// counts the normal form but leaves the read as it was (an opening indel with nothing else to shift).
std::vector<ReadAlignment> normalize_for_counting(const genome::Region& region, std::vector<genome::Read>& reads,
                                                  const pileup::ReferenceWindow& reference);

}  // namespace haploom::realign
