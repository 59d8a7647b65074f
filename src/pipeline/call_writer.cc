#include "pipeline/call_writer.h"

#include <utility>

namespace haploom::pipeline {

CallWriter::CallWriter(const formats::Reference& reference, const std::string& header, const PostprocessRequest& request)
    : contigs_(reference.contigs()),
      request_(request),
      vcf_(request.output_vcf, header),
      bases_(reference),
      merge_([this](int contig, int64_t position) { return bases_.at(contig, position); },
             [this](const genotype::Call& call) { gvcf_lines_ += genotype::gvcf_line(call, contigs_); },
             [this](const genotype::GvcfBlock& block) { gvcf_lines_ += genotype::gvcf_line(block, contigs_); }),
      overlaps_([this](const genotype::Call& call) { take(call); }) {
  if (request.output_gvcf) gvcf_.emplace(*request.output_gvcf, header);
}

void CallWriter::take(const genotype::Call& call) {
  if (!request_.only_keep_pass || call.filter == genotype::Filter::kPass) {
    variants_.add(report::kind_of(call.ref, call.alts), genotype::name(call.filter));
    vcf_lines_ += genotype::vcf_line(call, contigs_);
  }
  if (gvcf_) merge_.add(genotype::Call(call));
}

void CallWriter::add(const genome::Region& span, std::vector<genotype::Call>&& calls, std::vector<genotype::GvcfBlock>&& blocks) {
  if (request_.resolve_overlaps) {
    overlaps_.add(std::move(calls));
  } else {
    for (const genotype::Call& call : calls) take(call);
  }
  for (genotype::GvcfBlock& block : blocks) merge_.add(std::move(block));
  // Calls that wait for their overlap to be settled are still to come.
  const genotype::Call* waiting = overlaps_.first_waiting();
  waiting == nullptr ? merge_.settle(span.contig, span.end) : merge_.settle(waiting->contig, waiting->start);
  write_lines();
}

void CallWriter::finish() {
  overlaps_.finish();
  merge_.finish();
  write_lines();
  // The gVCF first: whoever sees the VCF sees a finished run.
  if (gvcf_) gvcf_->finish();
  vcf_.finish();
}

void CallWriter::write_lines() {
  vcf_.write(vcf_lines_);
  vcf_lines_.clear();
  if (gvcf_) gvcf_->write(gvcf_lines_);
  gvcf_lines_.clear();
}

}  // namespace haploom::pipeline
