// CPU seconds a megabase of counting alleles and finding candidates, reads decoded beforehand.
//
// usage: pileup_bench READS REFERENCE REGION [REPEATS=10]
//   e.g. pileup_bench in.bam ref.fa.gz chr20:10,000,001-10,100,000
// A table, one row a stage; each is measured over all partitions, REPEATS times, the least taken.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "candidates/candidates.h"
#include "formats/alignments.h"
#include "formats/reference.h"
#include "measure.h"
#include "pileup/pileup.h"

namespace haploom {
namespace {

constexpr int64_t kPartition = 1000;
constexpr int64_t kMargin = 20000;  // reference beyond a partition, longer than any read's reach

struct Partition {
  genome::Region region;
  std::vector<genome::Read> reads;
};

void run(const std::string& path, const std::string& reference_path, const std::string& literal, int repeats) {
  const formats::Reference reference(reference_path);
  const genome::Region region = genome::parse_region(literal, reference.contigs());
  formats::Alignments alignments(path, reference_path);
  const genome::Region around{region.contig, std::max<int64_t>(0, region.start - kMargin), region.end + kMargin};
  const std::string bases = reference.bases(around);
  const pileup::ReferenceWindow window{around.start, bases};
  const double megabases = static_cast<double>(region.length()) / 1e6;

  std::vector<Partition> partitions;
  int64_t read_bases = 0;
  for (int64_t at = region.start; at < region.end; at += kPartition)
    partitions.push_back({{region.contig, at, std::min(at + kPartition, region.end)}, {}});
  const formats::ReadFilter filter{.min_mapq = 0, .keep_supplementary = true};
  const double reading = bench::least_cpu_seconds(repeats, [&] {
    int64_t taken = 0;
    alignments.for_each(region, reference.contigs(), filter, [&](genome::Read&& read) { taken += static_cast<int64_t>(read.bases.size()); });
    read_bases = taken;
  });
  alignments.for_each(region, reference.contigs(), filter, [&](genome::Read&& read) {
    for (Partition& each : partitions) {
      if (read.start < each.region.end && read.end > each.region.start) each.reads.push_back(read);
    }
  });
  fmt::print("{:.1f}x, {} partitions\n", static_cast<double>(read_bases) / static_cast<double>(region.length()), partitions.size());
  fmt::print("{:<32}{:>12}{:>12}\n", "stage", "CPU-s/Mb", "at 30x");
  const auto print = [&](const char* stage, double seconds) {
    const double each = seconds / megabases;
    fmt::print("{:<32}{:>12.3f}{:>12.3f}\n", stage, each, each * 30 * static_cast<double>(region.length()) / static_cast<double>(read_bases));
  };
  print("decode and filter", reading);
  for (const bool legacy : {true, false}) {
    print(legacy ? "counts, legacy" : "counts", bench::least_cpu_seconds(repeats, [&] {
      for (const Partition& each : partitions) pileup::count_alleles(each.region, each.reads, window, {.legacy = legacy});
    }));
  }
  std::vector<std::vector<pileup::PositionCounts>> counts;
  for (const Partition& each : partitions) counts.push_back(pileup::count_alleles(each.region, each.reads, window, {}));
  size_t found = 0;
  print("candidates", bench::least_cpu_seconds(repeats, [&] {
    found = 0;
    for (size_t i = 0; i < partitions.size(); ++i) found += candidates::find(partitions[i].region, counts[i], {}, window, {}).size();
  }));
  fmt::print("{} candidates\n", found);
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: pileup_bench READS REFERENCE REGION [REPEATS=10]\n");
    return 2;
  }
  return haploom::bench::run_program([&] {
    haploom::run(argv[1], argv[2], argv[3], argc > 4 ? std::atoi(argv[4]) : 10);
    return 0;
  });
}
