// First files for the corpora: small graphs as GFA, as GBZ of each version, as images and as indexes; records of DeepVariant's files.
//
//   fuzz_seeds tests/data/small.gfa OUT     OUT/gfa/NAME, OUT/gbz/NAME.vN, OUT/image/NAME, OUT/index/NAME, OUT/records/NAME
//
// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "formats/records.h"
#include "formats/tfrecord.h"
#include "gbz/gbz.h"
#include "shared_image/gbz_source.h"
#include "shared_image/image_writer.h"

namespace haploom {
namespace {

namespace fs = std::filesystem;

// W lines of a reference and of haplotypes that leave nodes out, turn some round, and go in fragments.
std::string bubbles(int nodes, int haplotypes, uint32_t seed) {
  std::mt19937 random(seed);
  std::string gfa = "H\tVN:Z:1.1\tRS:Z:R Q\n";
  for (int i = 1; i <= nodes; ++i) gfa += fmt::format("S\t{}\t{}\n", i, std::string(1 + random() % 4, "ACGTN"[random() % 5]));
  for (int path = 0; path <= haplotypes; ++path) {
    std::string walk;
    for (int i = 1; i <= nodes; ++i)
      if (path == 0 || i == 1 || random() % 4 != 0) walk += (path > 0 && random() % 8 == 0 ? "<" : ">") + std::to_string(i);
    gfa += fmt::format("W\t{}\t{}\tchr1\t{}\t*\t{}\n", path == 0 ? "R" : fmt::format("h{}", path / 2), path % 2, path > 2 ? 100 : 0, walk);
  }
  return gfa;
}

// One walk that comes back to one node and leaves it another way: a record with many runs, at last with wide ones.
std::string hub(int leaves, int visits, uint32_t seed) {
  std::mt19937 random(seed);
  std::string gfa = "H\tVN:Z:1.1\tRS:Z:R\nS\t2\tAC\n", walk;
  for (int i = 0; i < leaves; ++i) gfa += fmt::format("S\t{}\t{}\n", i == 0 ? 1 : i + 2, "ACGT"[random() % 4]);
  for (int i = 0; i < visits; ++i) {
    const int leaf = i < 2 * leaves ? i / 2 : static_cast<int>(random() % static_cast<uint32_t>(leaves));
    walk += fmt::format(">2{}{}", (i < 2 * leaves ? i : static_cast<int>(random())) % 2 == 0 ? '>' : '<', leaf == 0 ? 1 : leaf + 2);
  }
  return gfa + fmt::format("W\tR\t0\tc\t0\t*\t{}\n", walk);
}

std::map<std::string, std::string> graphs() {
  return {
      {"bubbles", bubbles(10, 4, 1)},
      {"loops", "H\tVN:Z:1.1\tRS:Z:R\nS\t1\tACGT\nS\t2\tG\nL\t1\t+\t1\t+\t0M\nW\tR\t0\tc\t0\t*\t>1>1<1>2>2>2>1\nW\th\t1\tc\t7\t*\t<2<2>1\n"},
      {"names", "H\tVN:Z:1.0\nS\tutg1\tacgtryk\nS\tutg2\tNNNNN\nL\tutg1\t+\tutg2\t-\t*\nP\tGRCh38#0#chr1\tutg1+,utg2-\t0M\nP\tchr2\tutg2+\t*\n"},
      {"one", "S\t7\tA\nP\tx\t7+\t*\n"},
      {"hub", hub(4, 100, 2)},
      {"wide_hub", hub(129, 258, 3)},
      {"far_ids", "S\t1\tA\nS\t129\tC\nS\t257\tG\nW\ts\t0\tc\t0\t*\t>1>129<257\n"},
  };
}

void write_file(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string image_of(const gbz::Gbz& graph) {
  const shared_image::ImageWriter writer(graph);
  std::vector<uint64_t> space((writer.bytes() + 7) / 8);
  const auto bytes = std::as_writable_bytes(std::span(space)).first(writer.bytes());
  writer.write(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// One record of each kind, and files that hold all of them.
void write_records(const fs::path& folder) {
  formats::VariantRecord variant;
  variant.contig = "c";
  variant.start = 4;
  variant.end = 6;
  variant.ref = "AC";
  variant.alts = {"A", "ACC"};
  variant.filter = {"PASS"};
  variant.info["F"] = {std::string("x.bam"), true};
  variant.calls.push_back({"s", {-1, 1}, true, {-1.5, 0, -3}, {{"AD", {1, 2}}, {"VAF", {0.5}}}});
  formats::CandidateRecord candidate;
  candidate.variant = variant;
  candidate.allele_support["A"] = {{"r/0", true, 60, 30, true, "s"}};
  candidate.ref_support = {{"q/1", false, 60, 33, false, "s"}};
  candidate.allele_frequency = {{"A", 0.25F}};
  candidate.allele_frequency_at_position = {{4, 12}};
  candidate.alt_sets = {{0, 1}};
  const std::vector<uint8_t> image = {1, 2, 3, 254};
  formats::ExampleRecord example;
  example.locus = "c:5-6";
  example.variant = formats::encode(variant);
  example.alt_set = {0, 1};
  example.image = image;
  example.shape = {2, 2, 1};
  example.label = 1;
  formats::CallOutputRecord output{formats::encode(variant), {1}, {0.1, 0.2, 0.7}, formats::CallOutputDebug{2, 1, true, false, true, {0.5}, {1}, "i", {{"l", "b"}}}};
  const std::map<std::string, std::string> records = {{"variant", formats::encode(variant)},
                                                      {"candidate", formats::encode(candidate)},
                                                      {"example", formats::encode(example)},
                                                      {"call_output", formats::encode(output)}};
  for (const auto& [name, bytes] : records) write_file(folder / name, bytes);
  for (const char* name : {"file", "file.gz"}) {
    formats::RecordWriter writer((folder / name).string());
    for (const auto& [kind, bytes] : records) writer.write(bytes);
    writer.finish();
  }
}

}  // namespace
}  // namespace haploom

int main(int argc, char** argv) {
  using namespace haploom;
  if (argc != 3) return 2;
  const fs::path out = argv[2];
  write_records(out / "records");
  auto all = graphs();
  std::ifstream small(argv[1]);
  all["small"] = std::string((std::istreambuf_iterator<char>(small)), std::istreambuf_iterator<char>());
  for (const auto& [name, gfa] : all) {
    write_file(out / "gfa" / name, gfa);
    for (int version = 1; version <= 3; ++version) {
      std::string bytes;
      gbz::build_gbz((out / "gfa" / name).string(), version == 2 ? 2 : gbz::kMaxNodeBases, version, [&](std::string_view more) { bytes += more; });
      write_file(out / "gbz" / fmt::format("{}.v{}", name, version), bytes);
      if (version != 1) continue;
      write_file(out / "image" / name, image_of(gbz::Gbz::parse(std::as_bytes(std::span(bytes)), name)));
      const fs::path index = shared_image::write_index((out / "gbz" / fmt::format("{}.v1", name)).string(), true, 1).path;
      fs::create_directories(out / "index");
      fs::rename(index, out / "index" / name);
    }
  }
}
