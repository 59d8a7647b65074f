#include "pipeline/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "formats/contig_match.h"

namespace haploom::pipeline {
namespace {

// Bases kept beside a shard's ends: reads reach over them, and indels shift into them. A base beyond reads as N.
constexpr int64_t kMarginBases = 20'000;

}  // namespace

AttachedPangenome::AttachedPangenome(const InputPaths& paths)
    : lease_(shared_image::attach_or_load_gbz(*paths.pangenome, paths.gbz_shared_memory_name, shared_image::Policy::kTransient,
                                              paths.hold)),
      image_(lease_.image()),
      naming_(haplotypes::choose_reference(image_, paths.ref_name_pangenome, paths.ref_chrom_prefix)) {}

Inputs::Inputs(const InputPaths& given)
    : paths(given), reference(paths.reference), header(formats::Alignments(paths.reads, paths.reference).header()) {
  const genome::ContigList& contigs = reference.contigs();
  const auto callable = formats::callable_contigs(contigs, paths.reference, header.contigs, paths.reads);
  const auto wanted = regions_of(paths.regions, contigs);
  calling = calling_regions(contigs, callable, wanted, regions_of(paths.exclude_regions, contigs));
  if (calling.empty()) base::warn("pipeline", "nothing to call: the regions hold no base of the contigs that reads and reference share");
  work = shards(calling);
}

void Inputs::attach_pangenome() {
  if (paths.pangenome && !pangenome) pangenome = std::make_unique<AttachedPangenome>(paths);
}

ShardReference::ShardReference(const formats::Reference& reference, const genome::Region& span)
    : start(std::max<int64_t>(0, span.start - kMarginBases)),
      bases(reference.bases({span.contig, start, std::min(reference.contigs()[span.contig].length, span.end + kMarginBases)})) {}

}  // namespace haploom::pipeline
