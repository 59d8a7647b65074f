#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/error.h"
#include "genome/dna.h"
#include "pileup/pileup.h"

namespace haploom::pileup {
namespace {

using genome::Read;

Read read(int64_t start, const std::string& cigar, const std::string& bases, const std::string& name = "r", int quality = 30) {
  Read out;
  out.name = name;
  out.mapq = 60;
  out.start = start;
  out.cigar = genome::parse_cigar(cigar);
  out.end = start + genome::reference_length(out.cigar);
  out.bases = bases;
  out.quality.assign(bases.size(), static_cast<uint8_t>(quality));
  return out;
}

std::string name(AlleleType type) {
  constexpr const char* kNames[] = {"SUB", "INS", "DEL", "CLIP", "REF"};
  return kNames[static_cast<int>(type)];
}

using Text = std::map<int64_t, std::string>;

// "2 SUB:C INS:AT?": two reference reads, a substitution, a low-quality insertion. Positions without anything are absent.
Text text(int64_t start, const std::vector<PositionCounts>& counts) {
  Text out;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i].reference == 0 && counts[i].alleles.empty()) continue;
    std::string& line = out[start + static_cast<int64_t>(i)];
    line = std::to_string(counts[i].reference);
    for (const auto& seen : counts[i].alleles) line += " " + name(seen.type) + ":" + seen.bases + (seen.low_quality ? "?" : "");
  }
  return out;
}

//                         0123456789
constexpr char kBases[] = "ACGTTTGCAN";
constexpr genome::Region kAll{0, 0, 10};
constexpr ReferenceWindow kReference{0, std::string_view(kBases, 10)};
constexpr CountOptions kLegacy{};
constexpr CountOptions kDefault{.legacy = false};

Text count(const std::vector<Read>& reads, const CountOptions& options = kLegacy, const genome::Region& region = kAll) {
  return text(region.start, count_alleles(region, reads, kReference, options));
}

}  // namespace

TEST(CountAlleles, CountsReferenceBasesAndSubstitutions) {
  EXPECT_EQ(count({read(1, "3M", "CAT")}), (Text{{1, "1"}, {2, "0 SUB:A"}, {3, "1"}}));
  EXPECT_EQ(count({read(1, "1=1X1=", "CAT")}), (Text{{1, "1"}, {2, "0 SUB:A"}, {3, "1"}}));
}

TEST(CountAlleles, PutsAnInsertionInPlaceOfItsAnchorBase) {
  EXPECT_EQ(count({read(1, "2M2I1M", "CGAAT")}), (Text{{1, "1"}, {2, "0 INS:GAA"}, {3, "1"}}));
}

TEST(CountAlleles, TakesTheAnchorBaseFromTheRead) {
  EXPECT_EQ(count({read(1, "2M1I1M", "CTAT")}), (Text{{1, "1"}, {2, "0 INS:TA"}, {3, "1"}}));
  EXPECT_EQ(count({read(1, "2M2D1M", "CTT")}), (Text{{1, "1"}, {2, "0 DEL:TTT"}, {5, "1"}}));
}

TEST(CountAlleles, CountsADeletionOnceAtItsAnchorBase) {
  EXPECT_EQ(count({read(1, "2M3D1M", "CGG")}), (Text{{1, "1"}, {2, "0 DEL:GTTT"}, {6, "1"}}));
}

TEST(CountAlleles, AnchorsASoftClipThatOpensTheReadAtTheReferenceBaseBefore) {
  EXPECT_EQ(count({read(2, "2S2M", "AAGT")}), (Text{{1, "0 CLIP:CAA"}, {2, "1"}, {3, "1"}}));
  EXPECT_EQ(count({read(2, "5H2S2M", "AAGT")}), (Text{{1, "0 CLIP:CAA"}, {2, "1"}, {3, "1"}}));
  EXPECT_EQ(count({read(2, "2M2S", "GTAA")}), (Text{{2, "1"}, {3, "0 CLIP:TAA"}}));
}

TEST(CountAlleles, HasNoAnchorBeforeTheContig) {
  EXPECT_EQ(count({read(0, "2S2M", "GGAC")}), (Text{{0, "1"}, {1, "1"}}));
}

TEST(CountAlleles, KeepsOnlyTheLastOfTwoAllelesAtOneAnchor) {
  EXPECT_EQ(count({read(1, "2M2I1D1M", "CGAAT")}), (Text{{1, "1"}, {2, "0 DEL:AT"}, {4, "1"}}));  // the read's base before it
  EXPECT_EQ(count({read(2, "1S1I2M", "AAGT")}), (Text{{1, "0 INS:AA"}, {2, "1"}, {3, "1"}}));
}

TEST(CountAlleles, SeparatesADeletionFromTheInsertionAfterIt) {
  EXPECT_EQ(count({read(1, "2M1D2I1M", "CGAAT")}), (Text{{1, "1"}, {2, "0 DEL:GT"}, {3, "0 INS:GAA"}, {4, "1"}}));
}

TEST(CountAlleles, CountsTheAnchorBaseWhenTheIndelIsUnusable) {
  EXPECT_EQ(count({read(1, "2M1I1M", "CGNT")}), (Text{{1, "1"}, {2, "1"}, {3, "1"}}));
  Read weak = read(1, "2M1I1D1M", "CATT");
  weak.quality[2] = 9;
  EXPECT_EQ(count({weak}), (Text{{1, "1"}, {2, "0 DEL:TT"}, {4, "1"}}));  // and of what then stands at one position, the last
}

TEST(CountAlleles, PassesOverBasesThatAreNotACGT) {
  EXPECT_EQ(count({read(1, "3M", "CNT")}), (Text{{1, "1"}, {3, "1"}}));
  EXPECT_EQ(count({read(8, "2M", "AN")}), (Text{{8, "1"}}));            // N beside N is no agreement
  EXPECT_EQ(count({read(8, "2M", "AC")}), (Text{{8, "1"}, {9, "0 SUB:C"}}));
  EXPECT_EQ(count({read(7, "2M1D", "CA")}), (Text{{7, "1"}, {8, "1"}}));  // deletes an N
}

TEST(CountAlleles, DropsADeletionThatRunsOffTheContig) {
  EXPECT_EQ(count({read(6, "2M20D", "GC")}), (Text{{6, "1"}, {7, "1"}}));
}

TEST(CountAlleles, LetsSkipsAndPadsMoveTheReference) {
  EXPECT_EQ(count({read(1, "1M3N1M", "CT")}), (Text{{1, "1"}, {5, "1"}}));
  EXPECT_EQ(count({read(1, "1M3P1M", "CT")}), (Text{{1, "1"}, {5, "1"}}));
}

TEST(CountAlleles, DropsLowQualityBasesInLegacyMode) {
  Read weak = read(1, "2M2I1M", "CAAAT");
  weak.quality = {9, 30, 30, 9, 30};
  EXPECT_EQ(count({weak}), (Text{{2, "0 SUB:A"}, {3, "1"}}));
}

TEST(CountAlleles, FlagsLowQualityAllelesOtherwise) {
  Read weak = read(1, "3M", "AAT");
  weak.quality = {9, 10, 9};
  EXPECT_EQ(count({weak}, kDefault), (Text{{1, "0 SUB:A?"}, {2, "0 SUB:A"}}));
  Read indel = read(1, "2M2I1M", "CGAAT");
  indel.quality = {30, 30, 1, 18, 30};  // 19 < 2 * 10
  EXPECT_EQ(count({indel}, kDefault), (Text{{1, "1"}, {2, "0 INS:GAA?"}, {3, "1"}}));
  indel.quality[3] = 19;
  EXPECT_EQ(count({indel}, kDefault), (Text{{1, "1"}, {2, "0 INS:GAA"}, {3, "1"}}));
  EXPECT_EQ(count({read(1, "1M1D1M", "CT", "r", 0)}, kDefault), (Text{{1, "0 DEL:CG"}}));  // a deletion has no quality
}

TEST(CountAlleles, KeepsToThePartition) {
  const std::vector<Read> reads = {read(0, "8M", "ACGATTGC"), read(5, "2S3M", "AATGC", "s"), read(2, "2M2S", "GTAA", "t")};
  EXPECT_EQ(count(reads, kLegacy, {0, 3, 5}), (Text{{3, "0 SUB:A CLIP:TAA"}, {4, "1"}}));  // the second read starts behind it
}

TEST(CountAlleles, PassesOverReadsOfLowMappingQualityAndOtherContigs) {
  Read poor = read(1, "3M", "CAT");
  poor.mapq = 4;
  Read foreign = read(1, "3M", "CAT");
  foreign.contig = 1;
  EXPECT_TRUE(count({poor, foreign}, {.min_mapq = 5}).empty());
}

TEST(CountAlleles, CountsAKeyOncePerPosition) {
  Read second = read(1, "3M", "CAT");
  second.number = 1;
  const auto counts = count_alleles(kAll, {read(1, "3M", "CAT"), read(2, "2M", "CT"), second}, kReference, kLegacy);
  ASSERT_EQ(counts[2].alleles.size(), 2U);
  EXPECT_EQ(counts[2].alleles[0].read, 1);  // the supplementary record of read 0 came last
  EXPECT_EQ(counts[2].alleles[0].bases, "C");
  EXPECT_EQ(counts[2].alleles[1].read, 2);
  EXPECT_EQ(counts[3].reference, 3);  // reference bases are counted, not listed
}

TEST(CountAlleles, LeavesLowQualityAllelesOutOfTheDepth) {
  PositionCounts counts{3, {{0, AlleleType::kSubstitution, true, 9, "A"}, {1, AlleleType::kSoftClip, false, 30, "AC"}}};
  EXPECT_EQ(depth(counts), 4);
}

TEST(CountAlleles, ListsReadsOfTheReferenceAtTrackedPositionsOnly) {
  Read weak = read(1, "3M", "CGT", "s");
  weak.quality = {9, 9, 9};
  const std::vector<int64_t> tracked = {2, 3};
  const std::vector<Read> reads = {read(0, "4M", "ACGT"), weak, read(1, "2M1I1M", "CGAT", "t"), read(1, "3M", "CAT", "u")};
  EXPECT_EQ(text(0, count_alleles(kAll, reads, kReference, kDefault, tracked)),
            (Text{{0, "1"}, {1, "3"}, {2, "1 REF:G REF:G? INS:GA SUB:A"}, {3, "3 REF:T REF:T? REF:T REF:T"}}));
  EXPECT_EQ(text(0, count_alleles(kAll, reads, kReference, kLegacy, tracked)),
            (Text{{0, "1"}, {1, "3"}, {2, "1 REF:G INS:GA SUB:A"}, {3, "3 REF:T REF:T REF:T"}}));
}

TEST(CountAlleles, NotesTheQualityOfWhatAnAlleleIsMadeOf) {
  Read each = read(1, "2M3I1M1D1M2S", "AGAAATGCC");
  each.quality = {31, 20, 10, 11, 11, 25, 40, 35, 36};
  const auto counts = count_alleles(kAll, {each}, kReference, kDefault);
  EXPECT_EQ(counts[1].alleles.at(0).base_quality, 31);  // SUB
  EXPECT_EQ(counts[2].alleles.at(0).base_quality, 10);  // INS: 32 / 3
  EXPECT_EQ(counts[3].alleles.at(0).base_quality, 25);  // DEL: the base before
  EXPECT_EQ(counts[5].alleles.at(0).base_quality, 35);  // SOFT_CLIP in place of its anchor
}

TEST(CountAlleles, RefusesABrokenRead) {
  EXPECT_THROW(count({read(1, "5M", "CAT")}), Error);
  EXPECT_THROW(count_alleles({0, 5, 20}, {}, kReference, kLegacy), Error);
}

namespace {

// The same rules as a list of alleles, one after the other, as the field's text tells them.
class Oracle {
 public:
  Oracle(const genome::Region& region, const ReferenceWindow& reference, const CountOptions& options, std::set<int64_t> tracked)
      : region_(region), reference_(reference), options_(options), tracked_(std::move(tracked)) {}

  std::map<int64_t, std::pair<int, std::map<std::string, std::string>>> out;  // position -> reference, key -> allele

  void add(const Read& each) {
    struct Item {
      int64_t position;
      std::string text;
      bool skip;
    };
    std::vector<Item> items;
    int64_t position = each.start;
    size_t offset = 0;
    for (const auto& [op, length] : each.cigar) {
      if (genome::is_match(op)) {
        for (int i = 0; i < length; ++i) {
          const size_t at = offset + static_cast<size_t>(i);
          const char base = each.bases[at];
          const bool weak = each.quality[at] < options_.min_base_quality;
          if (!genome::is_acgt(base) || (weak && options_.legacy)) continue;
          const bool same = base == reference_.at(position + i);
          items.push_back({position + i, std::string(same ? "REF:" : "SUB:") + base + (weak ? "?" : ""), false});
        }
      } else if (op == 'I' || op == 'S' || op == 'D') {
        const char anchor = offset ? each.bases[offset - 1] : reference_.at(position - 1);
        std::string rest;
        int sum = 0;
        bool bad = !genome::is_acgt(anchor);
        for (int i = 0; i < length; ++i) {
          const char base = op == 'D' ? reference_.at(position + i) : each.bases[offset + static_cast<size_t>(i)];
          const int quality = op == 'D' ? 60 : each.quality[offset + static_cast<size_t>(i)];
          rest += base;
          sum += quality;
          bad = bad || !genome::is_acgt(base) || (options_.legacy && quality < options_.min_base_quality);
        }
        const std::string type = op == 'D' ? "DEL:" : op == 'I' ? "INS:" : "CLIP:";
        items.push_back({position - 1, type + anchor + rest + (sum < options_.min_base_quality * length ? "?" : ""), bad});
      }
      if (genome::consumes_reference(op)) position += length;
      if (genome::consumes_read(op)) offset += static_cast<size_t>(length);
    }
    for (size_t i = 0; i < items.size(); ++i) {
      if (items[i].skip || !region_.contains(items[i].position)) continue;
      if (i + 1 < items.size() && !items[i + 1].skip && items[i + 1].position == items[i].position) continue;
      auto& [reference, alleles] = out[items[i].position];
      const bool agrees = items[i].text.starts_with("REF");
      reference += agrees && !items[i].text.ends_with('?') ? 1 : 0;
      if (!agrees || tracked_.contains(items[i].position)) alleles[each.key()] = items[i].text;
    }
  }

 private:
  genome::Region region_;
  ReferenceWindow reference_;
  CountOptions options_;
  std::set<int64_t> tracked_;
};

char random_base(std::mt19937& random, int odd) { return random() % static_cast<uint32_t>(odd) == 0 ? 'N' : "ACGT"[random() % 4]; }

Read random_read(std::mt19937& random, const std::string& contig, uint32_t names) {
  Read out;
  out.name = "r" + std::to_string(random() % names);  // some share a key
  out.number = random() % 2;
  out.mapq = 60;
  out.start = static_cast<int64_t>(random() % contig.size());
  const char* const ops = "MMMM=XIDSNH";
  int64_t reach = out.start;
  for (size_t parts = 1 + random() % 6; parts > 0; --parts) {
    const char op = ops[random() % 11];
    const auto length = static_cast<int32_t>(1 + random() % (genome::is_match(op) ? 40 : 4));
    if (genome::consumes_reference(op) && reach + length > static_cast<int64_t>(contig.size()) + 5) break;
    for (int i = 0; genome::consumes_read(op) && i < length; ++i) {
      const auto at = static_cast<size_t>(reach + (genome::is_match(op) ? i : 0));
      const bool copy = genome::is_match(op) && at < contig.size() && random() % 12 != 0;
      out.bases += copy ? contig[at] : random_base(random, 20);
      out.quality.push_back(static_cast<uint8_t>(random() % 10 == 0 ? random() % 12 : 30));
    }
    out.cigar.push_back({op, length});
    if (genome::consumes_reference(op)) reach += length;
  }
  out.end = out.start + genome::reference_length(out.cigar);
  return out;
}

}  // namespace

TEST(CountAlleles, AgreesWithAPlainListOfAllelesOnRandomReads) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::string contig;
    for (int i = 0; i < 120; ++i) contig += random_base(random, 40);
    const auto start = static_cast<int64_t>(random() % 60);
    const genome::Region region{0, start, start + 1 + static_cast<int64_t>(random() % 60)};
    const ReferenceWindow reference{0, contig};
    const CountOptions options{.min_mapq = 0, .min_base_quality = 10, .legacy = round % 2 == 0};
    std::vector<int64_t> tracked;
    for (int64_t at = region.start; round % 3 == 0 && at < region.end; ++at) {
      if (random() % 3 == 0) tracked.push_back(at);
    }
    std::vector<Read> reads;
    Oracle oracle(region, reference, options, {tracked.begin(), tracked.end()});
    for (int i = 0; i < (round == 0 ? 600 : 40); ++i) {  // more than a byte can count, once
      reads.push_back(random_read(random, contig, round == 0 ? 4000 : 30));
      if (reads.back().start < region.end && reads.back().end > region.start) oracle.add(reads.back());
    }
    const auto counts = count_alleles(region, reads, reference, options, tracked);
    for (int64_t position = region.start; position < region.end; ++position) {
      const PositionCounts& here = counts[static_cast<size_t>(position - region.start)];
      auto& [agreeing, alleles] = oracle.out[position];
      ASSERT_EQ(here.reference, agreeing) << "round " << round << " position " << position;
      std::map<std::string, std::string> ours;
      for (const auto& seen : here.alleles) {
        ours[reads[static_cast<size_t>(seen.read)].key()] = name(seen.type) + ":" + seen.bases + (seen.low_quality ? "?" : "");
      }
      ASSERT_EQ(ours, alleles) << "round " << round << " position " << position;
      ASSERT_EQ(ours.size(), here.alleles.size()) << "a key twice, round " << round << " position " << position;
    }
  }
}

}  // namespace haploom::pileup
