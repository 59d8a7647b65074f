#include "pipeline/plan.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "formats/bed.h"

namespace haploom::pipeline {
namespace {

Error of_other_regions() {
  return Error{Exit::kInput, Reason::kRecord, "pipeline", "the candidate positions are not of these calling regions",
               "sweep with the same --regions, --exclude_regions and reads: make_examples --mode candidate_sweep"};
}

}  // namespace

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

std::vector<genome::Region> all_partitions(const std::vector<genome::Region>& calling_regions, int64_t bases) {
  std::vector<genome::Region> out;
  for (const genome::Region& region : calling_regions) {
    const auto more = partitions(region, bases);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::vector<genome::Region> partitions_by_candidates(const std::vector<genome::Region>& calling_regions,
                                                     const std::vector<std::vector<int64_t>>& positions) {
  constexpr int kMostCandidates = 200;
  constexpr int64_t kMostBases = 1'000'000;
  if (positions.size() < calling_regions.size()) throw of_other_regions();
  std::vector<genome::Region> out;
  const auto cut = [&out](int contig, int64_t start, int64_t end) {
    const auto pieces = partitions({contig, start, end}, kMostBases);
    out.insert(out.end(), pieces.begin(), pieces.end());
  };
  for (size_t i = 0; i < calling_regions.size(); ++i) {
    const genome::Region& region = calling_regions[i];
    int64_t start = region.start, end = region.start;
    int candidates = 0;
    for (const int64_t position : positions[i]) {
      if (!region.contains(position)) throw of_other_regions();
      if (candidates == kMostCandidates || end - start >= kMostBases) {  // the position at hand is in the next, and not counted
        cut(region.contig, start, end);
        start = end;
        end = start + 1;
        candidates = 0;
      } else {
        end = position + 1;
        ++candidates;
      }
    }
    cut(region.contig, start, region.end);
  }
  return out;
}

std::vector<Shard> shards_of(const std::vector<genome::Region>& partitions, int task, int tasks) {
  constexpr int64_t kLongestGap = 64'000;
  std::vector<Shard> out;
  int64_t number = 0;
  for (const genome::Region& partition : partitions) {
    if (number++ % tasks != task) continue;
    const bool fits = !out.empty() && out.back().contig == partition.contig &&
                      partition.end - out.back().partitions.front().start <= kShardBases &&
                      partition.start - out.back().partitions.back().end <= kLongestGap;
    if (!fits) out.push_back({partition.contig, {}});
    out.back().partitions.push_back(partition);
  }
  return out;
}

std::vector<Shard> shards(const std::vector<genome::Region>& calling_regions, int64_t partition_bases) {
  return shards_of(all_partitions(calling_regions, partition_bases));
}

}  // namespace haploom::pipeline
