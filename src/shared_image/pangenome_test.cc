#include "shared_image/pangenome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

#include "base/error.h"
#include "formats/mapped_file.h"
#include "genome/dna.h"
#include "shared_image/image_writer.h"

namespace haploom::shared_image {
namespace {

namespace fs = std::filesystem;

fs::path shared_data() {
  const char* set = std::getenv("HAPLOOM_SHARED");
  return (set != nullptr && *set != '\0' ? fs::path(set) : fs::path(HAPLOOM_SOURCE_DIR) / ".." / "shared") / "data";
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(shared_data() / "gbz" / "files", none)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// 8-byte aligned space, filled with rubbish beforehand.
struct Space {
  Space(uint64_t bytes, unsigned char rubbish) : words(bytes / 8 + 1, 0), size(bytes) { std::memset(words.data(), rubbish, bytes); }
  std::span<std::byte> bytes() { return {reinterpret_cast<std::byte*>(words.data()), size}; }
  std::vector<uint64_t> words;
  uint64_t size;
};

Space image_of(const gbz::Gbz& gbz, unsigned char rubbish = 0xA5) {
  const ImageWriter writer(gbz);
  Space space(writer.bytes(), rubbish);
  writer.write(space.bytes());
  return space;
}

void expect_same_records(const gbz::Gbz& gbz, const Pangenome& image) {
  gbz::Record record;
  std::vector<Stretch> stretches;
  for (gbz::NodeCode code = gbz.first_code(); code < gbz.alphabet_size(); ++code) {
    gbz.record(code, record);
    ASSERT_EQ(image.visits(code), record.visits());
    ASSERT_EQ(image.label(gbz::node_id(code)), gbz.label(gbz::node_id(code)));
    if (record.visits() == 0) continue;
    ASSERT_EQ(image.successor_count(code), record.edges.size());
    for (uint64_t i = 0; i < record.edges.size(); ++i) ASSERT_EQ(image.successor(code, i), record.edges[i].successor);
    gbz::Walker walker(gbz);
    image.follow(code, 0, record.visits(), stretches);
    auto stretch = stretches.begin();
    uint64_t within = 0;
    const uint64_t step = record.visits() > 5000 ? 37 : 1;
    for (uint64_t visit = 0; visit < record.visits(); ++visit) {
      while (stretch != stretches.end() && within == stretch->count) ++stretch, within = 0;
      ASSERT_NE(stretch, stretches.end());
      if (visit % step == 0) {
        const gbz::Visit want = walker.next({code, visit}).value_or(gbz::Visit{});
        const gbz::Visit got = image.next({code, visit});
        ASSERT_EQ(got.node, want.node);
        ASSERT_EQ(stretch->to.node, want.node);
        if (want.node != gbz::kEndmarker) {
          ASSERT_EQ(got.visit, want.visit);
          ASSERT_EQ(stretch->to.visit + within, want.visit);
        }
      }
      ++within;
    }
    ASSERT_EQ(image.next({code, record.visits()}).node, gbz::kEndmarker);
  }
}

void expect_same_paths(const gbz::Gbz& gbz, const Pangenome& image) {
  ASSERT_EQ(image.path_count(), gbz.path_count());
  gbz::Walker walker(gbz);
  for (uint64_t sequence = 0; sequence < 2 * gbz.path_count(); ++sequence) {
    const uint64_t path = sequence / 2;
    const gbz::PathName name = gbz.path_name(path);
    const PathInfo info = image.path(path);
    ASSERT_EQ(info.sample, gbz.sample_name(name.sample));
    ASSERT_EQ(info.contig, gbz.contig_name(name.contig));
    ASSERT_EQ(info.phase, name.phase);
    ASSERT_EQ(info.fragment, name.fragment);
    ASSERT_EQ(info.sense, gbz.sense(path));
    std::optional<gbz::Visit> at = gbz.sequence_starts().at(sequence);
    ASSERT_EQ(image.sequence_start(path, sequence % 2 != 0).node, at->node);
    if (at->node == gbz::kEndmarker) at.reset();
    uint64_t offset = 0;
    for (uint64_t step = 0; at; at = walker.next(*at), ++step) {
      if (step < 40 || step % 41 == 0) {
        const VisitOwner owner = image.owner(*at);
        ASSERT_EQ(owner.path, path);
        ASSERT_EQ(owner.reverse, sequence % 2 != 0);
        ASSERT_EQ(owner.offset, offset);
      }
      const uint64_t length = gbz.label(gbz::node_id(at->node)).size();
      if (info.sense != gbz::Sense::kHaplotype && sequence % 2 == 0) {
        for (const uint64_t inside : {uint64_t{0}, length / 2, length - 1}) {
          const auto place = image.locate(path, offset + inside);
          ASSERT_TRUE(place);
          ASSERT_EQ(place->visit, *at);
          ASSERT_EQ(place->node_offset, inside);
        }
      }
      offset += length;
    }
    ASSERT_EQ(info.bases, offset);
    ASSERT_FALSE(image.locate(path, offset));
  }
}

TEST(Pangenome, StepsAndNamesAsTheGbzOfEveryGoldenFile) {
  const auto files = golden_files();
  if (files.empty()) GTEST_SKIP() << "no golden GBZ files at " << shared_data();
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const formats::MappedFile mapped(file.string(), "gbz", Reason::kReadGbz);
    const gbz::Gbz gbz = gbz::Gbz::parse(mapped.bytes(), file.string());
    Space space = image_of(gbz);
    const Pangenome image(space.bytes());
    ASSERT_NO_FATAL_FAILURE(expect_same_records(gbz, image));
    ASSERT_NO_FATAL_FAILURE(expect_same_paths(gbz, image));
    Space again = image_of(gbz, 0x5A);
    ASSERT_EQ(image_bytes(gbz), again.size);
    ASSERT_TRUE(std::ranges::equal(space.bytes(), again.bytes())) << "an image does not depend on what its space held";
  }
}

TEST(Pangenome, RefusesBytesThatAreNoImage) {
  Space nothing(64, 0);
  EXPECT_THROW(Pangenome(nothing.bytes()), Error);
  EXPECT_THROW(Pangenome(nothing.bytes().first(0)), Error);
}

}  // namespace
}  // namespace haploom::shared_image
