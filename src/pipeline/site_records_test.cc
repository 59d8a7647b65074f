#include "pipeline/site_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"

namespace haploom::pipeline {
namespace {

using formats::InfoValue;
using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

formats::VariantRecord site() {
  formats::VariantRecord out;
  out.contig = "chr1";
  out.start = 99;
  out.end = 100;
  out.ref = "A";
  out.alts = {"C"};
  out.calls.push_back({"s", {-1, -1}, false, {}, {{"AD", {5, 9}}, {"DP", {14}}, {"VAF", {9.0 / 14}}}});
  return out;
}

formats::VariantRecord block() {
  formats::VariantRecord out = site();
  out.alts = {"<*>"};
  out.calls[0] = {"s", {0, 0}, false, {0, -3, -9}, {{"GQ", {50}}, {"MIN_DP", {7}}}};
  return out;
}

genotype::Site taken(const formats::VariantRecord& record) {
  const std::string bytes = formats::encode(record);
  const formats::CallOutputView output{bytes, {0}, {0.1, 0.8, 0.1}};
  return site_answers({&output, 1}, 0, "s", true).site;
}

template <typename Work>
std::string refusal(Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kRecord);
    EXPECT_THAT(error.message(), HasSubstr("chr1:100"));
    return error.message();
  }
  return "it was taken";
}

std::string refusal_of_site(const formats::VariantRecord& record) {
  return refusal([&] { taken(record); });
}

formats::VariantRecord with(const std::string& key, std::vector<InfoValue> values) {
  formats::VariantRecord out = site();
  out.calls[0].info[key] = std::move(values);
  return out;
}

formats::VariantRecord in_stretch(const std::string& stretch) {
  formats::VariantRecord out = site();
  out.info = {{"ALT_PS", {1, 2}}, {"PS_CONTIG", {stretch}}};
  return out;
}

}  // namespace

TEST(SiteRecordsTest, APhaseSetIsTheTasksHundredThousandsAndTheStretch) {
  EXPECT_EQ(taken(in_stretch("0-1")).phase->set, 1);
  EXPECT_EQ(taken(in_stretch("21474-83647")).phase->set, std::numeric_limits<int>::max());
}

TEST(SiteRecordsTest, APhaseSetThatNoVcfHoldsIsRefused) {
  for (const char* stretch : {"21474-83648", "30000-1", "2147483647-2147483647"})
    EXPECT_THAT(refusal_of_site(in_stretch(stretch)), HasSubstr("makes a phase set above 2147483647")) << stretch;
  for (const char* stretch : {"1", "-1", "1-", "-1-1", "99999999999-1"})
    EXPECT_THAT(refusal_of_site(in_stretch(stretch)), HasSubstr("is not TASK-NUMBER")) << stretch;
}

TEST(SiteRecordsTest, CountsMayBeWrittenAsWholeNumbersOfEitherKind) {
  EXPECT_EQ(taken(with("AD", {5.0, 2147483647.0})).allele_depth, (std::vector<int>{5, 2147483647}));
  EXPECT_EQ(taken(with("DP", {14.0})).depth, 14);
}

TEST(SiteRecordsTest, CountsThatAreNoneAreRefused) {
  for (const InfoValue& wrong : std::vector<InfoValue>{1e10, 1e300, 2147483648.0, -1, -1.0, 0.5, kNan, kInfinity, std::string("14"), true}) {
    EXPECT_THAT(refusal_of_site(with("AD", {5, wrong})), HasSubstr("AD "));
    EXPECT_THAT(refusal_of_site(with("DP", {wrong})), HasSubstr("DP "));
    EXPECT_THAT(refusal_of_site(with("MD", {5, wrong})), HasSubstr("MD "));
    for (const char* key : {"GQ", "MIN_DP", "MED_DP"}) {
      formats::VariantRecord record = block();
      record.calls[0].info[key] = {wrong};
      EXPECT_THAT(refusal([&] { gvcf_block(record, 0, "s"); }), HasSubstr(key));
    }
  }
}

TEST(SiteRecordsTest, FractionsAreFiniteNumbers) {
  EXPECT_EQ(taken(with("VAF", {0.25})).vaf, std::vector<double>{0.25});
  for (const InfoValue& wrong : std::vector<InfoValue>{kNan, kInfinity, -kInfinity, std::string("0.5"), true}) {
    EXPECT_THAT(refusal_of_site(with("VAF", {wrong})), HasSubstr("VAF "));
    EXPECT_THAT(refusal_of_site(with("MF", {0.5, wrong})), HasSubstr("MF "));
  }
}

TEST(SiteRecordsTest, LikelihoodsThatNoPlCanSayAreRefused) {
  for (const double wrong : {kNan, kInfinity, -kInfinity, -1e300}) {
    formats::VariantRecord record = block();
    record.calls[0].likelihoods[1] = wrong;
    EXPECT_THAT(refusal([&] { gvcf_block(record, 0, "s"); }), HasSubstr("likelihood"));
  }
}

TEST(SiteRecordsTest, TextsThatWouldBreakALineAreRefused) {
  for (const char* part : {"\t", "\n", "\r", " ", "\x01", "\x7f", ","}) {
    formats::VariantRecord record = site();
    record.alts[0] += part;
    EXPECT_THAT(refusal_of_site(record), HasSubstr("an ALT"));
    record = site();
    record.ref += part;
    ++record.end;
    EXPECT_THAT(refusal_of_site(record), HasSubstr("its REF"));
    EXPECT_THAT(refusal_of_site(with("MID", {std::string("model") + part})), HasSubstr("its MID"));
    record = block();
    record.ref = part;
    EXPECT_THAT(refusal([&] { gvcf_block(record, 0, "s"); }), HasSubstr("its REF"));
  }
  for (const char* name : {"rs1\t", "rs 1", "rs1\n", "\x7f", ""}) {
    formats::VariantRecord record = site();
    record.names = {"rs7", name};
    EXPECT_THAT(refusal_of_site(record), HasSubstr("a name of the record"));
  }
  formats::VariantRecord record = site();
  record.calls[0].sample = "s\tt";
  EXPECT_THAT(refusal([&] { sample_of(formats::encode(record)); }), HasSubstr("sample"));
}

TEST(SiteRecordsTest, NamesAndSymbolicAllelesOfAVcfAreTaken) {
  formats::VariantRecord record = site();
  record.alts = {"<DEL>"};
  record.names = {"rs7", "COSM1,COSM2"};
  record.calls[0].sample = "s";
  EXPECT_EQ(taken(record).notes.names, record.names);
}

}  // namespace haploom::pipeline
