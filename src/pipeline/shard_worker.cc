#include "pipeline/shard_worker.h"

#include "base/error.h"
#include "base/signals.h"
#include "pipeline/partition_stream.h"

namespace haploom::pipeline {
namespace {

std::optional<haplotypes::Reader> haplotype_reader(const Inputs& inputs) {
  if (!inputs.pangenome) return std::nullopt;
  return std::make_optional<haplotypes::Reader>(inputs.pangenome->image(), inputs.pangenome->naming());
}

}  // namespace

ShardWorker::ShardWorker(const Inputs& inputs, const ExamineOptions& options, const tensor::ImageShape& shape)
    : inputs_(inputs),
      options_(options),
      alignments_(inputs.open_reads()),
      haplotypes_(haplotype_reader(inputs)),
      examiner_(options, shape, haplotypes_ ? &*haplotypes_ : nullptr, clock_) {}

void ShardWorker::run(const Shard& shard, const TakeExamples& take, const std::function<void()>& on_partition) {
  clock_.restart();
  const genome::ContigList& contigs = inputs_.reference.contigs();
  const ShardReference reference(inputs_.reference, shard.span());
  const pileup::ReferenceWindow window = reference.window();
  reads_ += for_each_partition(alignments_, contigs, shard, options_.reads, clock_,
                               [&](const genome::Region& partition, std::vector<genome::Read>& reads) {
                                 base::throw_if_stopped();
                                 try {
                                   examiner_.examine(partition, contigs[partition.contig], reads, window, take);
                                 } catch (Error& error) {
                                   error.add_context("calling " + genome::text(partition, contigs));
                                   throw;
                                 }
                                 if (on_partition) on_partition();
                               });
}

}  // namespace haploom::pipeline
