// Local alignment of one sequence to another, with the choices of the SSW library: which of equal scores it ends at, where
// it begins, and which path it reports.
//
// In:     bases as letters; a letter other than ACGT (either case) is N, which matches nothing, not even N
// Out:    score, first base of the reference, CIGAR of S = X I D over the whole query. None where SSW reports none: no two
//         bases match, or its passes contradict each other
// Cost:   O(query x reference / 8) for a score; the same again back to the beginning and a narrow band for the path
// Limits: match * min(query, reference) up to 32,000; longer ones are not aligned
//         With gap_open equal to gap_extend SSW itself may go astray; its path is then not copied
// Source: Zhao, Lee, Garrison and Marth 2013, doi:10.1371/journal.pone.0082138; SSW 1.2.5, ssw.c and ssw_cpp.cpp, read for
//         the order of its choices. Farrar 2007, doi:10.1093/bioinformatics/btl582
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "genome/cigar.h"

namespace haploom::realign {

struct Penalties {
  int match = 4;
  int mismatch = 6;
  int gap_open = 8;  // of the first base
  int gap_extend = 2;
};

struct LocalAlignment {
  int score = 0;
  int reference_begin = 0;
  genome::Cigar cigar;
};

// Where the best local alignment ends: the first reference base at which the best score is reached, and there the first
// base of the query.
struct LocalEnd {
  int score = 0;
  int reference = -1;
  int query = -1;
  int lanes = 8;  // that were asked
  bool operator==(const LocalEnd&) const = default;
};

// 0..3 for ACGT in either case, 4 for all else.
std::vector<int8_t> base_codes(std::string_view bases);

// Whether scores of the two fit the lanes at all, and those of SSW's first attempt.
bool fits_words(size_t query, size_t reference, const Penalties& penalties);
bool fits_bytes(int score, const Penalties& penalties);
// By how much two numbers of lanes may differ in the score.
constexpr int kLaneDoubt = 32;

// A query laid out in stripes over the lanes of a register. The lanes are part of the answer: a deletion right after an
// insertion is seen within a lane and overlooked across two, as in SSW, which uses 16 lanes for scores up to 248 and 8 above.
class StripedQuery {
 public:
  void assign(std::span<const int8_t> codes, const Penalties& penalties);
  bool empty() const { return codes_.empty(); }

  // begin(), then columns: find() places the best score among them, advance() returns it alone. What comes later depends
  // on state() alone. stop_at > 0: find() ends at the first column whose best score is exactly that.
  template <int kLanes>
  void begin();
  template <int kLanes>
  LocalEnd find(std::span<const int8_t> reference, int stop_at = 0);
  template <int kLanes>
  int advance(std::span<const int8_t> reference);
  std::span<int16_t> state() { return std::span(columns_).first(static_cast<size_t>(2 * stride_)); }

 private:
  std::vector<int8_t> codes_;
  Penalties penalties_;
  int profiled_lanes_ = 0;
  int segments_ = 0;
  int stride_ = 0;                // segments x lanes
  std::vector<int16_t> profile_;  // [5 codes][segments][lanes]
  std::vector<int16_t> columns_;  // H of the column before, E, H of the best column: [3][segments][lanes]

  void profile(int lanes);
};

// The scores of one query against many references that have much in common, each continued from the one before where they
// part, up to where they meet again and nothing of the difference is left.
class RelatedScores {
 public:
  // [references.size()] as end_in() of a SmithWaterman would give them one by one; references may be empty. Where a score is
  // lower than one before it, the place is left out (-1).
  std::span<const LocalEnd> score(std::span<const int8_t> query, std::span<const std::span<const int8_t>> references,
                                 const Penalties& penalties);

 private:
  // The state before a column, and the best score from there up to the next one noted.
  struct Note {
    int32_t column = 0;
    int32_t best = 0;
    std::vector<int16_t> state;
  };
  template <int kLanes>
  int32_t next_score(std::span<const int8_t> before, std::span<const int8_t> reference);
  template <int kLanes>
  LocalEnd place(std::span<const int8_t> reference, int32_t score);
  Note& fresh(std::vector<Note>& notes, int32_t column);
  StripedQuery query_;
  std::vector<Note> notes_;  // of the reference before
  std::vector<Note> next_;
  std::vector<Note> spare_;
  std::vector<LocalEnd> ends_;
};

// The path of a known score from corner to corner of query x reference: a band that is doubled until it holds the score.
class BandedPath {
 public:
  // M, I and D; none when the trace leaves the band.
  std::optional<genome::Cigar> trace(std::span<const int8_t> query, std::span<const int8_t> reference, int score,
                                     const Penalties& penalties);

 private:
  int fill(std::span<const int8_t> query, std::span<const int8_t> reference, int band, const Penalties& penalties);
  std::vector<int32_t> above_;       // H of the row before
  std::vector<int32_t> row_;         // H
  std::vector<int32_t> insertions_;  // E of SSW's band: runs along the query
  std::vector<uint8_t> choices_;     // [query][2 * band + 1]
};

// Proves in little time that an alignment runs from corner to corner, which is what haplotypes do that differ from the
// reference in few places.
class CornerProof {
 public:
  // The score when SSW's alignment certainly covers both sequences whole; none when that is not certain.
  std::optional<int> score(std::span<const int8_t> query, std::span<const int8_t> reference, const Penalties& penalties);

 private:
  // The best score of a path through the band and whether the far corner alone has it.
  struct Peak {
    int score = 0;
    bool at_corner_only = false;
  };
  template <bool kBoth>
  Peak peak(int band, const Penalties& penalties);
  std::vector<int16_t> cells_;
  std::vector<int16_t> query_;
  std::vector<int16_t> reference_;
};

// The place of the one base in which two sequences of equal length differ, when SSW's alignment is certainly the one of base
// upon base; none when they differ elsewhere or that is not certain.
std::optional<int> lone_mismatch(std::span<const int8_t> query, std::span<const int8_t> reference, const Penalties& penalties);

// One aligner per thread; the query is held between calls.
class SmithWaterman {
 public:
  explicit SmithWaterman(const Penalties& penalties) : penalties_(penalties) {}

  void set_query(std::span<const int8_t> query);
  LocalEnd end_in(std::span<const int8_t> reference);  // score alone; 0 when nothing matches
  std::optional<LocalAlignment> align_to(std::span<const int8_t> reference);
  std::optional<LocalAlignment> align_to(std::span<const int8_t> reference, const LocalEnd& end);  // end_in(reference), known
  // The same answer, much sooner where the two differ in few places, and at once where it is one base.
  std::optional<LocalAlignment> align_similar(std::span<const int8_t> query, std::span<const int8_t> reference);

 private:
  std::optional<LocalAlignment> alignment(std::span<const int8_t> query, std::span<const int8_t> reference, int query_begin,
                                          int reference_begin, const LocalEnd& end);
  Penalties penalties_;
  std::vector<int8_t> query_;
  std::vector<int8_t> turned_query_;
  std::vector<int8_t> turned_reference_;
  StripedQuery forward_;
  StripedQuery backward_;
  BandedPath path_;
  CornerProof corners_;
};

}  // namespace haploom::realign
