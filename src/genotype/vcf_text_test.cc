#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "genotype/fixtures.h"

namespace haploom::genotype {
namespace {

using testing::HasSubstr;

const genome::ContigList kContigs({{"chr1", 1000}, {"chr2", 2000}});

Call example() {
  Call call = call_at(116, "C", {"T", "G"}, {1, 2}, {-3.01, -0.1, -1.999, -4, 0, -2});
  call.contig = 1;
  call.depth = 30;
  call.allele_depth = {1, 10, 19};
  call.vaf = {10 / 30.0, 19 / 30.0};
  call.genotype_quality = 21;
  call.quality = 35.0123;
  return call;
}

std::string field(const std::string& line, int index) {
  std::istringstream in(line);
  std::string out;
  for (int i = 0; i <= index; ++i) std::getline(in, out, '\t');
  return out;
}

std::string vaf_text(double vaf) {
  Call call = example();
  call.vaf = {vaf};
  std::istringstream in(field(vcf_line(call, kContigs), 9));
  std::string out;
  for (int i = 0; i < 5; ++i) std::getline(in, out, ':');
  return out;
}

std::string qual_text(double quality) {
  Call call = example();
  call.quality = quality;
  return field(vcf_line(call, kContigs), 5);
}

}  // namespace

TEST(VcfLine, HasDeepVariantsFields) {
  EXPECT_EQ(vcf_line(example(), kContigs),
            "chr2\t117\t.\tC\tT,G\t35\tPASS\t.\tGT:GQ:DP:AD:VAF:PL\t1/2:21:30:1,10,19:0.333333,0.633333:30,1,19,40,0,20\n");
}

TEST(VcfLine, WritesAnUnknownGenotypeAsDots) {
  Call call = example();
  call.genotype = {-1, -1};
  call.filter = Filter::kRefCall;
  EXPECT_THAT(vcf_line(call, kContigs), HasSubstr("\tRefCall\t.\tGT:GQ:DP:AD:VAF:PL\t./.:21:"));
}

TEST(VcfLine, TruncatesPhredLikelihoods) {
  Call call = example();
  call.likelihoods = {-13.5678, 0, -134.99};
  EXPECT_THAT(vcf_line(call, kContigs), HasSubstr(":135,0,1349\n"));
}

TEST(VcfLine, RoundsQualToOneDecimalAndDropsAZero) {
  EXPECT_EQ(qual_text(37.55), "37.6");
  EXPECT_EQ(qual_text(34.96), "35");
  EXPECT_EQ(qual_text(0.04), "0");
  EXPECT_EQ(qual_text(99.0308999), "99");
}

TEST(VcfLine, WritesFractionsWithSixDigitsTiesUp) {
  EXPECT_EQ(vaf_text(0), "0");
  EXPECT_EQ(vaf_text(1), "1");
  EXPECT_EQ(vaf_text(0.5), "0.5");
  EXPECT_EQ(vaf_text(2.0 / 3), "0.666667");
  EXPECT_EQ(vaf_text(1.0 / 30), "0.0333333");
  EXPECT_EQ(vaf_text(1.0 / 300), "0.00333333");
  EXPECT_EQ(vaf_text(1.0 / 30000), "3.33333e-05");
  EXPECT_EQ(vaf_text(9.0 / 256), "0.0351563");  // exactly 0.03515625
}

TEST(VcfHeader, ListsDeepVariantsIdsInItsOrder) {
  std::vector<std::string> ids;
  std::istringstream in(vcf_header(kContigs, "HG002", {"##haploom_version=1.2.3", "##haploom_command=call --reads a\nb\tc"}));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    const size_t id = line.find("<ID="), end = line.find_first_of(",>");
    if (id != std::string::npos) ids.push_back(line.substr(id + 4, end - id - 4));
  }
  EXPECT_THAT(ids, testing::ElementsAre("PASS", "RefCall", "LowQual", "NoCall", "END", "GT", "GQ", "DP", "MIN_DP", "AD", "VAF", "PL", "PS",
                                        "MF", "MD", "MT", "MED_DP", "chr1", "chr2"));
  EXPECT_EQ(lines.front(), "##fileformat=VCFv4.2");
  EXPECT_EQ(lines.back(), "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tHG002");
  EXPECT_THAT(lines, testing::Contains("##haploom_command=call --reads a b c"));
  EXPECT_THAT(lines, testing::Contains("##contig=<ID=chr2,length=2000>"));
}

}  // namespace haploom::genotype
