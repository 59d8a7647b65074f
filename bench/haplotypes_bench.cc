// The image's size, and windows a CPU-second of haplotypes::Reader along every reference fragment.
//
// usage: haplotypes_bench FILE.gbz...     (./run bench haplotypes)
// A table, one row a file; CPU-s/Mb is reads() for a Mb of reference in windows of 1000 bases.
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "formats/guarded_file.h"
#include "haplotypes/haplotypes.h"
#include "measure.h"
#include "shared_image/image_writer.h"

namespace haploom {
namespace {

struct Totals {
  uint64_t windows = 0, pieces = 0, walks = 0;
};

constexpr int64_t kPartition = 1000;
constexpr double kLeastSeconds = 1.0;

template <typename Ask>  // Ask(path info, partition)
double windows_per_second(const shared_image::Pangenome& image, const std::string& sample, Ask ask) {
  uint64_t windows = 0;
  const double start = bench::cpu_seconds();
  while (bench::cpu_seconds() - start < kLeastSeconds) {
    for (const uint32_t path : image.indexed_paths()) {
      const auto info = image.path(path);
      if (info.sample != sample) continue;
      for (int64_t at = 0; at < static_cast<int64_t>(info.bases); at += kPartition, ++windows)
        ask(path, info, std::min<int64_t>(at + kPartition / 2, static_cast<int64_t>(info.bases) - 1));
    }
  }
  return static_cast<double>(windows) / (bench::cpu_seconds() - start);
}

void run(const std::string& file) {
  const formats::GuardedFile mapped(file, "gbz", Reason::kReadGbz);
  const gbz::Gbz gbz = gbz::Gbz::parse(mapped.bytes(), file);
  double start = bench::cpu_seconds();
  const shared_image::ImageWriter writer(gbz);
  std::vector<uint64_t> space((writer.bytes() + 7) / 8);
  writer.write(std::as_writable_bytes(std::span(space)).first(writer.bytes()));
  const double conversion = bench::cpu_seconds() - start;
  const shared_image::Pangenome image(std::as_bytes(std::span(space)));
  uint64_t bases = 0;
  for (uint64_t id = gbz.first_code() / 2; id < gbz.alphabet_size() / 2; ++id) bases += image.label(id).size();

  const auto naming = haplotypes::choose_reference(image, {}, "");
  Totals totals;
  const double queries = windows_per_second(image, naming.sample, [&](uint32_t path, const auto&, int64_t middle) {
    const auto answer = haplotypes::query(image, path, static_cast<uint64_t>(middle), haplotypes::kContext);
    ++totals.windows;
    totals.pieces += answer->pieces.size();
    totals.walks += answer->sequences.size();
  });
  haplotypes::Reader reader(image, naming);
  const double reads = windows_per_second(image, naming.sample, [&](uint32_t, const auto& info, int64_t middle) {
    const int64_t at = info.fragment + middle;
    reader.reads({0, at, at + 1}, std::string(info.contig));
  });
  const double visits = static_cast<double>(gbz.visit_total()), asked = static_cast<double>(totals.windows);
  fmt::print("{}\t{:.0f}\t{}\t{}\t{:.2f}\t{:.3f}\t{:.0f}\t{:.0f}\t{:.0f}\t{:.0f}\t{:.3f}\n", std::filesystem::path(file).filename().string(),
             visits, bases, writer.bytes(), static_cast<double>(writer.bytes() - bases) / visits, conversion,
             static_cast<double>(totals.pieces) / asked, static_cast<double>(totals.walks) / asked, queries, reads, 1e6 / kPartition / reads);
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  return haploom::bench::run_program([&] {
    fmt::print("graph\tvisits\tbases\timage bytes\t(image - bases) / visits\tconversion CPU-s\tpieces a window\tdistinct walks\tquery/CPU-s\treads/CPU-s\tCPU-s/Mb\n");
    for (int i = 1; i < argc; ++i) haploom::run(argv[i]);
    return 0;
  });
}
