// The calls of a run, shard by shard, to their VCF; and with the reference blocks to a gVCF.
//
// In:     shards in order; calls and blocks of each sorted by place
// Cost:   holds the calls that may still overlap others, and the blocks behind them
// Errors: those of formats::VcfWriter; nothing stands under the outputs' names before finish()
//
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/reference.h"
#include "formats/vcf_writer.h"
#include "genotype/genotype.h"
#include "pipeline/gvcf_merge.h"
#include "pipeline/overlap_stream.h"
#include "pipeline/postprocess.h"
#include "report/report.h"

namespace haploom::pipeline {

class CallWriter {
 public:
  // Of the request: the outputs, only_keep_pass, resolve_overlaps. Without output_gvcf no block is wanted. Both must outlive
  // this one.
  CallWriter(const formats::Reference& reference, const std::string& header, const PostprocessRequest& request);
  CallWriter(const CallWriter&) = delete;
  CallWriter& operator=(const CallWriter&) = delete;

  // span: of the shard; what comes later starts behind it.
  void add(const genome::Region& span, std::vector<genotype::Call>&& calls, std::vector<genotype::GvcfBlock>&& blocks);
  void finish();

  const report::VariantCounts& variants() const { return variants_; }

 private:
  void take(const genotype::Call& call);
  void write_lines();

  const genome::ContigList& contigs_;
  const PostprocessRequest& request_;
  formats::VcfWriter vcf_;
  std::optional<formats::VcfWriter> gvcf_;
  ReferenceBases bases_;
  GvcfMerge merge_;
  OverlapStream overlaps_;
  std::string vcf_lines_, gvcf_lines_;
  report::VariantCounts variants_;
};

}  // namespace haploom::pipeline
