#include "pipeline/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/signals.h"
#include "formats/contig_match.h"

namespace haploom::pipeline {
namespace {

// Bases kept beside a shard's ends: reads reach over them, and indels shift into them. A base beyond reads as N.
constexpr int64_t kMarginBases = 20'000;

// Stretches of the callable contigs that hold no base: the unsequenced parts of an assembly.
// Source: make_examples_core.py find_ref_n_regions, MIN_NON_DNA_REGION (DeepVariant 1.9)
std::vector<genome::Region> non_dna_regions(const formats::Reference& reference, const std::vector<int>& contigs) {
  constexpr int64_t kShortest = 300'000;
  constexpr int64_t kPiece = 10'000'000;
  std::vector<genome::Region> out;
  for (const int contig : contigs) {
    int64_t run_start = 0;
    const int64_t length = reference.contigs()[contig].length;
    const auto end_run = [&](int64_t end) {
      if (end - run_start >= kShortest) out.push_back({contig, run_start, end});
    };
    for (int64_t start = 0; start < length; start += kPiece) {
      base::throw_if_stopped();
      const std::string bases = reference.bases({contig, start, std::min(start + kPiece, length)});
      for (size_t i = bases.find_first_of("ACGT"); i != std::string::npos; i = bases.find_first_of("ACGT", i)) {
        end_run(start + static_cast<int64_t>(i));
        i = std::min(bases.find_first_not_of("ACGT", i), bases.size());
        run_start = start + static_cast<int64_t>(i);
      }
    }
    end_run(length);
  }
  return out;
}

}  // namespace

AttachedPangenome::AttachedPangenome(const InputPaths& paths)
    : lease_(shared_image::attach_or_load_gbz(*paths.pangenome, paths.gbz_shared_memory_name, shared_image::Policy::kTransient,
                                              paths.hold)),
      image_(lease_.image()),
      naming_(haplotypes::choose_reference(image_, paths.ref_name_pangenome, paths.ref_chrom_prefix)) {}

Inputs::Inputs(const InputPaths& given) : paths(given), reference(paths.reference) {
  const genome::ContigList& contigs = reference.contigs();
  std::optional<std::vector<int>> shared;  // by all files of reads
  for (const std::string& file : paths.reads) {
    const formats::AlignmentHeader header = open(file).header();
    if (shared && header.sample_name != sample_name)
      base::warn("pipeline", "'{}' names the sample {}, '{}' {}: all reads are taken as those of one", file, header.sample_name, paths.reads.front(), sample_name);
    if (!shared) sample_name = header.sample_name;
    const auto these = formats::callable_contigs(contigs, paths.reference, header.contigs, file);
    if (!shared) shared = these;
    std::erase_if(*shared, [&these](int contig) { return std::find(these.begin(), these.end(), contig) == these.end(); });
  }
  const std::vector<int> callable = shared.value_or(std::vector<int>());
  const auto wanted = regions_of(paths.regions, contigs);
  auto unwanted = regions_of(paths.exclude_regions, contigs);
  if (paths.discard_non_dna_regions && wanted.empty()) {
    const auto more = non_dna_regions(reference, callable);
    unwanted.insert(unwanted.end(), more.begin(), more.end());
  }
  calling = calling_regions(contigs, callable, wanted, unwanted);
  if (calling.empty()) base::warn("pipeline", "nothing to call: the regions hold no base of the contigs that reads and reference share");
  work = shards(calling);
}

formats::Alignments Inputs::open(const std::string& reads) const {
  return formats::Alignments(reads, paths.use_ref_for_cram ? paths.reference : "");
}

void Inputs::attach_pangenome() {
  if (!paths.pangenome || pangenome) return;
  pangenome = paths.attached ? paths.attached : std::make_shared<const AttachedPangenome>(paths);
}

bool Inputs::warn_of_unknown_contigs() const {
  if (!pangenome) return false;
  bool any_known = false;
  const haplotypes::Reader reader(pangenome->image(), pangenome->naming());
  int contig = -1;
  for (const genome::Region& region : calling) {
    if (region.contig == contig) continue;
    contig = region.contig;
    const std::string& name = reference.contigs()[contig].name;
    if (reader.contig_known(name)) {
      any_known = true;
    } else {
      base::warn("pipeline", "the pangenome has no {} of {}: it is called from reads alone", name, pangenome->naming().sample);
    }
  }
  return any_known;
}

ShardReference::ShardReference(const formats::Reference& reference, const genome::Region& span)
    : start(std::max<int64_t>(0, span.start - kMarginBases)),
      bases(reference.bases({span.contig, start, std::min(reference.contigs()[span.contig].length, span.end + kMarginBases)})) {}

}  // namespace haploom::pipeline
