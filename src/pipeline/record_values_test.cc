#include "pipeline/record_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace haploom::pipeline {
namespace {

using formats::InfoValue;
using testing::ElementsAre;

const genome::ContigList kContigs({{"chr1", 1000}});

genome::Read read(const std::string& name, uint8_t mapq) {
  genome::Read out;
  out.name = name;
  out.mapq = mapq;
  return out;
}

pileup::AlleleObservation shows(int32_t which, const std::string& bases, uint8_t quality) {
  pileup::AlleleObservation out;
  out.read = which;
  out.bases = bases;
  out.base_quality = quality;
  return out;
}

// A>C at 105, counted from 100 on: two reads of three, and one haplotype.
class RecordValues : public testing::Test {
 protected:
  RecordValues() : counts_(20), haplotype_counts_(20) {
    reads_ = {read("r0", 60), read("r1", 50), read("r2", 40)};
    haplotypes_ = {read("haplotype_1", 90)};
    counts_[5].reference = 1;
    counts_[5].alleles = {shows(0, "C", 30), shows(2, "C", 20)};
    haplotype_counts_[5].alleles = {shows(0, "C", 30)};
    candidate_.start = 105;
    candidate_.ref = "A";
    candidate_.alts = {"C"};
    candidate_.depth = 3;
    candidate_.allele_depth = {1, 2};
    candidate_.read_support = {{0, 2}};
    candidate_.haplotype_support = {{0}};
  }

  formats::CandidateRecord record(int window) {
    Partition partition{region_, counted_, kContigs[0], reads_, haplotypes_, reference_, counts_, haplotype_counts_, owners_, candidates_};
    return candidate_record(candidate_, partition, kContigs, {"READS", "PANEL"}, window);
  }

  genome::Region region_{0, 104, 110};
  genome::Region counted_{0, 100, 120};
  std::vector<genome::Read> reads_, haplotypes_;
  pileup::ReferenceWindow reference_;
  std::vector<pileup::PositionCounts> counts_, haplotype_counts_;
  std::vector<uint32_t> owners_;
  std::vector<genome::Candidate> candidates_;
  genome::Candidate candidate_;
};

TEST_F(RecordValues, AVariantHasACallWithoutGenotypeAndItsDepths) {
  const formats::VariantRecord variant = variant_record(candidate_, kContigs, "READS");
  EXPECT_EQ(variant.contig, "chr1");
  EXPECT_EQ(variant.start, 105);
  EXPECT_EQ(variant.end, 106);
  ASSERT_EQ(variant.calls.size(), 1U);
  const formats::SampleCallRecord& call = variant.calls[0];
  EXPECT_EQ(call.sample, "READS");
  EXPECT_THAT(call.genotype, ElementsAre(-1, -1));
  EXPECT_THAT(call.info.at("DP"), ElementsAre(InfoValue(3)));
  EXPECT_THAT(call.info.at("AD"), ElementsAre(InfoValue(1), InfoValue(2)));
  EXPECT_THAT(call.info.at("VAF"), ElementsAre(InfoValue(2.0 / 3)));
}

TEST_F(RecordValues, WithoutReadsTheFrequencyIsZero) {
  candidate_.depth = 0;
  candidate_.allele_depth = {0, 0};
  EXPECT_THAT(variant_record(candidate_, kContigs, "READS").calls[0].info.at("VAF"), ElementsAre(InfoValue(0.0)));
}

TEST_F(RecordValues, SupportersOfBothSamplesStandUnderTheirAllele) {
  const formats::CandidateRecord found = record(0);
  EXPECT_EQ(found.allele_support.size(), 1U);
  EXPECT_THAT(found.allele_support.at("C"),
              ElementsAre(formats::ReadSupportRecord{"r0/0", false, 60, 30, false, "READS"}, formats::ReadSupportRecord{"r2/0", false, 40, 20, false, "READS"},
                          formats::ReadSupportRecord{"haplotype_1/0", false, 90, 30, false, "PANEL"}));
  EXPECT_TRUE(found.allele_frequency_at_position.empty());
}

TEST_F(RecordValues, FrequenciesAroundReachAsFarAsWasCounted) {
  const auto around = record(11).allele_frequency_at_position;
  EXPECT_EQ(around.begin()->first, 100);
  EXPECT_EQ(around.rbegin()->first, 110);
  EXPECT_EQ(around.at(105), 66);
}

TEST_F(RecordValues, ABlockWithoutGenotypeSaysSo) {
  genotype::ReferenceBlock block;
  block.start = 7;
  block.end = 9;
  block.base = 'G';
  block.confidence.gq = 12;
  block.min_depth = 3;
  block.median_depth = 4;
  formats::VariantRecord called = block_record(block, "chr1", "READS", true);
  EXPECT_THAT(called.alts, ElementsAre("<*>"));
  EXPECT_THAT(called.calls[0].genotype, ElementsAre(0, 0));
  EXPECT_THAT(called.calls[0].info.at("MED_DP"), ElementsAre(InfoValue(4)));
  block.called = false;
  const formats::VariantRecord uncalled = block_record(block, "chr1", "READS", false);
  EXPECT_THAT(uncalled.calls[0].genotype, ElementsAre(-1, -1));
  EXPECT_FALSE(uncalled.calls[0].info.contains("MED_DP"));
}

}  // namespace
}  // namespace haploom::pipeline
