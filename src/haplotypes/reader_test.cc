#include <gtest/gtest.h>

#include "haplotypes/fixtures.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

// chr20 in two fragments, at 1000 and at 5000; two haplotypes beside the first, one beside the second.
Image fragments() {
  return image_of_gfa(
      "H\tVN:Z:1.1\tRS:Z:GRCh38\n"
      "S\t1\tACGTACGTAC\nS\t2\tA\nS\t3\tC\nS\t4\tGGGGGTTTTT\nS\t5\tAACCAACC\nS\t6\tTT\nS\t7\tGGTTGGTT\n"
      "W\tGRCh38\t0\tchr20\t1000\t1021\t>1>2>4\n"
      "W\tGRCh38\t0\tchr20\t5000\t5016\t>5>7\n"
      "W\tHG1\t1\tc1\t0\t21\t>1>3>4\n"
      "W\tHG1\t2\tc2\t0\t21\t<4<3<1\n"
      "W\tHG2\t1\tc3\t0\t18\t>5>6>7\n");
}

TEST(Reader, TakesTheFragmentThatHoldsTheMiddleAndGivesContigPositions) {
  const Image image = fragments();
  Reader reader(image.pangenome(), choose_reference(image.pangenome(), {}, ""));
  const auto first = reader.reads({3, 1005, 1011}, "chr20");
  ASSERT_EQ(first.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(first[i].name, "haplotype_" + std::to_string(i + 1));
    EXPECT_EQ(first[i].contig, 3);
    EXPECT_EQ(first[i].start, 1000);
    EXPECT_EQ(first[i].end, 1021);
    EXPECT_EQ(first[i].mapq, 90);
    EXPECT_FALSE(first[i].reverse);
    EXPECT_EQ(first[i].bases, "ACGTACGTACCGGGGGTTTTT") << "both haplotypes are read along the reference";
    EXPECT_EQ(first[i].quality, std::vector<uint8_t>(21, 30));
    EXPECT_EQ(genome::text(first[i].cigar), "21M");
  }
  const auto second = reader.reads({3, 5000, 5020}, "20");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].start, 5000);
  EXPECT_EQ(second[0].end, 5016);
  EXPECT_EQ(genome::text(second[0].cigar), "8M2I8M");
}

TEST(Reader, OutsideEveryFragmentAndOnUnknownContigsThereIsNone) {
  const Image image = fragments();
  Reader reader(image.pangenome(), choose_reference(image.pangenome(), {}, ""));
  EXPECT_TRUE(reader.reads({0, 0, 100}, "chr20").empty());
  EXPECT_TRUE(reader.reads({0, 1021, 1022}, "chr20").empty());
  EXPECT_TRUE(reader.reads({0, 5016, 6000}, "chr20").empty());
  EXPECT_TRUE(reader.reads({0, 1000, 1010}, "chrEBV").empty());
  EXPECT_TRUE(reader.contig_known("chr20"));
  EXPECT_FALSE(reader.contig_known("chrEBV"));
  EXPECT_EQ(reader.contig_end("chr20"), 5016);
  EXPECT_EQ(reader.contig_end("chrEBV"), std::nullopt);
}

TEST(Reader, TheSameMiddleIsAnsweredWithoutASearch) {
  const Image image = fragments();
  Reader reader(image.pangenome(), choose_reference(image.pangenome(), {}, ""));
  const auto* first = reader.window({0, 1000, 1010}, "chr20");
  ASSERT_NE(first, nullptr);
  const auto* bases = first->haplotypes.sequences[0].bases.data();
  EXPECT_EQ(reader.window({0, 1004, 1006}, "20")->haplotypes.sequences[0].bases.data(), bases);
  EXPECT_EQ(reader.window({0, 5000, 5010}, "20")->start, 5000);
}

TEST(Reader, LettersBecomeUpperCaseAndTheReferencesOwnWalkIsAllMatch) {
  const Image image = image_of_gfa("H\tVN:Z:1.1\tRS:Z:R\nS\t1\tACGTN\nW\tR\t0\tc\t0\t5\t>1\nW\tH\t1\td\t0\t5\t>1\n");
  Reader reader(image.pangenome(), choose_reference(image.pangenome(), {}, ""));
  const auto reads = reader.reads({0, 0, 5}, "c");
  ASSERT_EQ(reads.size(), 1U);
  EXPECT_EQ(reads[0].bases, "ACGTN");
  EXPECT_EQ(genome::text(reads[0].cigar), "5M");
}

}  // namespace
}  // namespace haploom::haplotypes
