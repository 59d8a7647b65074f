#include "realign/window_selector.h"

#include <gtest/gtest.h>

#include <map>

#include "pileup/pileup.h"
#include "realign/reads_fixture.h"

namespace haploom::realign {
namespace {

using genome::Read;

const std::string kBases = random_bases(1000, 3);
constexpr genome::Region kPartition{0, 300, 600};

char other(char base) { return base == 'A' ? 'C' : 'A'; }

// Bases [start, end) of the reference as a read shows them that has another base at each of `positions`.
Read matching(int64_t start, int64_t end, const std::vector<int64_t>& positions = {}) {
  std::string bases = kBases.substr(static_cast<size_t>(start), static_cast<size_t>(end - start));
  for (const int64_t position : positions) bases[static_cast<size_t>(position - start)] = other(kBases[static_cast<size_t>(position)]);
  return read_at(start, std::to_string(end - start) + "M", bases);
}

std::vector<Interval> select(const std::vector<Read>& reads, const WindowOptions& options = {}, const genome::Region& partition = kPartition) {
  std::vector<const Read*> pointers;
  for (const Read& read : reads) pointers.push_back(&read);
  return WindowSelector(options).select(partition, pointers, {0, kBases}, static_cast<int64_t>(kBases.size()));
}

std::vector<Read> twice(Read read) {
  std::vector<Read> out = {read, read};
  out[1].name += "b";
  return out;
}

using Windows = std::vector<Interval>;

}  // namespace

TEST(WindowSelector, AsksForTwoReadsThatAgree) {
  EXPECT_EQ(select({matching(350, 450)}), Windows{});
  EXPECT_EQ(select({matching(350, 450, {400})}), Windows{});
  EXPECT_EQ(select({matching(350, 450, {400}), matching(380, 480, {400})}), (Windows{{320, 480}}));
  Read another = matching(380, 480, {400});
  another.bases[20] = another.bases[20] == 'C' ? 'G' : 'T';
  if (another.bases[20] == kBases[400]) another.bases[20] = 'G';
  EXPECT_EQ(select({matching(350, 450, {400}), another}), Windows{});
}

TEST(WindowSelector, PassesOverTooManyReads) {
  WindowOptions options;
  options.max_num_supporting_reads = 2;
  std::vector<Read> reads = twice(matching(350, 450, {400}));
  EXPECT_EQ(select(reads, options), (Windows{{320, 480}}));
  reads.push_back(matching(351, 450, {400}));
  EXPECT_EQ(select(reads, options), Windows{});
}

TEST(WindowSelector, MergesCandidatesWhoseWindowsMeet) {
  EXPECT_EQ(select(twice(matching(310, 590, {330, 490}))), (Windows{{250, 570}}));
  EXPECT_EQ(select(twice(matching(310, 590, {330, 491}))), (Windows{{250, 410}, {411, 571}}));
}

TEST(WindowSelector, LooksTwentyBasesBeyondThePartition) {
  EXPECT_EQ(select(twice(matching(270, 370, {280}))), (Windows{{200, 360}}));
  EXPECT_EQ(select(twice(matching(270, 370, {279}))), Windows{});
  EXPECT_EQ(select(twice(matching(560, 660, {619}))), (Windows{{539, 699}}));
  EXPECT_EQ(select(twice(matching(560, 660, {620}))), Windows{});
  EXPECT_EQ(select(twice(matching(0, 100, {5})), {}, {0, 10, 50}), (Windows{{-75, 85}}));
}

TEST(WindowSelector, CountsAnInsertionOnBothSidesOfIt) {
  const std::string bases = kBases.substr(350, 50) + "GATTA" + kBases.substr(400, 50);
  EXPECT_EQ(select(twice(read_at(350, "50M5I50M", bases))), (Windows{{395 - 80, 404 + 80}}));
}

TEST(WindowSelector, CountsASoftClipAsAnInsertion) {
  EXPECT_EQ(select(twice(read_at(350, "50M4S", kBases.substr(350, 50) + "GATT"))), (Windows{{396 - 80, 403 + 80}}));
  EXPECT_EQ(select(twice(read_at(400, "4S50M", "GATT" + kBases.substr(400, 50)))), (Windows{{396 - 80, 403 + 80}}));
}

TEST(WindowSelector, CountsADeletionOverItsBases) {
  EXPECT_EQ(select(twice(read_at(350, "50M7D50M", kBases.substr(350, 50) + kBases.substr(407, 50)))), (Windows{{400 - 80, 406 + 80}}));
}

TEST(WindowSelector, LetsAnIndelTakeThePlaceOfItsAnchor) {
  std::string bases = kBases.substr(350, 50) + "GATTA" + kBases.substr(400, 50);
  bases[49] = other(bases[49]);  // else a substitution at 399
  EXPECT_EQ(select(twice(read_at(350, "50M5I50M", bases))), (Windows{{395 - 80, 404 + 80}}));
  WindowOptions options;
  options.min_num_supporting_reads = 3;
  EXPECT_EQ(select(twice(read_at(350, "50M5I50M", bases)), options), Windows{});
}

TEST(WindowSelector, PassesOverReadsAndBasesOfLowQuality) {
  std::vector<Read> reads = twice(matching(350, 450, {400}));
  reads[0].mapq = 19;
  EXPECT_EQ(select(reads), Windows{});
  for (const bool legacy : {false, true}) {
    WindowOptions options;
    options.keep_legacy = legacy;
    reads = twice(matching(350, 450, {400}));
    reads[0].quality[50] = 19;
    EXPECT_EQ(select(reads, options), Windows{});
    reads[0].quality[50] = 20;
    EXPECT_EQ(select(reads, options).size(), 1u);
    const std::string bases = kBases.substr(350, 50) + "GATTA" + kBases.substr(400, 50);
    reads = twice(read_at(350, "50M5I50M", bases));
    reads[0].quality[52] = 10;  // the others make up for it, but not in the old way of counting
    EXPECT_EQ(select(reads, options).size(), legacy ? 0u : 1u);
  }
}

TEST(WindowSelector, CountsOneAlleleAKey) {
  std::vector<Read> reads = twice(matching(350, 450, {400}));
  reads[1].name = reads[0].name;  // a supplementary alignment
  EXPECT_EQ(select(reads), Windows{});
  reads[1].number = 1;  // the mate
  EXPECT_EQ(select(reads), (Windows{{320, 480}}));
}

TEST(WindowSelector, IsStricterWithInsertionsOfOneBaseWhenAsked) {
  WindowOptions options;
  options.enable_strict_insertion_filter = true;
  std::vector<Read> reads = twice(read_at(350, "50M1I50M", kBases.substr(350, 50) + std::string(1, other(kBases[400])) + kBases.substr(400, 50)));
  for (int i = 0; i < 22; ++i) reads.push_back(matching(350 + i, 450));
  EXPECT_EQ(select(reads, options).size(), 1u);  // 2 of 24
  reads.push_back(matching(351, 451));            // 2 of 25 are 8 %, but in 32 bits a little less
  EXPECT_EQ(select(reads, options).size(), 0u);
  EXPECT_EQ(select(reads).size(), 1u);
}

TEST(WindowSelector, WeighsEvidenceByTheModelWhenAsked) {
  WindowOptions options;
  options.use_window_selector_model = true;
  const std::string inserted = kBases.substr(350, 50) + "GATTA" + kBases.substr(400, 50);
  EXPECT_EQ(select({read_at(350, "50M5I50M", inserted)}, options), Windows{});
  EXPECT_EQ(select(twice(read_at(350, "50M5I50M", inserted)), options), (Windows{{395 - 80, 404 + 80}}));  // 2 * 2.49 - 0.68 - ...
  EXPECT_EQ(select(twice(matching(350, 450, {400})), options), Windows{});  // substitutions weigh nothing
}

TEST(WindowSelector, TakesTheWholePartitionWhenAsked) {
  WindowOptions options;
  options.realign_all = true;
  EXPECT_EQ(select({matching(350, 450)}, options), (Windows{{300, 600}}));
  EXPECT_EQ(select({}, options), Windows{});
}

// The counter of candidates is another and slower one; both must see the same alleles.
TEST(WindowSelector, CountsWhatTheAlleleCounterCounts) {
  std::mt19937_64 random(17);
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::vector<Read> reads;
    for (int i = 0; i < 12; ++i) {
      genome::Cigar cigar;
      for (int parts = 1 + below(6); parts > 0; --parts) genome::append(cigar, "MMMM=XIDSNP"[below(11)], 1 + below(parts > 3 ? 40 : 4));
      const auto start = static_cast<int64_t>(280 + below(300));
      std::string bases;
      int64_t position = start;
      for (const auto& [op, length] : cigar) {
        for (int k = 0; k < length; ++k) {
          if (genome::consumes_read(op)) bases += genome::is_match(op) && below(12) > 0 ? kBases[static_cast<size_t>(position + k)] : "ACGTN"[below(5)];
        }
        if (genome::consumes_reference(op)) position += length;
      }
      if (bases.empty()) continue;
      reads.push_back(read_at(start, genome::text(cigar), bases));
      for (uint8_t& quality : reads.back().quality) quality = static_cast<uint8_t>(below(8) == 0 ? 10 : 30);
      if (below(5) == 0) reads.back().name = reads.front().name;
    }
    WindowOptions options;
    options.keep_legacy = below(2) == 0;
    options.min_windows_distance = 0;
    options.max_num_supporting_reads = 3;
    const genome::Region expanded{0, 280, 620};
    const auto counts = pileup::count_alleles(expanded, reads, {0, kBases}, {.min_mapq = 20, .min_base_quality = 20, .legacy = options.keep_legacy});
    std::vector<int> expected(static_cast<size_t>(expanded.length()), 0);
    for (size_t i = 0; i < counts.size(); ++i) {
      std::map<std::pair<pileup::AlleleType, std::string>, int> alleles;
      for (const auto& seen : counts[i].alleles) alleles[{seen.type, seen.bases}] += !seen.low_quality;
      for (const auto& [allele, count] : alleles) {
        if (count < 2) continue;
        const auto length = static_cast<int>(allele.second.size()) - 1;
        const int at = static_cast<int>(i);
        int first = at + 1 - length;
        int last = at + 1 + length;
        if (allele.first == pileup::AlleleType::kSubstitution) std::tie(first, last) = std::pair(at, at + 1);
        if (allele.first == pileup::AlleleType::kDeletion) first = at + 1;
        for (int k = std::max(first, 0); k < std::min(last, static_cast<int>(expected.size())); ++k) expected[static_cast<size_t>(k)] += count;
      }
    }
    Windows windows;
    int previous = -2;
    for (int i = 0; i < static_cast<int>(expected.size()); ++i) {
      if (expected[static_cast<size_t>(i)] < 2 || expected[static_cast<size_t>(i)] > 3) continue;
      if (i != previous) windows.push_back({expanded.start + i, 0});
      windows.back().end = expanded.start + i;
      previous = i;
    }
    ASSERT_EQ(select(reads, options), windows);
  }
}

}  // namespace haploom::realign
