// BAM or CRAM: header and reads. Only here htslib's record type is seen.
//
// Errors: kInput/kReads (missing, truncated, unsorted, unindexed or stale index) and kInput/kContigs (header does not fit
// the reference), each naming the file and the remedy.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "genome/read.h"
#include "genome/region.h"

namespace haploom::formats {

// What a record must be to be handed on. Defaults: make_examples; the WGS pangenome preset sets min_mapq 0 and
// keep_supplementary. Source: nucleus/io/sam_reader.cc, utils.cc (DeepVariant 1.9).
struct ReadFilter {
  int min_mapq = 5;
  bool keep_duplicates = false;
  bool keep_secondary = false;
  bool keep_supplementary = false;
};

struct AlignmentHeader {
  genome::ContigList contigs;
  std::string sample_name;  // SM of the @RG lines; "default" when there is none. Several different ones: the first, and a warning
  bool coordinate_sorted = true;
};

class Alignments {
 public:
  // reference_path is used to decode CRAM. Checks that the file is sorted and that an index is there and not older than it
  // can be (an index that is truncated or does not belong is an error; one that is merely older gets a warning).
  Alignments(const std::string& path, const std::string& reference_path);
  ~Alignments();
  Alignments(Alignments&&) noexcept;

  const AlignmentHeader& header() const;

  // Reads overlapping the region that pass the filter, in file order, each once. contig in `region` is an index into
  // `reference_contigs` and is looked up by name in the header; Read::contig is the reference's index.
  // One object must not be used by two threads at once; open one per thread.
  void for_each(const genome::Region& region, const genome::ContigList& reference_contigs, const ReadFilter& filter,
                const std::function<void(genome::Read&&)>& take);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace haploom::formats
