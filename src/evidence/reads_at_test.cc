#include "evidence/reads_at.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "evidence/fixtures.h"
#include "genome/genotype_index.h"

namespace haploom::evidence {
namespace {

using testing::ElementsAre;
using testing::Pair;

// Index and allele of each witness.
std::vector<std::pair<int, int>> witnesses(const Scene& scene, const genome::Candidate& candidate) {
  const Partition partition = scene.partition();
  std::vector<std::pair<int, int>> out;
  for (const ReadAt& read : PartitionReads(partition).at(candidate)) out.emplace_back(read.index, read.allele);
  return out;
}

ReadAt only_witness(const Scene& scene, const genome::Candidate& candidate) {
  const Partition partition = scene.partition();
  const auto found = PartitionReads(partition).at(candidate);
  EXPECT_EQ(found.size(), 1U);
  return found.at(0);
}

TEST(ReadsAt, ShowTheAlleleThatTheCandidateListsThemUnder) {
  Scene scene(turns(99));
  for (int i = 0; i < 5; ++i) scene.read(30, "30M");
  genome::Candidate candidate = scene.site(47, "A", {"C", "G"});
  candidate.read_support = {{3}, {1}};
  candidate.read_uncalled = {4};
  EXPECT_THAT(witnesses(scene, candidate), ElementsAre(Pair(0, 0), Pair(1, 2), Pair(2, 0), Pair(3, 1), Pair(4, kOtherAllele)));
}

TEST(ReadsAt, OfTheReferenceReachOverThePositionAndShowItsBase) {
  Scene scene(turns(99));
  const genome::Candidate candidate = scene.site(47, "A", {"C"});
  scene.read(47, "20M");                    // begins there
  scene.read(28, "20M");                    // ends there
  scene.read(48, "20M");                    // too far right
  scene.read(27, "20M");                    // too far left
  scene.read(30, "30M", {{47, 'T'}});       // another base, which was not counted
  scene.read(30, "17M1D12M");               // the base is deleted
  scene.read(30, "10M20N10M");              // skipped
  scene.read(30, "10M3I7M2D10M");           // another indel before it
  EXPECT_THAT(witnesses(scene, candidate), ElementsAre(Pair(0, 0), Pair(1, 0)));
  scene.read(30, "10M3I20M");
  EXPECT_EQ(witnesses(scene, candidate).size(), 3U);
}

// G, four A and a C: where in the run a read ends says nothing of its length.
TEST(ReadsAt, OfTheReferenceThatEndInARepeatAreNoWitnessesOfItsLength) {
  Scene scene("CTCTTCGAAAACTGCTGTCA");
  genome::Candidate deletion = scene.site(6, "GA", {"G"});
  for (int64_t end = 8; end <= 13; ++end) scene.read(0, std::to_string(end) + "M");
  EXPECT_THAT(witnesses(scene, deletion), ElementsAre(Pair(4, 0), Pair(5, 0))) << "the base behind the run must be there";
  deletion.read_support[0] = {0};
  EXPECT_THAT(witnesses(scene, deletion), ElementsAre(Pair(0, 1), Pair(4, 0), Pair(5, 0))) << "but those that show it are";
  const genome::Candidate substitution = scene.site(6, "G", {"C"});
  EXPECT_EQ(witnesses(scene, substitution).size(), 6U);
}

TEST(ReadsAt, OfTheReferenceReachBeyondADeletionWithoutARepeat) {
  Scene scene(turns(99));
  const genome::Candidate deletion = scene.site(46, "GATTG", {"G"});  // ends at 51
  scene.read(31, "20M");
  scene.read(32, "20M");
  EXPECT_THAT(witnesses(scene, deletion), ElementsAre(Pair(1, 0)));
}

TEST(ReadsAt, TellQualityAndDistanceFromTheNearerEnd) {
  Scene scene(turns(99));
  const genome::Candidate candidate = scene.site(47, "A", {"C"});
  scene.read(40, "5S3M2I20M", {}, {60, 17, false, 0});
  scene.reads[0].quality[14] = 33;  // 5 clipped, 3, 2 inserted, 43 to 46, then 47
  const ReadAt read = only_witness(scene, candidate);
  EXPECT_EQ(read.read, &scene.reads[0]);
  EXPECT_EQ(read.quality, 33);
  EXPECT_EQ(read.from_end, 14);
  Scene right(turns(99));
  right.read(30, "20M");
  EXPECT_EQ(only_witness(right, candidate).from_end, 2);
}

TEST(ReadsAt, ErrByTheirBaseQualityWithinBounds) {
  const auto error = [](uint8_t quality) {
    Scene scene(turns(99));
    scene.read(30, "30M", {}, {60, quality, false, 0});
    return only_witness(scene, scene.site(47, "A", {"C"})).error;
  };
  EXPECT_NEAR(error(20), 1e-2, 1e-12);
  EXPECT_NEAR(error(40), 1e-4, 1e-12);
  EXPECT_EQ(error(93), error(40));
  EXPECT_EQ(error(0), 0.45);
}

TEST(ReadsAt, ComeFromElsewhereByTheirMappingQuality) {
  const auto astray = [](uint8_t mapq) {
    Scene scene(turns(99));
    scene.read(30, "30M", {}, {mapq, 30, false, 0});
    return only_witness(scene, scene.site(47, "A", {"C"})).astray;
  };
  EXPECT_NEAR(astray(0), 0.45, 1e-12);
  EXPECT_NEAR(astray(20), 0.0045, 1e-12);
  EXPECT_EQ(astray(60), astray(255));
}

TEST(ReadsAt, SlipAtIndelsTheMoreTheLongerTheRepeat) {
  const auto error = [](const std::string& repeat, uint8_t quality = 40) {
    Scene scene("TCTTCG" + repeat + "TGCTGTCATGCTGTCA");
    scene.read(0, std::to_string(scene.reference().bases.size()) + "M", {}, {60, quality, false, 0});
    const ReadAt read = only_witness(scene, scene.site(5, "GA", {"G"}));
    return read.error;
  };
  const double none = error("AC"), four = error("AAAAC"), eight = error("AAAAAAAAC"), pairs = error("ACACACACG");
  EXPECT_NEAR(none, 0.005, 1e-9);
  EXPECT_NEAR(four, 0.005 * std::exp(0.35), 1e-9);
  EXPECT_LT(four, pairs + 1e-12) << "units count, not bases";
  EXPECT_LT(pairs, eight);
  EXPECT_NEAR(error(std::string(60, 'A') + "C"), 0.2, 1e-9);
  EXPECT_NEAR(error("AC", 10), 0.1, 1e-9) << "a poor base tells no indel";
}

TEST(ReadMeasures, AreOfTheWholeRead) {
  Scene scene(turns(40) + "NN" + turns(40));
  scene.read(0, "40M", {{3, 'C'}, {4, 'C'}});
  scene.read(0, "10M2I10M3D10M");
  scene.read(5, "5S20M3H");
  scene.read(30, "20M", {{40, 'A'}, {41, 'C'}});
  scene.read(2, "5=1X4N5M", {{7, 'A'}});
  const Partition partition = scene.partition();
  PartitionReads reads(partition);
  EXPECT_EQ(reads.measures(0).mismatches, 2);
  EXPECT_EQ(reads.measures(0).gaps, 0);
  EXPECT_FALSE(reads.measures(0).clipped);
  EXPECT_EQ(reads.measures(1).mismatches, 0) << "behind an indel the reference is still met";
  EXPECT_EQ(reads.measures(1).gaps, 2);
  EXPECT_TRUE(reads.measures(2).clipped);
  EXPECT_EQ(reads.measures(2).mismatches, 0);
  EXPECT_EQ(reads.measures(3).mismatches, 0) << "the reference's N differs from nothing";
  EXPECT_EQ(reads.measures(4).mismatches, 1);
  EXPECT_EQ(reads.measures(4).gaps, 0) << "a skip is no gap";
  EXPECT_EQ(&reads.measures(1), &reads.measures(1));
}

TEST(ReadsShow, AllelesOfTheCandidatesThatTwoReadsBearOut) {
  Scene scene(turns(99));
  for (int i = 0; i < 3; ++i) scene.read(30, "40M");
  genome::Candidate novel = scene.site(40, "C", {"A"}), known = scene.site(47, "A", {"C", "T"}), lone = scene.site(55, "A", {"C"});
  novel.read_support = {{0, 1}};
  known.read_support = {{0, 2}, {1}};
  known.haplotype_support = {{5}, {}};
  lone.read_support = {{0}};
  scene.candidates = {novel, known, lone};
  const Partition partition = scene.partition();
  const PartitionReads reads(partition);
  const auto shown = [&reads](int32_t read) { return std::pair(reads.shown(read).novel, reads.shown(read).known); };
  EXPECT_EQ(shown(0), std::pair(1, 1));
  EXPECT_EQ(shown(1), std::pair(1, 0));
  EXPECT_EQ(shown(2), std::pair(0, 1));
}

ReadAt showing(int allele, double error = 0.01, double astray = 0) { return {nullptr, 0, allele, 30, 0, error, astray}; }

TEST(GenotypeIndex, IsVcfOrder) {
  std::vector<std::pair<size_t, size_t>> order;
  for (size_t b = 0; b < 4; ++b) {
    for (size_t a = 0; a <= b; ++a) order.emplace_back(a, b);
  }
  ASSERT_EQ(order.size(), genome::genotype_count(4));
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(genome::genotype_index(order[i].first, order[i].second), i);
    EXPECT_EQ(genome::genotype_index(order[i].second, order[i].first), i);
  }
}

TEST(LogLikelihoods, OfOneReadStandInVcfOrder) {
  const double right = std::log10(0.99), half = std::log10((0.99 + 0.005) / 2), wrong = std::log10(0.005);
  using testing::DoubleNear;
  const auto near = [](double value) { return DoubleNear(value, 1e-12); };
  //                                                                              0/0           0/1           1/1           0/2          1/2          2/2
  EXPECT_THAT(log_likelihoods({showing(1)}, 3), ElementsAre(near(wrong), near(half), near(right), near(wrong), near(half), near(wrong)));
  EXPECT_THAT(log_likelihoods({showing(0)}, 3), ElementsAre(near(right), near(half), near(wrong), near(half), near(wrong), near(wrong)));
  EXPECT_THAT(log_likelihoods({showing(1)}, 2), ElementsAre(near(std::log10(0.01)), near(std::log10(0.5)), near(right)));
}

TEST(LogLikelihoods, OfNoReadAndOfOtherAllelesSayNothing) {
  EXPECT_EQ(log_likelihoods({}, 2), std::vector<double>(3, 0));
  EXPECT_EQ(log_likelihoods({showing(kOtherAllele), showing(kOtherAllele)}, 3), std::vector<double>(6, 0));
  EXPECT_EQ(log_likelihoods({showing(kOtherAllele), showing(1)}, 3), log_likelihoods({showing(1)}, 3));
}

// The product over reads of the chance that either of the two copies shows it.
std::vector<double> of_reads_one_by_one(const std::vector<ReadAt>& reads, size_t alleles) {
  std::vector<double> out(genome::genotype_count(alleles), 0);
  for (const ReadAt& read : reads) {
    const auto one = log_likelihoods({read}, alleles);
    for (size_t g = 0; g < out.size(); ++g) out[g] += one[g];
  }
  return out;
}

TEST(LogLikelihoods, DoNotDependOnTheNamesOfTheAltsAndAddUpOverReads) {
  std::mt19937 draw(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<ReadAt> reads, exchanged;
    for (uint32_t left = draw() % 12; left > 0; --left) {
      reads.push_back(showing(static_cast<int>(draw() % 4), 0.001 * (1 + draw() % 300), 0.001 * (draw() % 450)));
      exchanged.push_back(reads.back());
      if (exchanged.back().allele > 0) exchanged.back().allele = 4 - exchanged.back().allele;
    }
    const auto one = log_likelihoods(reads, 4), other = log_likelihoods(exchanged, 4), summed = of_reads_one_by_one(reads, 4);
    const auto renamed = [](size_t allele) { return allele == 0 ? 0 : 4 - allele; };
    for (size_t b = 0; b < 4; ++b) {
      for (size_t a = 0; a <= b; ++a) {
        EXPECT_NEAR(one[genome::genotype_index(a, b)], other[genome::genotype_index(renamed(a), renamed(b))], 1e-9);
        EXPECT_NEAR(one[genome::genotype_index(a, b)], summed[genome::genotype_index(a, b)], 1e-9);
      }
    }
  }
}

// How much a read that shows an allele speaks for two copies of it, and against none.
double word(int allele, double astray) {
  const auto found = log_likelihoods({showing(allele, 0.001, astray)}, 2);
  return allele == 0 ? found[0] - found[2] : found[2] - found[0];
}

TEST(LogLikelihoods, OfReadsThatMayComeFromElsewhereSayLittleOfTheReferenceAndMoreOfAnAlt) {
  EXPECT_NEAR(word(0, 0), 3, 0.01);
  EXPECT_NEAR(word(1, 0), 3, 0.01);
  EXPECT_LT(word(0, 0.45), 0.4);
  EXPECT_GT(word(0, 0.45), 0);
  EXPECT_GT(word(1, 0.45), 1);
  EXPECT_LT(word(1, 0.45), 1.3);
  for (double astray = 0.05; astray <= 0.45; astray += 0.05) {
    EXPECT_LT(word(0, astray), word(0, astray - 0.05));
    EXPECT_LT(word(1, astray), word(1, astray - 0.05));
  }
}

TEST(LogLikelihoods, NeverSpeakAgainstWhatAReadShows) {
  for (const double error : {0.0001, 0.1, 0.316, 0.45}) {
    for (const double astray : {0.0, 0.1, 0.3, 0.45}) {
      for (const size_t alleles : {2U, 3U, 5U}) {
        for (size_t shown = 0; shown < 2; ++shown) {
          const auto found = log_likelihoods({showing(static_cast<int>(shown), error, astray)}, alleles);
          const auto best = std::max_element(found.begin(), found.end()) - found.begin();
          EXPECT_EQ(best, static_cast<std::ptrdiff_t>(genome::genotype_index(shown, shown))) << "error " << error << " astray " << astray << " alleles " << alleles;
        }
      }
    }
  }
}

}  // namespace
}  // namespace haploom::evidence
