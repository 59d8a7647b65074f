#include "realign/fast_pass_aligner.h"

#include <gtest/gtest.h>

#include <map>

#include "realign/reads_fixture.h"

namespace haploom::realign {
namespace {

const std::string kPrefix = random_bases(60, 1);
const std::string kSuffix = random_bases(60, 2);
const std::string kMiddle = random_bases(100, 3);

struct Window {
  std::vector<std::string> middles = {kMiddle};  // the first is the reference's
  std::vector<std::string> reads;
  bool force = false;
  bool leftmost_only = true;

  // "at CIGAR" for each read.
  std::vector<std::string> aligned(const AlignerOptions& options = {}) const {
    std::vector<std::string> haplotypes;
    for (const std::string& middle : middles) haplotypes.push_back(kPrefix + middle + kSuffix);
    const std::string reference = haplotypes.front();
    std::sort(haplotypes.begin(), haplotypes.end());
    const std::vector<std::string_view> bases(reads.begin(), reads.end());
    FastPassAligner::Task task;
    task.reference = reference;
    task.haplotypes = haplotypes;
    task.prefix = static_cast<int32_t>(kPrefix.size());
    task.suffix = static_cast<int32_t>(kSuffix.size());
    task.reads = bases;
    task.force = force;
    task.leftmost_only = leftmost_only;
    std::vector<std::string> out;
    FastPassAligner aligner(options);
    for (const auto& answer : aligner.align(task)) {
      switch (answer.outcome) {
        case FastPassAligner::Outcome::kAligned: out.push_back(std::to_string(answer.start) + " " + genome::text(answer.cigar)); break;
        case FastPassAligner::Outcome::kUnfit: out.emplace_back("unfit"); break;
        case FastPassAligner::Outcome::kUnaligned: out.emplace_back("unaligned"); break;
      }
    }
    return out;
  }
};

std::string changed(std::string bases, size_t at) {
  bases[at] = bases[at] == 'A' ? 'C' : 'A';
  return bases;
}

// Reads of 60 bases, one after another, so that the whole sequence is covered.
std::vector<std::string> tiled(const std::string& bases) {
  std::vector<std::string> out;
  for (size_t at = 0; at + 60 <= bases.size(); at += 20) out.push_back(bases.substr(at, 60));
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST(FastPassAligner, PlacesReadsOnTheReference) {
  Window window;
  window.reads = {(kPrefix + kMiddle + kSuffix).substr(17, 60), (kPrefix + kMiddle + kSuffix).substr(150, 70)};
  EXPECT_EQ(window.aligned(), (Lines{"17 60M", "150 70M"}));
}

TEST(FastPassAligner, TakesTheAlignmentOfTheHaplotypeThatFits) {
  const std::string deleted = kMiddle.substr(0, 40) + kMiddle.substr(52);
  Window window;
  window.middles.push_back(deleted);
  window.reads = tiled(kPrefix + deleted + kSuffix);
  const size_t last = window.reads.size() - 1;
  const Lines found = window.aligned();
  EXPECT_EQ(found[0], "0 60M");
  EXPECT_EQ(found[3], "60 39M12D21M");  // one further left than cut: the same base stands there
  EXPECT_EQ(found[last], std::to_string(20 * last + 12) + " 60M");
}

TEST(FastPassAligner, AllowsTwoMismatchesWithoutAGap) {
  const std::string all = kPrefix + kMiddle + kSuffix;
  Window window;
  const std::string read = all.substr(30, 70);
  window.reads = {changed(changed(read, 3), 66), changed(changed(changed(read, 0), 1), 2)};
  EXPECT_EQ(window.aligned(), (Lines{"30 70M", "33 3S67M"}));  // the third one is aligned by Smith-Waterman
}

TEST(FastPassAligner, LetsAnNFitEveryBase) {
  std::string read = (kPrefix + kMiddle).substr(30, 70);
  for (const size_t at : {1u, 3u, 66u, 68u}) read[at] = 'N';
  Window window;
  window.reads = {read};
  EXPECT_EQ(window.aligned(), (Lines{"30 70M"}));
}

TEST(FastPassAligner, AlignsReadsThatAreTooShortForTheIndex) {
  const std::string all = kPrefix + kMiddle + kSuffix;
  Window window;
  window.reads = {all.substr(50, 32), all.substr(50, 33)};
  EXPECT_EQ(window.aligned(), (Lines{"50 32M", "50 33M"}));
}

TEST(FastPassAligner, DiscardsAHaplotypeThatReadsDoNotCover) {
  const std::string deleted = kMiddle.substr(0, 40) + kMiddle.substr(52);
  const std::string all = kPrefix + deleted + kSuffix;
  Window window;
  window.middles.push_back(deleted);
  window.reads = {all.substr(0, 60), all.substr(62, 60), all.substr(120, 60)};  // two holes; the second read spans the deletion
  const Lines found = window.aligned();
  EXPECT_EQ(found[0], "0 60M");
  EXPECT_EQ(found[1], "62 37M12D23M");  // by Smith-Waterman on the reference
  window.reads = {all.substr(0, 60), all.substr(62, 38) + "T" + all.substr(100, 8), all.substr(120, 60)};
  EXPECT_EQ(window.aligned()[1].find("12D"), std::string::npos);  // too short to pay for the gap there
}

TEST(FastPassAligner, PrefersTheHaplotypeThatIsNotTheReference) {
  const std::string other = changed(kMiddle, 50);
  Window window;
  window.middles.push_back(other.substr(0, 70) + "GATTACA" + other.substr(70));
  window.reads = tiled(kPrefix + window.middles.back() + kSuffix);
  const std::string all = kPrefix + kMiddle + kSuffix;
  std::string read = all.substr(80, 60);  // shows neither base at 110, and ends within the insertion
  read[30] = 'N';
  read = read.substr(0, 50) + "GA";
  window.reads.push_back(read);
  EXPECT_EQ(window.aligned().back(), "80 50M2I");
}

TEST(FastPassAligner, PrefersItEvenWhereMoreReadsSupportTheReference) {
  const std::string left = kMiddle.substr(0, 39) + "G";
  const std::string right = "T" + kMiddle.substr(41);
  Window window;
  window.middles = {left + "CACACACACA" + right, left + "CACACACA" + right};
  window.reads = tiled(kPrefix + window.middles.back() + kSuffix);
  for (int i = 0; i < 3; ++i) {
    for (std::string& each : tiled(kPrefix + window.middles.front() + kSuffix)) window.reads.push_back(each);
  }
  window.reads.push_back(left + "CACACA");  // fits both
  EXPECT_EQ(window.aligned().back(), "60 40M2D6M");
}

TEST(FastPassAligner, DoesNotUseAlignmentsThatAreNotLeftmost) {
  // The haplotype has TTG for TGTG, and the read GTG: on the haplotype a mismatch, on the reference a gap that could move.
  const std::string left = kMiddle.substr(0, 40);
  const std::string right = kMiddle.substr(40);
  Window window;
  window.middles = {left + "TGTG" + right, left + "TTG" + right};
  window.reads = tiled(kPrefix + window.middles.back() + kSuffix);
  for (std::string& each : tiled(kPrefix + window.middles.front() + kSuffix)) window.reads.push_back(each);
  window.reads.push_back(left + "GTG" + right.substr(0, 35));
  window.leftmost_only = false;
  EXPECT_EQ(window.aligned().back(), "60 41M1D37M");
  window.leftmost_only = true;
  EXPECT_EQ(window.aligned().back(), "unfit");
}

TEST(FastPassAligner, ScoresReadsOnlyAgainstHaplotypesThatOthersSupport) {
  const std::string all = kPrefix + kMiddle + kSuffix;
  Window window;
  window.reads = {all.substr(30, 30) + "GATTACA" + all.substr(60, 30)};
  EXPECT_EQ(window.aligned()[0], "unaligned");
  window.reads.push_back(all.substr(0, 60));
  EXPECT_NE(window.aligned()[0].find("7I"), std::string::npos);
  window.reads.pop_back();
  window.force = true;
  EXPECT_NE(window.aligned()[0].find("7I"), std::string::npos);
}

TEST(FastPassAligner, LeavesReadsThatFitNowhere) {
  Window window;
  window.reads = {std::string(60, 'N'), "", "ACGT"};
  const Lines found = window.aligned();
  EXPECT_EQ(found[0], "unaligned");
  EXPECT_EQ(found[1], "unaligned");
}

TEST(FastPassAligner, IgnoresZeroesAmongItsOptionsAsUpstreamDoes) {
  AlignerOptions zeroes;
  zeroes.match = zeroes.mismatch = zeroes.gap_open = zeroes.max_num_mismatches = zeroes.kmer_size = 0;
  const std::string all = kPrefix + kMiddle + kSuffix;
  Window window;
  window.reads = {changed(changed(all.substr(30, 70), 3), 66)};
  EXPECT_EQ(window.aligned(zeroes), window.aligned());
}

TEST(FastPassAligner, DemandsAScoreWhenTheSimilarityIsSet) {
  AlignerOptions options;
  options.similarity_threshold = 0.99;
  const std::string all = kPrefix + kMiddle + kSuffix;
  Window window;
  window.reads = {all.substr(30, 40) + random_bases(30, 77), all.substr(0, 60)};  // the second makes the haplotype count
  EXPECT_NE(window.aligned()[0], "unaligned");
  EXPECT_EQ(window.aligned(options)[0], "unaligned");
  window.force = true;
  EXPECT_NE(window.aligned(options)[0], "unaligned");
}

TEST(ReadIndex, NamesEveryPlaceOfAKmerInOrder) {
  const std::vector<std::string> bases = {random_bases(50, 1), "", random_bases(50, 1).substr(5) + "NACGT", "ACG", random_bases(30, 4) + random_bases(30, 4)};
  const std::vector<std::string_view> reads(bases.begin(), bases.end());
  ReadIndex index;
  for (const int k : {3, 8, 11, 32}) {
    index.build(reads, k);
    const auto n = static_cast<size_t>(k);
    std::map<std::string_view, std::vector<std::pair<int32_t, int32_t>>> expected;
    for (size_t i = 0; i < reads.size(); ++i) {
      for (size_t at = 0; reads[i].size() > n && at + n <= reads[i].size(); ++at) expected[reads[i].substr(at, n)].emplace_back(i, at);
    }
    const std::string sequence = random_bases(50, 1) + "NACG" + random_bases(30, 4) + "TTTT";
    ReadIndex::Walk walk(index, sequence);
    for (size_t at = 0; at + n <= sequence.size(); ++at) {
      const int32_t kmer = walk.kmer_at(static_cast<int32_t>(at));
      const auto found = expected.find(std::string_view(sequence).substr(at, n));
      ASSERT_EQ(kmer == KmerTable::kNone, found == expected.end());
      if (kmer == KmerTable::kNone) continue;
      std::vector<std::pair<int32_t, int32_t>> places;
      bool anew = false;
      for (const auto& seen : index.occurrences(kmer)) {
        places.emplace_back(seen.read, seen.offset);
        anew = anew || seen.offset == 0 || at == 0 || seen.before != sequence[at - 1];
      }
      EXPECT_EQ(places, found->second);
      EXPECT_TRUE(index.begins_anew(kmer, at > 0 ? sequence[at - 1] : '\0') || !anew);
    }
  }
}

}  // namespace haploom::realign
