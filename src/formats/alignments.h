// BAM or CRAM: header and reads. htslib's record type stays inside.
//
// A record must make sense before it is handed on: a CIGAR that fits its bases, a quality for each base. Records without
// bases ('*'), without a CIGAR or unmapped are passed over.
//
// Errors: kInput/kReads naming the file and the remedy: not BAM or CRAM, truncated (no end-of-file mark), sorted by name,
//         out of order, without an index, with an index that is damaged or of another file, a record that makes no sense
//         (named, with its place). An index that is merely older than the file gets a warning.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "genome/read.h"
#include "genome/region.h"

namespace haploom::formats {

// What a record must be to be handed on. Defaults: make_examples; the WGS pangenome preset sets min_mapq 0 and
// keep_supplementary. Never handed on: vendor-failed reads, and reads whose mate lies on another contig without the
// proper-pair flag. Source: nucleus/io/sam_reader.cc, utils.cc (DeepVariant 1.9).
struct ReadFilter {
  int min_mapq = 5;
  bool keep_duplicates = false;
  bool keep_secondary = false;
  bool keep_supplementary = false;
  bool original_qualities = false;  // the tag OQ in the place of QUAL; a read without it makes no sense
};

struct AlignmentHeader {
  genome::ContigList contigs;
  std::string sample_name;  // SM of the @RG lines; "default" when there is none. Several different ones: the first, and a warning
  bool coordinate_sorted = true;  // false when @HD says otherwise
};

class Alignments {
 public:
  // Opens file and index; neither is ever written. reference_path is used to decode CRAM; no other source of reference
  // sequence is asked. Empty: a CRAM brings its own.
  Alignments(const std::string& path, const std::string& reference_path);
  ~Alignments();
  Alignments(Alignments&&) noexcept;
  Alignments& operator=(Alignments&&) noexcept;

  const AlignmentHeader& header() const;

  // Reads overlapping a region that pass the filter, in file order, each once, one after the other.
  class Query {
   public:
    ~Query();
    Query(Query&&) noexcept;
    Query& operator=(Query&&) noexcept;
    bool next(genome::Read& read);  // false after the last

   private:
    friend class Alignments;
    struct Pass;
    explicit Query(std::unique_ptr<Pass> pass);
    std::unique_ptr<Pass> pass_;
  };
  // contig in `region` is an index into `reference_contigs` and is looked up by name in the header (no reads when it is not
  // there); Read::contig is the reference's index. One object must not be used by two threads at once, and bears one query at
  // a time; open one per thread. One seek a query: ask for long regions.
  Query query(const genome::Region& region, const genome::ContigList& reference_contigs, const ReadFilter& filter);
  void for_each(const genome::Region& region, const genome::ContigList& reference_contigs, const ReadFilter& filter,
                const std::function<void(genome::Read&&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
