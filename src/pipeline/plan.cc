#include "pipeline/plan.h"

#include <algorithm>
#include <cctype>

namespace haploom::pipeline {

bool excluded_contig(std::string_view name) {
  for (const std::string_view prefix : {"HLA-", "chrUn_"}) {
    if (name.starts_with(prefix)) return true;
  }
  for (const std::string_view suffix : {"_alt", "_random", "_decoy"}) {
    if (name.ends_with(suffix)) return true;
  }
  // unplaced contigs of b37: GL000207.1
  if (name.size() > 4 && name.starts_with("GL") && std::isdigit(static_cast<unsigned char>(name[2])) != 0 &&
      name.find('.') != std::string_view::npos)
    return true;
  return name == "hs37d5" || name == "chrEBV" || name == "NC_007605";
}

std::vector<genome::Region> calling_regions(const genome::ContigList& reference, const genome::ContigList& reads,
                                            const std::vector<genome::Region>& wanted,
                                            const std::vector<genome::Region>& unwanted) {
  std::vector<genome::Region> all;
  for (int i = 0; i < reference.size(); ++i) {
    const auto in_reads = reads.index_of(reference[i].name);
    if (excluded_contig(reference[i].name) || !in_reads || reads[*in_reads].length != reference[i].length) continue;
    all.push_back({i, 0, reference[i].length});
  }
  if (!wanted.empty()) all = genome::intersection(all, wanted);
  return genome::without(all, unwanted);
}

std::vector<genome::Region> partitions(const genome::Region& calling_region) {
  std::vector<genome::Region> out;
  for (int64_t start = calling_region.start; start < calling_region.end; start += kPartitionBases)
    out.push_back({calling_region.contig, start, std::min(start + kPartitionBases, calling_region.end)});
  return out;
}

std::vector<Shard> shards(const std::vector<genome::Region>& calling_regions) {
  std::vector<Shard> out;
  for (const genome::Region& region : calling_regions) {
    for (const genome::Region& partition : partitions(region)) {
      const bool fits = !out.empty() && out.back().contig == partition.contig &&
                        partition.end - out.back().partitions.front().start <= kShardBases;
      if (!fits) out.push_back({partition.contig, {}});
      out.back().partitions.push_back(partition);
    }
  }
  return out;
}

}  // namespace haploom::pipeline
