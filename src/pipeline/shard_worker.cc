#include "pipeline/shard_worker.h"

#include "base/error.h"
#include "base/signals.h"

namespace haploom::pipeline {
namespace {

std::optional<haplotypes::Reader> haplotype_reader(const Inputs& inputs) {
  if (!inputs.pangenome) return std::nullopt;
  return std::make_optional<haplotypes::Reader>(inputs.pangenome->image(), inputs.pangenome->naming());
}

std::vector<ReadsFile> reads_files(const Inputs& inputs, float downsample_fraction) {
  std::vector<ReadsFile> out;
  for (const std::string& file : inputs.paths.reads) out.push_back({inputs.open(file), {downsample_fraction, pileup::kReadSeed}});
  return out;
}

std::vector<formats::Alignments> haplotype_alignments(const Inputs& inputs) {
  std::vector<formats::Alignments> out;
  for (const std::string& file : inputs.paths.haplotype_reads) out.push_back(inputs.open(file));
  return out;
}

std::optional<formats::VcfReader> proposed_variants(const Inputs& inputs) {
  if (!inputs.paths.proposed_variants) return std::nullopt;
  return std::make_optional<formats::VcfReader>(*inputs.paths.proposed_variants);
}

}  // namespace

ShardWorker::ShardWorker(const Inputs& inputs, const ExamineOptions& options, const tensor::ImageShape& shape)
    : inputs_(inputs),
      options_(options),
      reads_files_(reads_files(inputs, options.reads.downsample_fraction)),
      haplotypes_(haplotype_reader(inputs)),
      haplotype_alignments_(haplotype_alignments(inputs)),
      proposed_(proposed_variants(inputs)),
      examiner_(options, shape, sources(), clock_) {}

Sources ShardWorker::sources() {
  Sources out;
  const genome::ContigList& contigs = inputs_.reference.contigs();
  if (haplotypes_) {
    out.haplotypes = [this](const genome::Region& partition, const genome::Contig& contig) { return haplotypes_->reads(partition, contig.name); };
    out.owners = [this] { return haplotypes_->owners(); };
  } else if (!haplotype_alignments_.empty()) {
    formats::ReadFilter filter = options_.reads.filter;
    filter.original_qualities = false;  // nobody has mended those of a haplotype
    out.haplotypes = [this, &contigs, filter](const genome::Region& partition, const genome::Contig&) {
      std::vector<genome::Read> reads;
      for (formats::Alignments& file : haplotype_alignments_)
        file.for_each(partition, contigs, filter, [&reads](genome::Read&& read) { reads.push_back(std::move(read)); });
      return reads;
    };
  }
  if (proposed_) {
    out.proposed = [this, &contigs](const genome::Region& partition) {
      std::vector<formats::VcfRecord> records;
      proposed_->for_each(partition, contigs, [&records](formats::VcfRecord&& record) { records.push_back(std::move(record)); });
      return records;
    };
  }
  return out;
}

void ShardWorker::each_partition(const Shard& shard, const Work& work) {
  clock_.restart();
  const genome::ContigList& contigs = inputs_.reference.contigs();
  const ShardReference reference(inputs_.reference, shard.span());
  const pileup::ReferenceWindow window = reference.window();
  reads_ += for_each_partition(reads_files_, contigs, shard, options_.reads, clock_,
                               [&](const genome::Region& partition, std::vector<genome::Read>& reads) {
                                 base::throw_if_stopped();
                                 try {
                                   work(partition, reads, window);
                                 } catch (Error& error) {
                                   error.add_context("calling " + genome::text(partition, contigs));
                                   throw;
                                 }
                               });
}

void ShardWorker::run(const Shard& shard, const TakeExamples& take, const std::function<void()>& on_partition,
                      const LookAtPartition& look) {
  const genome::ContigList& contigs = inputs_.reference.contigs();
  std::vector<pileup::FractionSampler> samplers;
  for (const ReadsFile& file : reads_files_) samplers.push_back(file.downsampler);
  const Examiner::Windows windows = examiner_.windows();
  try {
    each_partition(shard, [&](const genome::Region& partition, std::vector<genome::Read>& reads, const pileup::ReferenceWindow& window) {
      examiner_.examine(partition, contigs[partition.contig], reads, window, take, look);
      if (on_partition) on_partition();
    });
  } catch (const Again&) {
    for (size_t i = 0; i < samplers.size(); ++i) reads_files_[i].downsampler = samplers[i];
    examiner_.set_windows(windows);
    throw;
  }
}

void ShardWorker::sweep(const Shard& shard, const TakePositions& take) {
  each_partition(shard, [&](const genome::Region& partition, std::vector<genome::Read>& reads, const pileup::ReferenceWindow& window) {
    take(partition, examiner_.positions(partition, reads, window));
  });
}

}  // namespace haploom::pipeline
