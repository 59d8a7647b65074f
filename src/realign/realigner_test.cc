#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "realign/realign.h"
#include "realign/reads_fixture.h"

namespace haploom::realign {
namespace {

using genome::Read;

const std::string kBases = random_bases(3000, 31);
constexpr int64_t kLength = 3000;
constexpr genome::Region kPartition{0, 1000, 2000};

Realignment realigned(const std::vector<Read>& reads, const RealignOptions& options = {}, const genome::Region& partition = kPartition) {
  return Realigner(options).realign(partition, reads, {0, kBases}, kLength);
}

// The first place from `from` on where a deletion of `length` bases stands leftmost and rightmost.
int64_t unambiguous(int64_t from, int64_t length) {
  const auto base = [](int64_t at) { return kBases[static_cast<size_t>(at)]; };
  while (base(from - 1) == base(from + length - 1) || base(from) == base(from + length)) ++from;
  return from;
}

// Reads of 100 bases from a donor who lacks bases [at, at + length); the aligner has clipped those that end soon after it.
std::vector<Read> donor(int64_t at, int64_t length, int64_t first, int64_t last) {
  const std::string genome = kBases.substr(0, static_cast<size_t>(at)) + kBases.substr(static_cast<size_t>(at + length));
  std::vector<Read> out;
  for (int64_t start = first; start <= last; start += 7) {
    const std::string bases = genome.substr(static_cast<size_t>(start), 100);
    const int64_t left = at - start;
    if (left <= 0) {
      out.push_back(read_at(start + length, "100M", bases));
    } else if (left >= 100) {
      out.push_back(read_at(start, "100M", bases));
    } else if (left > 85) {
      out.push_back(read_at(start, std::to_string(left) + "M" + std::to_string(100 - left) + "S", bases));
    } else if (left < 15) {
      out.push_back(read_at(at + length, std::to_string(left) + "S" + std::to_string(100 - left) + "M", bases));
    } else {
      out.push_back(read_at(start, std::to_string(left) + "M" + std::to_string(length) + "D" + std::to_string(100 - left) + "M", bases));
    }
  }
  return out;
}

std::vector<int32_t> counted(size_t n) {
  std::vector<int32_t> out(n);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

}  // namespace

TEST(Realigner, LeavesReadsThatAgreeWithTheReference) {
  std::vector<Read> reads;
  for (int64_t at = 950; at < 1990; at += 20) reads.push_back(read_at(at, "100M", kBases.substr(static_cast<size_t>(at), 100)));
  const Realignment found = realigned(reads);
  EXPECT_TRUE(found.windows.empty());
  EXPECT_TRUE(found.moved.empty());
  EXPECT_EQ(found.order, counted(reads.size()));
  EXPECT_TRUE(realigned({}).order.empty());
}

TEST(Realigner, GivesClippedReadsTheIndelThatTheOthersShow) {
  const int64_t at = unambiguous(1500, 12);
  const std::vector<Read> reads = donor(at, 12, at - 120, at + 40);
  const Realignment found = realigned(reads);
  ASSERT_EQ(found.windows.size(), 1u);
  EXPECT_EQ(found.windows[0].haplotypes.size(), 2u);
  size_t clipped = 0;
  for (size_t i = 0; i < reads.size(); ++i) {
    if (reads[i].cigar.size() != 2) continue;
    ++clipped;
    const auto moved = std::find_if(found.moved.begin(), found.moved.end(), [i](const ReadAlignment& each) { return each.read == static_cast<int32_t>(i); });
    ASSERT_NE(moved, found.moved.end());
    EXPECT_EQ(genome::text(moved->cigar).find('S'), std::string::npos);
    EXPECT_NE(genome::text(moved->cigar).find("12D"), std::string::npos);
    EXPECT_EQ(moved->end, moved->start + genome::reference_length(moved->cigar));
  }
  EXPECT_GT(clipped, 2u);
  EXPECT_EQ(found.moved.size(), clipped);  // no other read moves
}

TEST(Realigner, ListsLongReadsThenUnassignedOnesThenThoseOfEachWindow) {
  std::vector<Read> reads = donor(1200, 9, 1100, 1220);
  const size_t of_first = reads.size();
  for (Read& read : donor(1700, 9, 1600, 1720)) reads.push_back(std::move(read));
  const auto lonely = static_cast<int32_t>(reads.size());
  reads.push_back(read_at(1440, "30M", kBases.substr(1440, 30)));
  const auto spanning = static_cast<int32_t>(reads.size());
  reads.push_back(read_at(1000, "600M", kBases.substr(1000, 600)));
  const Realignment found = realigned(reads);
  ASSERT_EQ(found.windows.size(), 2u);
  ASSERT_EQ(found.order.size(), reads.size());
  EXPECT_EQ(found.order[0], spanning);
  EXPECT_EQ(found.order[1], lonely);
  std::vector<int32_t> rest(found.order.begin() + 2, found.order.end());
  EXPECT_EQ(rest, counted(of_first + (reads.size() - 2 - of_first)));
  EXPECT_EQ(static_cast<size_t>(found.windows[0].reads), of_first);

  RealignOptions options;
  options.max_read_length_to_realign = 0;
  EXPECT_NE(realigned(reads, options).order[0], spanning);
}

TEST(Realigner, SwapsAlignmentsInAndOutAgain) {
  std::vector<Read> reads = donor(1500, 12, 1380, 1540);
  const std::vector<Read> before = reads;
  Realignment found = realigned(reads);
  ASSERT_FALSE(found.moved.empty());
  const auto first = static_cast<size_t>(found.moved.front().read);
  const genome::Cigar cigar = found.moved.front().cigar;
  swap_alignments(reads, found.moved);
  EXPECT_EQ(reads[first].cigar, cigar);
  swap_alignments(reads, found.moved);
  for (size_t i = 0; i < reads.size(); ++i) {
    EXPECT_EQ(reads[i].start, before[i].start);
    EXPECT_EQ(reads[i].end, before[i].end);
    EXPECT_EQ(reads[i].cigar, before[i].cigar);
  }
}

TEST(Realigner, LeavesWindowsThatAreTooLong) {
  const std::vector<Read> reads = donor(1500, 12, 1380, 1540);
  RealignOptions options;
  options.windows.max_window_size = 100;
  EXPECT_TRUE(realigned(reads, options).windows.empty());
  EXPECT_EQ(realigned(reads, options).order, counted(reads.size()));
}

TEST(Realigner, LeavesReadsWhoseQualitiesOrCigarDoNotFit) {
  std::vector<Read> reads = donor(1500, 12, 1380, 1540);
  reads[2].quality.pop_back();
  reads[3].cigar.push_back({'M', 50});
  reads[4].bases.clear();
  reads[4].quality.clear();
  const Realignment found = realigned(reads);
  EXPECT_EQ(std::vector<int32_t>(found.order.begin(), found.order.begin() + 3), (std::vector<int32_t>{2, 3, 4}));
  for (const ReadAlignment& each : found.moved) EXPECT_TRUE(each.read < 2 || each.read > 4);
}

TEST(Realigner, GivesTheSameAnswerAgain) {
  Realigner realigner({});
  const std::vector<Read> reads = donor(1500, 12, 1380, 1540);
  const std::vector<Read> others = donor(1300, 5, 1200, 1340);
  const pileup::ReferenceWindow reference{0, kBases};
  const Realignment first = realigner.realign(kPartition, reads, reference, kLength);
  realigner.realign(kPartition, others, reference, kLength);
  const Realignment again = realigner.realign(kPartition, reads, reference, kLength);
  ASSERT_EQ(again.moved.size(), first.moved.size());
  for (size_t i = 0; i < first.moved.size(); ++i) {
    EXPECT_EQ(again.moved[i].start, first.moved[i].start);
    EXPECT_EQ(again.moved[i].cigar, first.moved[i].cigar);
  }
}

// Whatever comes, each read is listed once, and what moves is whole.
TEST(Realigner, TakesWhateverItIsGiven) {
  std::mt19937_64 random(123);
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  RealignOptions options;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    options.normalize_reads = below(2) == 0;
    options.windows.keep_legacy = below(2) == 0;
    options.windows.use_window_selector_model = below(4) == 0;
    options.windows.enable_strict_insertion_filter = below(4) == 0;
    options.windows.realign_all = below(5) == 0;
    const int where = below(4);  // the contig's ends among the places
    const int64_t contig = 700;
    const std::string bases = below(3) == 0 ? random_bases(200, random()) + std::string(300, below(2) == 0 ? 'N' : 'A') + random_bases(200, random()) : random_bases(700, random());
    const genome::Region partition{0, where == 0 ? 0 : 100 * below(4), where == 1 ? contig : 500};
    std::vector<Read> reads;
    for (int i = below(60); i > 0; --i) {
      genome::Cigar cigar;
      if (below(3) == 0) genome::append(cigar, "SHI"[below(3)], 1 + below(20));
      for (int parts = 1 + below(3); parts > 0; --parts) {
        genome::append(cigar, 'M', 1 + below(70));
        genome::append(cigar, "IDNPX=S"[below(7)], below(2) * below(30));
      }
      int64_t start = below(690);
      if (below(10) == 0) start = 698;
      std::string read;
      int64_t position = start;
      for (const auto& [op, length] : cigar) {
        for (int k = 0; k < length && genome::consumes_read(op); ++k) {
          const auto at = static_cast<size_t>(position + k);
          read += at < bases.size() && below(15) > 0 ? bases[at] : "ACGTN"[below(5)];
        }
        if (genome::consumes_reference(op)) position += length;
      }
      reads.push_back(read_at(start, genome::text(cigar), read, static_cast<uint8_t>(below(4) == 0 ? 12 : 35)));
      if (below(15) == 0) reads.back().quality.clear();
      if (below(15) == 0) reads.back().cigar.push_back({'I', 7});
      if (below(20) == 0) reads.back().cigar.clear();
      if (below(10) == 0) reads.push_back(reads.back());
    }
    const Realignment found = Realigner(options).realign(partition, reads, {0, bases}, contig);
    std::vector<int32_t> order = found.order;
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order, counted(reads.size()));
    for (const ReadAlignment& each : found.moved) {
      const Read& read = reads[static_cast<size_t>(each.read)];
      EXPECT_EQ(genome::read_length(each.cigar), static_cast<int64_t>(read.bases.size()));
      EXPECT_GE(each.start, 0);
      EXPECT_EQ(each.end, each.start + genome::reference_length(each.cigar));
      EXPECT_TRUE(each.start != read.start || each.cigar != read.cigar);
    }
  }
}

TEST(HaplotypeAligner, PlacesReadsOnAHaplotypeAsOnAReference) {
  const std::string haplotype = random_bases(221, 4);
  const std::vector<std::string> bases = {haplotype.substr(20, 100), haplotype.substr(100, 30) + haplotype.substr(140, 60),
                                          random_bases(3, 9) + haplotype.substr(0, 40), std::string(40, 'N'), ""};
  const std::vector<std::string_view> reads(bases.begin(), bases.end());
  HaplotypeAligner aligner;
  const auto found = aligner.align(haplotype, reads);
  ASSERT_EQ(found.size(), reads.size());
  EXPECT_EQ(found[0].kind, HaplotypeAlignment::Kind::kPlaced);
  EXPECT_EQ(found[0].start, 20);
  EXPECT_EQ(genome::text(found[0].cigar), "100M");
  EXPECT_EQ(found[1].start, 100);
  EXPECT_EQ(genome::text(found[1].cigar), "30M10D60M");
  EXPECT_EQ(found[2].start, 0);
  EXPECT_EQ(genome::text(found[2].cigar), "3S40M");
  EXPECT_EQ(found[3].kind, HaplotypeAlignment::Kind::kNowhere);
  EXPECT_EQ(found[4].kind, HaplotypeAlignment::Kind::kNowhere);
  EXPECT_TRUE(aligner.align(haplotype, {}).empty());
  EXPECT_EQ(aligner.align("", reads)[0].kind, HaplotypeAlignment::Kind::kNowhere);
}

}  // namespace haploom::realign
