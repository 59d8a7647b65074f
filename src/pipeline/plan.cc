#include "pipeline/plan.h"

#include <algorithm>

#include "base/log.h"
#include "formats/bed.h"

namespace haploom::pipeline {

std::vector<genome::Region> regions_of(const std::vector<std::string>& texts, const genome::ContigList& contigs) {
  std::vector<genome::Region> out;
  for (const std::string& text : texts) {
    if (text.ends_with(".bed") || text.ends_with(".bed.gz") || text.ends_with(".bedpe")) {
      const auto more = formats::read_bed(text, contigs);
      out.insert(out.end(), more.begin(), more.end());
    } else {
      out.push_back(genome::parse_region(text, contigs));
    }
  }
  return out;
}

bool contains(const std::vector<genome::Region>& regions, int contig, int64_t position) {
  return std::any_of(regions.begin(), regions.end(),
                     [&](const genome::Region& region) { return region.contig == contig && region.contains(position); });
}

std::vector<genome::Region> haploid_regions(const std::vector<std::string>& contigs, const std::string& par_regions_bed,
                                            const genome::ContigList& reference) {
  std::vector<genome::Region> whole;
  for (const std::string& name : contigs) {
    if (const auto contig = reference.index_of(name)) {
      whole.push_back({*contig, 0, reference[*contig].length});
    } else {
      base::warn("pipeline", "--haploid_contigs names {}, which the reference lacks", name);
    }
  }
  return genome::without(std::move(whole), par_regions_bed.empty() ? std::vector<genome::Region>() : formats::read_bed(par_regions_bed, reference));
}

std::vector<genome::Region> calling_regions(const genome::ContigList& reference, const std::vector<int>& contigs,
                                            const std::vector<genome::Region>& wanted,
                                            const std::vector<genome::Region>& unwanted) {
  std::vector<genome::Region> all;
  for (const int contig : contigs) all.push_back({contig, 0, reference[contig].length});
  if (!wanted.empty()) all = genome::intersection(all, wanted);
  return genome::without(all, unwanted);
}

std::vector<genome::Region> partitions(const genome::Region& calling_region, int64_t bases) {
  std::vector<genome::Region> out;
  for (int64_t start = calling_region.start; start < calling_region.end; start += bases)
    out.push_back({calling_region.contig, start, std::min(start + bases, calling_region.end)});
  return out;
}

std::vector<Shard> shards(const std::vector<genome::Region>& calling_regions, int64_t partition_bases, int task, int tasks) {
  constexpr int64_t kLongestGap = 64'000;
  std::vector<Shard> out;
  int64_t number = 0;
  for (const genome::Region& region : calling_regions) {
    for (const genome::Region& partition : partitions(region, partition_bases)) {
      if (number++ % tasks != task) continue;
      const bool fits = !out.empty() && out.back().contig == partition.contig &&
                        partition.end - out.back().partitions.front().start <= kShardBases &&
                        partition.start - out.back().partitions.back().end <= kLongestGap;
      if (!fits) out.push_back({partition.contig, {}});
      out.back().partitions.push_back(partition);
    }
  }
  return out;
}

}  // namespace haploom::pipeline
