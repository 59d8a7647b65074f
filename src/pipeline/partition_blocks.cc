#include "pipeline/partition_blocks.h"

namespace haploom::pipeline {

std::vector<genotype::ReferenceBlock> reference_blocks(const Partition& partition, const genotype::ReferenceConfidences& confidences,
                                                       const std::vector<genome::Region>& haploid) {
  std::vector<genotype::ReferenceCount> counts;
  counts.reserve(static_cast<size_t>(partition.region.length()));
  for (int64_t position = partition.region.start; position < partition.region.end; ++position) {
    const pileup::PositionCounts& at = partition.counts[static_cast<size_t>(position - partition.counted.start)];
    counts.push_back({partition.reference.at(position), at.reference, pileup::depth(at)});
  }
  return genotype::reference_blocks(partition.region, counts, confidences, haploid);
}

std::vector<genotype::GvcfBlock> gvcf_blocks(const Partition& partition, const genotype::ReferenceConfidences& confidences,
                                             const std::vector<genome::Region>& haploid, bool median_depth) {
  std::vector<genotype::GvcfBlock> out;
  for (const genotype::ReferenceBlock& block : reference_blocks(partition, confidences, haploid)) {
    genotype::GvcfBlock& record = out.emplace_back();
    record.contig = partition.region.contig;
    record.start = block.start;
    record.end = block.end;
    record.ref = block.base;
    if (block.called) record.genotype = {0, 0};
    record.likelihoods = block.confidence.likelihoods;
    record.genotype_quality = block.confidence.gq;
    record.min_depth = block.min_depth;
    if (median_depth) record.median_depth = block.median_depth;
  }
  return out;
}

}  // namespace haploom::pipeline
