// Everything a run reads, opened and checked against each other before any work.
//
// Errors: those of formats, shared_image and haplotypes; kInput/kContigs when reads and reference do not fit,
//         kUsage/kRegions for regions outside the contigs.
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/alignments.h"
#include "formats/reference.h"
#include "haplotypes/haplotypes.h"
#include "pileup/pileup.h"
#include "pipeline/plan.h"
#include "shared_image/pangenome.h"
#include "shared_image/gbz_source.h"

namespace haploom::pipeline {

// What the command line says about the inputs.
struct InputPaths {
  std::string reference;
  std::vector<std::string> reads;        // of one sample; the first names it
  bool use_ref_for_cram = true;          // false: each CRAM holds its own reference
  std::optional<std::string> pangenome;  // GBZ; none: the pangenome block of every image stays empty
  std::vector<std::string> haplotype_reads;  // or its haplotypes as reads of BAM or CRAM files
  std::optional<std::string> proposed_variants;  // VCF with index whose alleles are the candidates; none: the reads show them
  std::vector<std::string> regions;      // literals (chr20:1-100) or .bed files; empty: all contigs
  std::vector<std::string> exclude_regions;
  bool discard_non_dna_regions = false;  // runs of 300,000 other letters than ACGT, unless regions are given
  std::optional<std::string> gbz_shared_memory_name;
  std::optional<std::string> ref_name_pangenome;
  std::string ref_chrom_prefix;
  shared_image::HoldOptions hold;
  std::shared_ptr<const class AttachedPangenome> attached;  // of `pangenome`, where the caller holds it already
};

// A pangenome in shared memory; holds the lease for as long as it lives.
class AttachedPangenome {
 public:
  explicit AttachedPangenome(const InputPaths& paths);
  const shared_image::Pangenome& image() const { return image_; }
  const haplotypes::ReferenceNaming& naming() const { return naming_; }
  const std::string& name() const { return lease_.name(); }
  uint64_t bytes() const { return lease_.image().size(); }

 private:
  shared_image::Lease lease_;
  shared_image::Pangenome image_;
  haplotypes::ReferenceNaming naming_;
};

struct Inputs {
  // Reads and reference are opened and checked; the pangenome, which may take minutes to load, is not touched.
  explicit Inputs(const InputPaths& paths);
  // Attaches or loads it; to be called when the outputs are known to be writable.
  void attach_pangenome();
  // A contig that the graph lacks is called from its reads alone: said once for each. Whether the graph knows any.
  bool warn_of_unknown_contigs() const;

  formats::Alignments open(const std::string& reads) const;  // one of the files of reads or haplotypes; one per thread

  InputPaths paths;
  formats::Reference reference;
  std::string sample_name;  // of the reads, by their header
  std::vector<genome::Region> calling;
  std::vector<Shard> work;
  std::shared_ptr<const AttachedPangenome> pangenome;  // null without one, and before attach_pangenome()
};

// The reference around a shard, with room for the reads that reach over its ends.
struct ShardReference {
  ShardReference(const formats::Reference& reference, const genome::Region& span);
  pileup::ReferenceWindow window() const { return {start, bases}; }
  int64_t start;
  std::string bases;
};

}  // namespace haploom::pipeline
