#include "formats/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "formats/tfrecord.h"

namespace haploom::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

VariantRecord some_variant() {
  VariantRecord variant;
  variant.contig = "chr20";
  variant.start = 41;
  variant.end = 43;
  variant.ref = "AC";
  variant.alts = {"A", "ACC"};
  variant.names = {"rs1"};
  variant.quality = 12.5;
  variant.filter = {"PASS"};
  variant.info["BAM_FNAME"] = {std::string("x.bam")};
  SampleCallRecord& call = variant.calls.emplace_back();
  call.sample = "NA12878";
  call.genotype = {-1, -1};
  call.phased = true;
  call.likelihoods = {-1.5, 0, -3};
  call.info["DP"] = {7};
  call.info["AD"] = {1, 2, 4};
  call.info["VAF"] = {0.25, 0.5};
  call.info["X"] = {true};
  return variant;
}

template <typename Parse>
std::string failure(Parse parse, std::string_view bytes) {
  try {
    parse(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kRecord);
    return error.message();
  }
  ADD_FAILURE() << "it was parsed";
  return {};
}

TEST(Records, AVariantComesBackAsItWas) { EXPECT_EQ(parse_variant(encode(some_variant())), some_variant()); }

TEST(Records, ACandidateComesBackWithItsSupports) {
  CandidateRecord candidate;
  candidate.variant = some_variant();
  candidate.allele_support["A"] = {{"r1/0", false, 60, 30, true, "NA12878"}, {"r2/1", true, 20, 9, false, "NA12878"}};
  candidate.allele_support["UNCALLED_ALLELE"] = {{"haplotype_7/0", false, 90, 30, false, "pangenome"}};
  candidate.ref_support = {{"r3/0", false, 60, 33, false, "NA12878"}};
  candidate.allele_frequency = {{"A", 0.25F}};
  candidate.allele_frequency_at_position = {{40, 12}, {41, 50}};
  candidate.alt_sets = {{1}, {0, 1}};
  EXPECT_EQ(parse_candidate(encode(candidate)), candidate);
}

TEST(Records, AnExampleComesBackAndItsImageIsNotCopied) {
  const std::vector<uint8_t> image = {1, 2, 3, 4, 5, 6, 0, 255};
  ExampleRecord example;
  example.locus = "chr20:42-43";
  example.variant = encode(some_variant());
  example.alt_set = {0, 1};
  example.image = image;
  example.shape = {2, 2, 2};
  example.variant_type = 2;
  example.sequencing_type = 1;
  example.label = 0;
  const std::string bytes = encode(example);
  const ExampleRecord back = parse_example(bytes);
  EXPECT_EQ(back.locus, example.locus);
  EXPECT_EQ(back.variant, example.variant);
  EXPECT_EQ(back.alt_set, example.alt_set);
  EXPECT_EQ(std::vector<uint8_t>(back.image.begin(), back.image.end()), image);
  EXPECT_EQ(back.shape, example.shape);
  EXPECT_EQ(back.variant_type, 2);
  EXPECT_EQ(back.sequencing_type, 1);
  EXPECT_EQ(back.label, 0);
  EXPECT_FALSE(back.denovo_label);
  EXPECT_GE(reinterpret_cast<const char*>(back.image.data()), bytes.data());
  EXPECT_LT(reinterpret_cast<const char*>(back.image.data()), bytes.data() + bytes.size());
}

TEST(Records, ACallOutputComesBackWithAndWithoutItsDebugFields) {
  CallOutputRecord output;
  output.variant = encode(some_variant());
  output.alt_set = {1};
  output.genotype_probabilities = {0.1, 0.2, 0.7};
  EXPECT_EQ(parse_call_output(encode(output)), output);
  output.debug = CallOutputDebug{2, 1, true, false, true, {0.5, -0.5}, {1}, "image", {{"layer", "bytes"}}};
  EXPECT_EQ(parse_call_output(encode(output)), output);
}

TEST(Records, TheVariantOfACallOutputIsAVariantOnTheWire) {
  CallOutputRecord output;
  output.variant = encode(some_variant());
  EXPECT_EQ(parse_variant(parse_call_output(encode(output)).variant), some_variant());
}

TEST(Records, EqualRecordsHaveEqualBytesWhateverTheOrderOfTheirMaps) {
  VariantRecord variant = some_variant();
  for (int i = 0; i < 50; ++i) variant.info["K" + std::to_string(i * 37 % 50)] = {i};
  const std::string bytes = encode(variant);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(encode(parse_variant(bytes)), bytes);
}

TEST(Records, BytesThatAreNoRecordAreRefused) {
  const std::string bytes = encode(some_variant());
  failure([](auto b) { parse_variant(b); }, bytes.substr(0, bytes.size() - 1));
  failure([](auto b) { parse_candidate(b); }, "\xff\xff\xff\xff");
  failure([](auto b) { parse_call_output(b); }, "\x0a\x7f");
}

TEST(Records, AnExampleWithoutAFeatureOrWithAnImageOfAnotherShapeIsRefused) {
  EXPECT_THAT(failure([](auto b) { parse_example(b); }, ""), HasSubstr("no 'locus'"));
  const std::vector<uint8_t> image(8);
  ExampleRecord example;
  example.image = image;
  example.shape = {2, 2, 3};
  EXPECT_THAT(failure([](auto b) { parse_example(b); }, encode(example)), HasSubstr("8 bytes"));
  example.shape = {1LL << 40, 1LL << 40, 1LL << 40};
  failure([](auto b) { parse_example(b); }, encode(example));
  example.shape = {2, 2, 2};
  const std::string bytes = encode(example);
  for (size_t length = 1; length < bytes.size(); ++length) failure([](auto b) { parse_example(b); }, std::string_view(bytes).substr(0, length));
}

TEST(Records, TheTypeOfAVariantIsThatOfItsLongestAllele) {
  EXPECT_EQ(example_variant_type("A", {"C"}), 1);
  EXPECT_EQ(example_variant_type("A", {"C", "G"}), 1);
  EXPECT_EQ(example_variant_type("A", {"C", "GT"}), 2);
  EXPECT_EQ(example_variant_type("AC", {"A"}), 2);
  EXPECT_EQ(example_variant_type("A", {}), 0);
}

TEST(Records, DeepVariantsOwnRecordsComeBackByteForByte) {
  const auto goldens = base::shared_data() / "dv_goldens";
  if (!std::filesystem::exists(goldens)) GTEST_SKIP() << "no shared data beside the checkout";
  const auto same_after = [&](const char* name, auto parse) {
    RecordReader reader((goldens / name).string());
    size_t records = 0;
    while (const auto record = reader.next()) {
      const auto value = parse(*record);
      EXPECT_EQ(encode(value).size(), record->size()) << name << " record " << records;  // the order in maps is free
      ++records;
    }
    return records;
  };
  EXPECT_EQ(same_after("candidates/golden.calling_candidates.tfrecord.gz", parse_candidate), 78U);
  EXPECT_EQ(same_after("examples/golden.calling_examples.tfrecord.gz", parse_example), 84U);
  EXPECT_EQ(same_after("examples/golden.pacbio_examples.tfrecord.gz", parse_example), 401U);
  EXPECT_EQ(same_after("examples/golden.training_examples.tfrecord.gz", parse_example), 49U);
  EXPECT_EQ(same_after("postprocess/golden.postprocess_gvcf_input.tfrecord.gz", parse_variant), 235U);
  EXPECT_EQ(same_after("postprocess/golden.postprocess_single_site_input-00000-of-00001.tfrecord.gz", parse_call_output), 84U);
}

}  // namespace
}  // namespace haploom::formats
