// CPU of local assembly and realignment, reads in memory.
//
// usage: realign_bench READS.bam REFERENCE.fa CONTIG START END [REPEATS]     (0-based, half-open)
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "formats/alignments.h"
#include "formats/reference.h"
#include "measure.h"
#include "realign/realign.h"

namespace haploom {
namespace {

constexpr int64_t kPartition = 1000;
constexpr int64_t kMargin = 20'000;
constexpr size_t kMostReads = 1500;

int run(const std::vector<std::string>& args) {
  if (args.size() < 5) {
    fmt::print(stderr, "usage: realign_bench READS.bam REFERENCE.fa CONTIG START END [REPEATS]\n");
    return 2;
  }
  const formats::Reference reference(args[1]);
  formats::Alignments alignments(args[0], args[1]);
  const int contig = reference.contigs().index_of(args[2]).value();
  const int64_t length = reference.contigs()[contig].length;
  const int64_t start = std::stoll(args[3]);
  const int64_t end = std::stoll(args[4]);
  const int repeats = args.size() > 5 ? std::stoi(args[5]) : 3;

  std::vector<std::pair<genome::Region, std::vector<genome::Read>>> partitions;
  for (int64_t at = start; at < end; at += kPartition) {
    auto& [region, reads] = partitions.emplace_back();
    region = {contig, at, std::min(at + kPartition, end)};
    alignments.for_each(region, reference.contigs(), {}, [&reads](genome::Read&& read) {
      if (reads.size() < kMostReads) reads.push_back(std::move(read));
    });
  }
  const int64_t from = std::max<int64_t>(0, start - kMargin);
  const std::string bases = reference.bases({contig, from, std::min(length, end + kMargin)});

  realign::Realigner realigner({});
  size_t windows = 0;
  size_t haplotypes = 0;
  size_t moved = 0;
  const double least = bench::least_cpu_seconds(repeats, [&] {
    windows = haplotypes = moved = 0;
    for (const auto& [region, reads] : partitions) {
      const auto found = realigner.realign(region, reads, {from, bases}, length);
      moved += found.moved.size();
      windows += found.windows.size();
      for (const auto& window : found.windows) haplotypes += window.haplotypes.size();
    }
  });
  fmt::print("partitions {}  windows {}  haplotypes {}  reads moved {}  CPU ms {:.1f}  CPU-s/Mb {:.2f}\n", partitions.size(), windows,
             haplotypes, moved, 1e3 * least, 1e6 * least / static_cast<double>(end - start));
  return 0;
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  return haploom::bench::run_program([&] { return haploom::run({argv + 1, argv + argc}); });
}
