#include "shared_image/pangenome.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "base/signals.h"
#include "formats/guarded_file.h"
#include "shared_image/image_writer.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(base::shared_data() / "gbz" / "files", none)) files.push_back(entry.path());
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

Space image_of(const gbz::Gbz& gbz, unsigned char rubbish = 0xA5, unsigned threads = 1) {
  const ImageWriter writer(gbz, threads);
  Space space(writer.bytes(), rubbish);
  writer.write(space.bytes());
  return space;
}

// A range's stretches are the single steps of its visits.
void expect_same_stretches(const Pangenome& image, gbz::NodeCode code, uint64_t first, uint64_t count) {
  std::vector<Stretch> stretches;
  image.follow(code, first, count, stretches);
  uint64_t visit = first;
  for (const Stretch& stretch : stretches) {
    for (uint64_t i = 0; i < stretch.count; ++i, ++visit) {
      const gbz::Visit next = image.next({code, visit});
      ASSERT_EQ(next.node, stretch.to.node);
      if (next.node != gbz::kEndmarker) { ASSERT_EQ(next.visit, stretch.to.visit + i); }
    }
  }
  ASSERT_EQ(visit, std::max(first, std::min(first + count, image.visits(code))));
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
    for (const uint64_t first : {record.visits() / 3, record.visits() - 1, record.visits()})
      ASSERT_NO_FATAL_FAILURE(expect_same_stretches(image, code, first, record.visits() / 2));
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
    if (at->node == gbz::kEndmarker) at.reset();
    uint64_t offset = 0;
    for (uint64_t step = 0; at; at = walker.next(*at), ++step) {
      if (step < 40 || step % 397 == 0) {
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
  if (files.empty()) GTEST_SKIP() << "no golden GBZ files at " << base::shared_data();
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const formats::GuardedFile mapped(file.string(), "gbz", Reason::kReadGbz);
    const gbz::Gbz gbz = gbz::Gbz::parse(mapped.bytes(), file.string());
    Space space = image_of(gbz);
    const Pangenome image(space.bytes());
    ASSERT_NO_FATAL_FAILURE(expect_same_records(gbz, image));
    ASSERT_NO_FATAL_FAILURE(expect_same_paths(gbz, image));
    Space again = image_of(gbz, 0x5A, 3);
    ASSERT_TRUE(std::ranges::equal(space.bytes(), again.bytes())) << "an image depends neither on what its space held nor on threads";
  }
}

// A GBZ made of GFA lines, with the bytes it points into.
struct Built {
  explicit Built(const std::string& gfa) : bytes(bytes_of(gfa)), gbz(gbz::Gbz::parse(bytes, "built")) {}
  static std::vector<std::byte> bytes_of(const std::string& gfa) {
    const fs::path file = fs::path(testing::TempDir()) / fmt::format("haploom_pangenome_{}.gfa", getpid());
    std::ofstream(file) << gfa;
    std::vector<std::byte> out;
    gbz::build_gbz(file.string(), gbz::kMaxNodeBases, 1, [&](std::string_view more) {
      out.insert(out.end(), reinterpret_cast<const std::byte*>(more.data()), reinterpret_cast<const std::byte*>(more.data()) + more.size());
    });
    fs::remove(file);
    return out;
  }
  std::vector<std::byte> bytes;
  gbz::Gbz gbz;
};

void expect_same(const Built& built) {
  Space space = image_of(built.gbz);
  const Pangenome image(space.bytes());
  ASSERT_NO_FATAL_FAILURE(expect_same_records(built.gbz, image));
  ASSERT_NO_FATAL_FAILURE(expect_same_paths(built.gbz, image));
}

// Paths through node 1 to one of `fan` nodes, drawn anew for each path: node 1 has as many runs as paths, nearly.
std::string fan_gfa(int fan, int paths, uint32_t seed) {
  std::mt19937 random(seed);
  std::string gfa = "H\tVN:Z:1.1\nS\t1\tACGT\n";
  for (int i = 0; i < fan; ++i) gfa += fmt::format("S\t{}\t{}\n", i + 2, std::string(1 + random() % 5, "ACGT"[random() % 4]));
  for (int i = 0; i < paths; ++i) {
    const uint32_t before = random() % static_cast<uint32_t>(std::min(fan, 8)) + 2;
    const uint32_t after = i < fan ? static_cast<uint32_t>(i) + 2 : random() % static_cast<uint32_t>(fan) + 2;
    gfa += fmt::format("P\tp{}\t{}+,1+,{}{}\t*\n", i, before, after, random() % 2 == 0 ? '+' : '-');
  }
  return gfa;
}

TEST(Pangenome, StepsThroughRecordsWithManyRunsFromTheirCheckpoints) {
  for (const auto& [fan, paths] : {std::pair{2, 700}, {60, 700}, {100, 2000}}) expect_same(Built(fan_gfa(fan, paths, 1)));
}

TEST(Pangenome, StepsThroughRecordsWithMoreEdgesThanAByteCounts) {
  for (const int fan : {127, 128, 129, 300, 600}) expect_same(Built(fan_gfa(fan, 3 * fan, 2)));
}

int64_t far_blocks(Space& space, ImageSection which) {
  const auto* table = reinterpret_cast<const SectionEntry*>(space.bytes().data() + sizeof(ImageHeader));
  const SectionEntry& entry = table[static_cast<size_t>(which)];
  const auto* blocks = reinterpret_cast<const uint64_t*>(space.bytes().data() + entry.offset);
  return std::count_if(blocks, blocks + entry.bytes / sizeof *blocks, [](uint64_t block) { return (block & kFarBlock) != 0; });
}

TEST(Pangenome, FindsNodesAndRecordsInBlocksTooLongForShortDistances) {
  std::string gfa = "H\tVN:Z:1.1\nS\tlong\t" + std::string(150 * gbz::kMaxNodeBases, 'G') + "\n";
  constexpr int kBubbles = 24, kPaths = 7000;
  for (int i = 0; i < kBubbles; ++i) gfa += fmt::format("S\ta{0}\tA\nS\tb{0}\tC\nS\tc{0}\tT\n", i);
  std::mt19937 random(6);
  for (int path = 0; path < kPaths; ++path) {
    gfa += fmt::format("P\tp{}\t{}", path, path < 2 ? "long+," : "");
    for (int i = 0; i < kBubbles; ++i) gfa += fmt::format("{}a{}+,{}{}+", i == 0 ? "" : ",", i, "bc"[random() % 2], i);
    gfa += "\t*\n";
  }
  const Built built(gfa);
  Space space = image_of(built.gbz, 0, 2);
  const Pangenome image(space.bytes());
  gbz::Walker walker(built.gbz);
  EXPECT_GT(far_blocks(space, ImageSection::kBaseBlocks), 0);
  EXPECT_GT(far_blocks(space, ImageSection::kRecordBlocks), 0);
  for (gbz::NodeCode code = built.gbz.first_code(); code < built.gbz.alphabet_size(); ++code) {
    gbz::Record record;
    built.gbz.record(code, record);
    ASSERT_EQ(image.visits(code), record.visits());
    ASSERT_EQ(image.label(gbz::node_id(code)), built.gbz.label(gbz::node_id(code)));
    for (const uint64_t visit : {uint64_t{0}, record.visits() / 2, record.visits() - 1})
      ASSERT_EQ(image.next({code, visit}).node, walker.next({code, visit}).value_or(gbz::Visit{}).node);
  }
}

TEST(Pangenome, NamesTheOwnersOfLongPathsAndShortOnes) {
  std::mt19937 random(3);
  std::string gfa = "H\tVN:Z:1.1\tRS:Z:R\n";
  for (int i = 1; i <= 700; ++i) gfa += fmt::format("S\t{}\t{}\n", i, std::string(1 + random() % 9, "ACGTN"[random() % 5]));
  for (int path = 0; path < 12; ++path) {
    std::string walk, name = path == 0 ? "R\t0\tchr1" : fmt::format("H{}\t1\tc", path);
    for (int i = 1; i <= (path == 5 ? 3 : 700); ++i)
      if (random() % 5 != 0 || i < 3) walk += (random() % 50 == 0 ? "<" : ">") + std::to_string(i);
    gfa += fmt::format("W\t{}\t*\t*\t{}\n", name, walk);
  }
  expect_same(Built(gfa));
}

// `chromosomes` chains of 9,000 nodes, each with ids of its own, and paths along them that leave nodes out and turn some round.
// joined: the last path of a chain steps on into the next but one.
std::string chains_gfa(int chromosomes, bool joined) {
  constexpr int kNodes = 9000;
  std::mt19937 random(5);
  std::string gfa = "H\tVN:Z:1.1\tRS:Z:R\n";
  for (int i = 1; i <= chromosomes * kNodes; ++i) gfa += fmt::format("S\t{}\t{}\n", i, std::string(1 + random() % 9, "ACGTN"[random() % 5]));
  for (int chromosome = 0; chromosome < chromosomes; ++chromosome)
    for (int path = 0; path < 5; ++path) {
      std::string walk;
      for (int i = 1; i <= kNodes; ++i)
        if (path == 0 || random() % 5 != 0) walk += (random() % 90 == 0 ? "<" : ">") + std::to_string(chromosome * kNodes + i);
      if (joined && path == 4) walk += fmt::format(">{}", (chromosome + 2) % chromosomes * kNodes + 4000);
      gfa += fmt::format("W\t{}\t{}\tchr{}\t*\t*\t{}\n", path == 0 ? "R" : fmt::format("H{}", path), path == 0 ? 0 : 1, chromosome, walk);
    }
  return gfa;
}

TEST(Pangenome, IsTheSameFromAnyNumberOfThreads) {
  for (const bool joined : {false, true}) {
    const Built built(chains_gfa(3, joined));
    ASSERT_NO_FATAL_FAILURE(expect_same(built));
    Space one = image_of(built.gbz, 0, 1);
    for (const unsigned threads : {0U, 2U, 5U}) {
      Space other = image_of(built.gbz, 0xFF, threads);
      EXPECT_TRUE(std::ranges::equal(one.bytes(), other.bytes())) << threads << " threads, joined: " << joined;
    }
  }
}

TEST(Pangenome, TellsTheShareThatIsDoneFromTheCallingThread) {
  const Built built(chains_gfa(2, false));
  std::vector<double> shares;
  const auto caller = std::this_thread::get_id();
  const ImageWriter writer(built.gbz, 1, [&](double share) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    shares.push_back(share);
  });
  Space space(writer.bytes(), 0);
  writer.write(space.bytes());
  ASSERT_FALSE(shares.empty());
  EXPECT_TRUE(std::ranges::is_sorted(shares));
  EXPECT_GT(shares.front(), 0);
  EXPECT_LE(shares.back(), 1);
  EXPECT_GT(shares.back(), 0.9);
}

TEST(Pangenome, IndexesTheReferencesPathsByPhaseAndFragment) {
  const Built built(
      "H\tVN:Z:1.1\tRS:Z:R\nS\t1\tACGTACGTAC\n"
      "W\tR\t1\tchr1\t0\t10\t>1\nW\tR\t0\tchr1\t500\t510\t>1\nW\tR\t0\tchr1\t100\t110\t>1\nW\tH\t0\tchr1\t0\t10\t>1\n");
  Space space = image_of(built.gbz);
  const Pangenome image(space.bytes());
  EXPECT_TRUE(std::ranges::equal(image.indexed_paths(), std::vector<uint32_t>{2, 1, 0})) << "haplotypes have no positions";
  EXPECT_EQ(image.reference_samples(), std::vector<std::string_view>{"R"});
}

// A graph of which one record was changed so that every visit still has one way in and one way out; what its image says.
std::string refusal_of(const std::string& gfa, const std::vector<char>& record, const std::vector<char>& changed) {
  std::vector<std::byte> bytes = Built::bytes_of(gfa);
  const auto found = std::search(bytes.begin(), bytes.end(), record.begin(), record.end(), [](std::byte a, char b) { return a == std::byte(b); });
  if (found == bytes.end()) return "no such record";
  std::ranges::transform(changed, found, [](char letter) { return std::byte(letter); });
  const gbz::Gbz gbz = gbz::Gbz::parse(bytes, "built");
  const ImageWriter writer(gbz);
  Space space(writer.bytes(), 0);
  try {
    writer.write(space.bytes());
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kGbzFormat);
    return error.message();
  }
  return "";
}

TEST(Pangenome, IsNotMadeOfPathsThatPassOtherNodesWhenReadFromTheirEnds) {
  // The start: to 1+, 2- and 3-; the paths start at 1+, 2-, 1+, 3-. Two ends are exchanged.
  EXPECT_THAT(refusal_of("S\t1\tA\nS\t2\tC\nS\t3\tG\nP\tx\t1+,2+\t*\nP\ty\t1+,3+\t*\n", {3, 2, 0, 3, 0, 2, 0, 0, 1, 0, 2}, {3, 2, 0, 3, 0, 2, 0, 0, 2, 0, 1}),
              testing::HasSubstr("path 0 is another one"));
}

TEST(Pangenome, IsNotMadeOfPathsThatPassTheirNodesInAnotherOrderWhenReadFromTheirEnds) {
  // 2-: to 1-, 3- and 4-, from 3-, 4- and 5-. From its end the path is then 1 2 4 2 3 2 5.
  EXPECT_THAT(refusal_of("S\t1\tA\nS\t2\tC\nS\t3\tG\nS\t4\tT\nS\t5\tA\nP\tx\t1+,2+,3+,2+,4+,2+,5+\t*\n", {3, 3, 0, 4, 0, 2, 0, 0, 1, 2}, {3, 3, 0, 4, 0, 2, 0, 2, 0, 1}),
              testing::HasSubstr("path 0 is another one"));
}

TEST(Pangenome, IsNotMadeOfPathsThatPassANodeOnItsOtherStrandWhenReadFromTheirEnds) {
  // 3+: to 4+, 4- and 6+, from 1+ (x, y), 2+ (w) and 5- (x, y from their ends). Those last two go round the loop as the other does.
  EXPECT_THAT(refusal_of("S\t1\tA\nS\t2\tC\nS\t3\tG\nS\t4\tT\nS\t5\tA\nS\t6\tC\nP\tx\t1+,3+,4+,3-,5+\t*\nP\ty\t1+,3+,4-,3-,5+\t*\nP\tw\t2+,3+,6+\t*\n",
                         {3, 8, 0, 1, 0, 3, 0, 0, 1, 2, 1, 0}, {3, 8, 0, 1, 0, 3, 0, 0, 1, 2, 0, 1}),
              testing::HasSubstr("path 0 is another one"));
}

// A step that leads back to its own visit, in an image that declares as many visits as it may: there is an end long before them.
TEST(Pangenome, EndsWhereADamagedImageGoesRoundInACircle) {
  const Built built("H\tRS:Z:R\nS\t1\tA\nS\t2\tC\nS\t3\tG\nW\tR\t0\tc\t0\t3\t>1>2>3\n");
  Space space = image_of(built.gbz);
  Facts facts{};
  SectionEntry entry{};
  const auto entry_of = [&](ImageSection which) {
    std::memcpy(&entry, space.bytes().data() + sizeof(ImageHeader) + static_cast<size_t>(which) * sizeof entry, sizeof entry);
    return space.bytes().data() + entry.offset;
  };
  std::byte* const at = entry_of(ImageSection::kFacts);
  std::memcpy(&facts, at, sizeof facts);
  facts.visit_total = space.bytes().size() * 65536;
  std::memcpy(at, &facts, sizeof facts);
  auto* const words = reinterpret_cast<uint16_t*>(entry_of(ImageSection::kRecords));
  const gbz::NodeCode second = built.gbz.first_code() + 2;
  const Pangenome image(space.bytes());
  for (uint64_t i = 0; i + 1 < entry.bytes / 2; ++i) {  // the record of 2+: one visit, to the place of 3+
    const uint16_t before = words[i + 1];
    if (words[i] != 1 << 1 || before != 2 || image.next({second, 0}).node != second + 2) continue;
    words[i + 1] = 0;
    if (image.next({second, 0}) == gbz::Visit{second, 0}) break;
    words[i + 1] = before;
  }
  ASSERT_EQ(image.next({second, 0}), (gbz::Visit{second, 0}));
  EXPECT_THROW(image.owner({second, 0}), Error);
  EXPECT_TRUE(image.locate(0, 2).has_value());  // some wrong place
}

// In a child, since a stop flag once set stays: how `work` ends after SIGTERM.
int after_sigterm(const std::function<void()>& work) {
  Job job([&] {
    base::install_signal_handlers();
    ::raise(SIGTERM);
    try {
      work();
    } catch (const base::Interrupted& stop) {
      ::_exit(stop.signal());
    }
  });
  return job.result();
}

TEST(Pangenome, MeasuringAndWritingEndOnASignal) {
  const Built built(fan_gfa(3, 5, 4));
  const ImageWriter writer(built.gbz);
  Space space(writer.bytes(), 0);
  EXPECT_EQ(after_sigterm([&] { ImageWriter again(built.gbz); }), SIGTERM);
  EXPECT_EQ(after_sigterm([&] { writer.write(space.bytes()); }), SIGTERM);
}

std::string refusal(std::span<const std::byte> bytes) {
  try {
    const Pangenome image(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_EQ(error.reason(), Reason::kFormat);
    return error.message();
  }
  return "";
}

TEST(Pangenome, RefusesBytesThatAreNoImage) {
  Space nothing(64, 0);
  EXPECT_THAT(refusal(nothing.bytes()), testing::HasSubstr("magic"));
  EXPECT_THAT(refusal(nothing.bytes().first(0)), testing::HasSubstr("too few"));
}

TEST(Pangenome, RefusesAnImageThatIsCutOrOfAnotherLayout) {
  const Built built(fan_gfa(3, 5, 4));
  Space space = image_of(built.gbz);
  EXPECT_EQ(refusal(space.bytes()), "");
  EXPECT_THAT(refusal(space.bytes().first(space.size - 1)), testing::HasSubstr("declares"));
  EXPECT_THAT(refusal(space.bytes().first(40)), testing::HasSubstr("declares"));
  space.bytes()[8] ^= std::byte{2};
  EXPECT_THAT(refusal(space.bytes()), testing::HasSubstr("another release"));
}

TEST(Pangenome, RefusesVisitsWithoutNumber) {  // a walk in a circle would not end before them
  const Built built(fan_gfa(3, 5, 4));
  Space space = image_of(built.gbz);
  SectionEntry facts;
  std::memcpy(&facts, space.bytes().data() + sizeof(ImageHeader), sizeof facts);
  const uint64_t visits = uint64_t{1} << 62;
  std::memcpy(space.bytes().data() + facts.offset + offsetof(Facts, visit_total), &visits, sizeof visits);
  EXPECT_THAT(refusal(space.bytes()), testing::HasSubstr("4611686018427387904 visits in"));
}

TEST(Pangenome, EveryFlippedBitOfTheTableIsRefusedOrHarmless) {
  const Built built(fan_gfa(3, 5, 4));
  const Space whole = image_of(built.gbz);
  for (uint64_t bit = 0; bit < 8 * (sizeof(ImageHeader) + kSectionCount * sizeof(SectionEntry) + sizeof(Facts) + 64); ++bit) {
    Space space = whole;
    space.bytes()[bit / 8] ^= std::byte{1} << bit % 8;
    try {
      const Pangenome image(space.bytes());
      for (gbz::NodeCode code = 0; code < 40; ++code)
        for (uint64_t visit = 0; visit < 6; ++visit) (void)image.next({code, visit});
      for (uint64_t path = 0; path < 12; ++path) (void)image.locate(path, 3);
      for (uint64_t visit = 0; visit < 6; ++visit) (void)image.owner({2, visit});
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), error.reason() == Reason::kCorrupt ? Exit::kInput : Exit::kResource);
    }
  }
}

}  // namespace
}  // namespace haploom::shared_image
