#include <gtest/gtest.h>

#include <random>

#include "realign/realign.h"

namespace haploom::realign {
namespace {

using genome::Read;
using pileup::ReferenceWindow;

Read read(int64_t start, const std::string& cigar, const std::string& bases) {
  Read out;
  out.mapq = 60;
  out.start = start;
  out.cigar = genome::parse_cigar(cigar);
  out.end = start + genome::reference_length(out.cigar);
  out.bases = bases;
  out.quality.assign(bases.size(), 30);
  return out;
}

//                         01234567890123
constexpr char kBases[] = "GATCACACACTTTG";
constexpr ReferenceWindow kReference{0, std::string_view(kBases, 14)};

// start and CIGAR after normalize()
std::pair<int64_t, std::string> normal(Read each) {
  const Read before = each;
  const bool moved = normalize(each, kReference);
  EXPECT_EQ(moved, each.start != before.start || each.cigar != before.cigar);
  EXPECT_EQ(each.end, each.start + genome::reference_length(each.cigar));
  return {each.start, genome::text(each.cigar)};
}

using Place = std::pair<int64_t, std::string>;

}  // namespace

TEST(Normalize, ShiftsADeletionToTheLeftOfItsRepeat) {
  EXPECT_EQ(normal(read(0, "8M2D4M", "GATCACACTTTG")), (Place{0, "3M2D9M"}));
}

TEST(Normalize, ShiftsAnInsertionToTheLeftOfItsRepeat) {
  EXPECT_EQ(normal(read(0, "10M2I4M", "GATCACACACACTTTG")), (Place{0, "3M2I11M"}));
}

TEST(Normalize, LeavesWhatStandsLeftmost) {
  EXPECT_EQ(normal(read(0, "14M", "GATCACACACTTTG")), (Place{0, "14M"}));
  EXPECT_EQ(normal(read(0, "3M1I11M", "GATGCACACACTTTG")), (Place{0, "3M1I11M"}));
}

TEST(Normalize, EndsTheCigarInAMatchWhenAnIndelStoodLast) {
  EXPECT_EQ(normal(read(9, "4M1I", "CTTTT")), (Place{9, "1M1I3M"}));
}

TEST(Normalize, StopsAtTheOperationBefore) {
  EXPECT_EQ(normal(read(2, "1M1D3M2D3M", "TACACTT")), (Place{2, "1M3D6M"}));  // comes up to the other deletion and joins it
  EXPECT_EQ(normal(read(3, "2M2N2M2I1M", "CACACAC")), (Place{3, "2M2N2I3M"}));
}

TEST(Normalize, ResolvesAnIndelThatReachesTheFront) {
  EXPECT_EQ(normal(read(10, "1M1D1M", "TT")), (Place{11, "2M"}));          // the deletion goes, the read starts later
  EXPECT_EQ(normal(read(6, "2M2I3M", "ACACACT")), (Place{4, "7M"}));       // the insertion is aligned, the read starts earlier
  EXPECT_EQ(normal(read(10, "1S1M1D1M", "TTT")), (Place{11, "1S2M"}));
  EXPECT_EQ(normal(read(10, "1S1M1D1M", "GTT")), (Place{10, "1S1D2M"}));  // the clipped base does not fit
}

TEST(Normalize, ResolvesAnIndelThatOpensTheRead) {
  EXPECT_EQ(normal(read(3, "2I4M", "GGCACA")), (Place{1, "2M4M"}));
  EXPECT_EQ(normal(read(3, "2D4M", "CACA")), (Place{5, "4M"}));
  EXPECT_EQ(normal(read(1, "2I4M", "GGATCA")), (Place{1, "2I4M"}));  // no room on the contig
}

TEST(Normalize, MergesNeighbours) {
  EXPECT_EQ(normal(read(0, "4=2X8=", "GATCGGACACTTTG")), (Place{0, "14="}));
  EXPECT_EQ(normal(read(0, "3M2I1D10M", "GATGGACACACTTTG")), (Place{0, "4M1I10M"}));
  EXPECT_EQ(normal(read(0, "3M0I11M", "GATCACACACTTTG")), (Place{0, "14M"}));
}

TEST(Normalize, TakesCareOfOddReads) {
  EXPECT_EQ(normal(read(3, "*", "")), (Place{3, "*"}));
  EXPECT_EQ(normal(read(3, "3D", "")), (Place{6, "*"}));
  EXPECT_EQ(normal(read(13, "1M5D", "G")).second.find('-'), std::string::npos);
  EXPECT_EQ(normal(read(1, "1M50N2I2M", "ACACA")).first, 1);
  EXPECT_EQ(normal(read(3, "4H2I4M", "GGCACA")), (Place{3, "4H2I4M"}));  // upstream resolves what opens the CIGAR, not the read
}

TEST(Normalize, DrawsAReadThatOpensWithAnInsertionAsItWas) {
  std::vector<Read> reads = {read(3, "2I4M", "GGCACA"), read(0, "10M2I2M", "GATCACACACACTT"), read(9, "2I3M", "GGCTT")};
  auto drawn = normalize_for_counting({0, 0, 8}, reads, kReference);
  EXPECT_EQ(genome::text(reads[0].cigar), "2M4M");
  EXPECT_EQ(reads[0].start, 1);
  EXPECT_EQ(genome::text(reads[1].cigar), "3M2I9M");
  EXPECT_EQ(genome::text(reads[2].cigar), "2I3M") << "lies outside of the partition";
  swap_alignments(reads, drawn);
  EXPECT_EQ(genome::text(reads[0].cigar), "2I4M");
  EXPECT_EQ(reads[0].start, 3);
  EXPECT_EQ(reads[0].end, 7);
  EXPECT_EQ(genome::text(reads[1].cigar), "3M2I9M") << "a shifted read is drawn where it was counted";
}

// One indel in a random low-complexity read: every equivalent place must lead to the same normal form, which spells the
// same read with as many mismatches, and which no step to the left can improve.
TEST(Normalize, BringsEquivalentPlacesToOne) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string contig;
    for (int i = 0; i < 60; ++i) contig += "AC"[random() % 8 == 0 ? 1 : 0];
    const ReferenceWindow reference{0, contig};
    const auto length = static_cast<int32_t>(1 + random() % 3);
    const bool deletion = random() % 2;
    const auto place = static_cast<int32_t>(20 + random() % 15);
    std::string bases = contig.substr(5, 50);
    std::string inserted;
    for (int i = 0; i < length; ++i) inserted += "AC"[random() % 8 == 0 ? 1 : 0];
    if (deletion) {
      bases.erase(static_cast<size_t>(place), static_cast<size_t>(length));
    } else {
      bases.insert(static_cast<size_t>(place), inserted);
    }
    const auto alignment = [&](int32_t before) {
      const auto after = static_cast<int32_t>(bases.size()) - before - (deletion ? 0 : length);
      return read(5, std::to_string(before) + "M" + std::to_string(length) + (deletion ? "D" : "I") + std::to_string(after) + "M", bases);
    };
    const auto mismatches = [&](const Read& each) {
      int out = 0;
      int64_t at = each.start;
      size_t offset = 0;
      for (const auto& [op, n] : each.cigar) {
        for (int i = 0; genome::is_match(op) && i < n; ++i) {
          out += reference.at(at + i) != bases[offset + static_cast<size_t>(i)];
        }
        at += genome::consumes_reference(op) ? n : 0;
        offset += genome::consumes_read(op) ? static_cast<size_t>(n) : 0;
      }
      return out;
    };
    Read expected = alignment(place);
    normalize(expected, reference);
    if (expected.start != 5) continue;  // reached the front, where the bases before the read need not fit
    ASSERT_EQ(mismatches(expected), 0);
    for (int32_t other = 15; other < 40; ++other) {
      Read each = alignment(other);
      if (mismatches(each) > 0) continue;
      normalize(each, reference);
      ASSERT_EQ(genome::text(each.cigar), genome::text(expected.cigar)) << "round " << round << " from " << other;
      ASSERT_EQ(each.start, expected.start);
      ASSERT_EQ(mismatches(each), 0);
      ASSERT_FALSE(normalize(each, reference)) << "a normal form is its own normal form";
    }
  }
}

// Whatever the CIGAR, a read is never asked for more bases than it has.
TEST(Normalize, NeverAsksForMoreBasesThanThereAre) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    Read each;
    each.start = random() % 12;
    for (size_t parts = random() % 7; parts > 0; --parts) each.cigar.push_back({"MIDNSHP=X"[random() % 9], static_cast<int32_t>(random() % 5)});
    for (int64_t i = genome::read_length(each.cigar); i > 0; --i) each.bases += "AC"[random() % 5 == 0 ? 1 : 0];
    each.end = each.start + genome::reference_length(each.cigar);
    normalize(each, kReference);
    ASSERT_LE(genome::read_length(each.cigar), static_cast<int64_t>(each.bases.size())) << "round " << round;
    ASSERT_GE(each.start, 0) << "round " << round;
    for (const auto& part : each.cigar) ASSERT_GE(part.length, 0);
  }
}

}  // namespace haploom::realign
