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

TEST(VcfLine, HoldsWhatTheRecordBroughtAlongBeforeTheLikelihoods) {
  Call call = example();
  call.notes = {{"rs1", "rs2"}, "small_model", {0.25, 0.5, 1}, {4, 2, 9}};
  call.methylation_type = "1/1";
  call.candidates = "T|G|A";
  call.phased = true;
  call.phase_set = 100081;
  call.genotype = {2, 1};
  EXPECT_EQ(vcf_line(call, kContigs),
            "chr2\t117\trs1;rs2\tC\tT,G\t35\tPASS\tCANDIDATES=T|G|A\tGT:GQ:DP:AD:VAF:PS:MF:MD:MT:MID:PL\t"
            "2|1:21:30:1,10,19:0.333333,0.633333:100081:0.25,0.5,1:4,2,9:1/1:small_model:30,1,19,40,0,20\n");
}

TEST(VcfLine, LeavesOutWhatIsNotKnown) {
  Call call = example();
  call.depth.reset();
  call.allele_depth.clear();
  call.vaf.clear();
  EXPECT_THAT(vcf_line(call, kContigs), HasSubstr("\tGT:GQ:PL\t1/2:21:30,"));
}

TEST(GvcfLine, HasTheAlleleThatNoReadShows) {
  EXPECT_EQ(gvcf_line(example(), kContigs),
            "chr2\t117\t.\tC\tT,G,<*>\t35\tPASS\t.\tGT:GQ:DP:AD:VAF:PL\t"
            "1/2:21:30:1,10,19,0:0.333333,0.633333,0:30,1,19,40,0,20,990,990,990,990\n");
}

TEST(GvcfLine, HasALikelihoodForEveryGenotypeWhereNoReadIs) {
  Call call = example();
  call.alts = {"T"};
  call.depth = 0;
  call.allele_depth = {0, 0};
  call.vaf = {0};
  call.genotype = {-1, -1};
  call.likelihoods = {0, 0};
  EXPECT_THAT(gvcf_line(call, kContigs), HasSubstr("./.:21:0:0,0,0:0,0:0,0,0,990,990,990\n"));
  EXPECT_THAT(vcf_line(call, kContigs), HasSubstr("./.:21:0:0,0:0:0,0\n"));
}

TEST(GvcfLine, OfABlockSaysItsEndAndLeastDepth) {
  GvcfBlock block;
  block.contig = 1;
  block.start = 116;
  block.end = 210;
  block.ref = 'T';
  block.genotype = {0, 0};
  block.likelihoods = {-1.3e-14, -13.5268, -134.98};
  block.genotype_quality = 50;
  block.min_depth = 45;
  EXPECT_EQ(gvcf_line(block, kContigs), "chr2\t117\t.\tT\t<*>\t0\t.\tEND=210\tGT:GQ:MIN_DP:PL\t0/0:50:45:0,135,1349\n");
  block.median_depth = 58;
  block.genotype = {-1, -1};
  EXPECT_THAT(gvcf_line(block, kContigs), HasSubstr("GT:GQ:MIN_DP:MED_DP:PL\t./.:50:45:58:0,135,1349\n"));
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

TEST(VcfHeader, HasLinesThatSomeRunsAskFor) {
  const std::string header = vcf_header(kContigs, "s", {"##x=1"}, {.candidates = true, .model = true});
  EXPECT_THAT(header, HasSubstr("##INFO=<ID=CANDIDATES,Number=1,Type=String,"));
  EXPECT_LT(header.find("ID=MED_DP"), header.find("ID=MID"));
  EXPECT_LT(header.find("ID=MID"), header.find("##x=1"));
}

}  // namespace haploom::genotype
