#include "genotype/reference_confidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>

#include "base/error.h"
#include "base/shared_data_test.h"

namespace haploom::genotype {
namespace {

using genome::Region;

const ReferenceConfidences& standard() {
  static const ReferenceConfidences confidences{ReferenceModel{}};
  return confidences;
}

std::vector<ReferenceBlock> blocks(const std::vector<ReferenceCount>& counts, const std::vector<Region>& haploid = {}) {
  return reference_blocks({0, 100, 100 + static_cast<int64_t>(counts.size())}, counts, standard(), haploid);
}

TEST(ReferenceConfidence, WithoutReadsAllGenotypesAreEquallyLikely) {
  const ReferenceConfidence none = standard().of(0, 0, Ploidy::kDiploid);
  EXPECT_EQ(none.gq, 1);
  EXPECT_EQ(none.likelihoods[0], none.likelihoods[1]);
  EXPECT_TRUE(none.reference_is_best());
}

TEST(ReferenceConfidence, HalfOfTheReadsWithAnotherAlleleIsNoReference) { EXPECT_FALSE(standard().of(10, 20, Ploidy::kDiploid).reference_is_best()); }

TEST(ReferenceConfidence, OnOneCopyAFewOddReadsLeaveTheReference) {
  EXPECT_FALSE(standard().of(16, 20, Ploidy::kDiploid).reference_is_best());
  EXPECT_TRUE(standard().of(16, 20, Ploidy::kHaploid).reference_is_best());
}

TEST(ReferenceConfidence, MoreThanAHundredReadsCountAsAHundredRoundedTowardsTheReference) {
  EXPECT_EQ(standard().of(199, 200, Ploidy::kDiploid).likelihoods, standard().of(100, 100, Ploidy::kDiploid).likelihoods);
  EXPECT_EQ(standard().of(150, 300, Ploidy::kDiploid).likelihoods, standard().of(50, 100, Ploidy::kDiploid).likelihoods);
}

TEST(ReferenceConfidence, AgreesWithDeepVariantsTableToTheLastBit) {
  const auto table = base::shared_data() / "dv_goldens/derived/reference_confidence.tsv.gz";
  if (!std::filesystem::exists(table)) GTEST_SKIP() << "no shared data beside the checkout";
  FILE* file = popen(("gzip -cd '" + table.string() + "'").c_str(), "r");
  ASSERT_NE(file, nullptr);
  char line[512];
  ASSERT_NE(std::fgets(line, sizeof(line), file), nullptr);  // names
  int rows = 0;
  while (std::fgets(line, sizeof(line), file) != nullptr) {
    std::istringstream in(line);
    int haploid = 0, depth = 0, reference = 0, gq = 0;
    std::array<std::string, 3> texts;
    in >> haploid >> depth >> reference >> gq >> texts[0] >> texts[1] >> texts[2];
    const ReferenceConfidence& got = standard().of(reference, depth, haploid != 0 ? Ploidy::kHaploid : Ploidy::kDiploid);
    ASSERT_EQ(got.gq, gq) << line;
    for (size_t i = 0; i < 3; ++i) ASSERT_EQ(got.likelihoods[i], std::stod(texts[i])) << line;
    ++rows;
  }
  pclose(file);
  EXPECT_EQ(rows, 2 * 5151);
}

TEST(ReferenceBlocks, NeighboursInOneBinAreOneBlockWithItsLowestQuality) {
  // GQ 4 (1 read), 7 (2 reads), 10 (3 reads): bins 1, 6, 6
  const auto found = blocks({{'A', 1, 1}, {'C', 3, 3}, {'G', 2, 2}, {'T', 3, 3}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].start, 100);
  EXPECT_EQ(found[0].end, 101);
  EXPECT_EQ(found[1].start, 101);
  EXPECT_EQ(found[1].end, 104);
  EXPECT_EQ(found[1].base, 'C');
  EXPECT_EQ(found[1].min_depth, 2);
  EXPECT_EQ(found[1].median_depth, 3);
  EXPECT_EQ(found[1].confidence.likelihoods, standard().of(2, 2, Ploidy::kDiploid).likelihoods);
}

TEST(ReferenceBlocks, AMedianBetweenTwoDepthsIsCutToAWholeNumber) {
  const auto found = blocks({{'A', 50, 50}, {'A', 53, 53}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].median_depth, 51);
}

TEST(ReferenceBlocks, APositionThatIsNotReferenceStandsAloneWithoutGenotype) {
  const auto found = blocks({{'A', 0, 9}, {'A', 0, 9}, {'A', 9, 9}});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_FALSE(found[0].called);
  EXPECT_FALSE(found[1].called);
  EXPECT_TRUE(found[2].called);
}

TEST(ReferenceBlocks, AnAmbiguousReferenceLetterEndsABlockAndIsInNone) {
  const auto found = blocks({{'A', 9, 9}, {'R', 0, 9}, {'A', 9, 9}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].end, 101);
  EXPECT_EQ(found[1].start, 102);
}

TEST(ReferenceBlocks, ALetterThatIsNoIupacCodeIsAnErrorOfTheReference) {
  try {
    blocks({{'*', 0, 0}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kReference);
  }
}

TEST(ReferenceBlocks, HaploidRegionsHoldForTheirPositionsAlone) {
  const std::vector<ReferenceCount> counts(4, {'A', 16, 20});
  const auto found = blocks(counts, {{0, 0, 50}, {0, 101, 103}, {1, 0, 500}});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_FALSE(found[0].called);
  EXPECT_TRUE(found[1].called);
  EXPECT_EQ(found[1].start, 101);
  EXPECT_EQ(found[1].end, 103);
  EXPECT_FALSE(found[2].called);
}

}  // namespace
}  // namespace haploom::genotype
