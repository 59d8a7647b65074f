#include "pipeline/call_writer.h"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace haploom::pipeline {
namespace {

namespace fs = std::filesystem;

genotype::Call call_at(int64_t start, const std::string& ref, const std::string& alt) {
  genotype::Call call;
  call.start = start;
  call.ref = ref;
  call.alts = {alt};
  call.genotype = {0, 1};
  call.likelihoods = {-2, -0.01, -3};
  call.filter = genotype::Filter::kPass;
  return call;
}

genotype::GvcfBlock block_at(int64_t start, int64_t end) {
  genotype::GvcfBlock block;
  block.start = start;
  block.end = end;
  block.ref = 'C';
  block.genotype = {0, 0};
  return block;
}

class CallWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_writer_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream(folder_ / "ref.fa") << ">chr1\n" << std::string(1000, 'G') << "\n";
    std::ofstream(folder_ / "ref.fa.fai") << "chr1\t1000\t6\t1000\t1001\n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  // POS, REF and ALT of the records.
  std::string records(const std::string& name) const {
    std::ifstream in(folder_ / name);
    std::string out;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("#")) continue;
      std::istringstream columns(line);
      std::string column;
      for (int i = 0; i < 8 && std::getline(columns, column, '\t'); ++i)
        if (i == 1 || i == 3 || i == 4 || column.starts_with("END")) out += column + " ";
      out += "| ";
    }
    return out;
  }
  PostprocessRequest request_for(const std::string& gvcf) const {
    PostprocessRequest request;
    request.output_vcf = (folder_ / "o.vcf").string();
    if (!gvcf.empty()) request.output_gvcf = (folder_ / gvcf).string();
    return request;
  }
  fs::path folder_;
};

const std::string kHeader = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n";

TEST_F(CallWriterTest, WritesCallsToTheVcfAndBothToTheGvcf) {
  const formats::Reference reference((folder_ / "ref.fa").string());
  const PostprocessRequest request = request_for("o.g.vcf");
  CallWriter writer(reference, kHeader, request);
  std::vector<genotype::Call> first, second;
  first.push_back(call_at(10, "C", "T"));
  first.push_back(call_at(95, "CCCCCCCCCC", "C"));  // reaches into the next shard
  second.push_back(call_at(100, "C", "T"));
  writer.add({0, 0, 100}, std::move(first), {block_at(0, 60), block_at(60, 100)});
  writer.add({0, 100, 200}, std::move(second), {block_at(100, 200)});
  EXPECT_FALSE(fs::exists(folder_ / "o.vcf"));
  writer.finish();
  EXPECT_EQ(records("o.vcf"), "11 C T | 96 CCCCCCCCCC C | 101 C T | ");
  EXPECT_EQ(records("o.g.vcf"),
            "1 C <*> END=10 | 11 C T,<*> | 12 G <*> END=60 | 61 C <*> END=95 | 96 CCCCCCCCCC C,<*> | 101 C T,<*> | 106 G <*> END=200 | ");
  EXPECT_EQ(writer.variants().total(), 3);
}

TEST_F(CallWriterTest, MakesNoGvcfUnasked) {
  const formats::Reference reference((folder_ / "ref.fa").string());
  const PostprocessRequest request = request_for("");
  CallWriter writer(reference, kHeader, request);
  writer.add({0, 0, 100}, {}, {});
  writer.finish();
  EXPECT_EQ(records("o.vcf"), "");
  EXPECT_FALSE(fs::exists(folder_ / "o.g.vcf"));
}

TEST_F(CallWriterTest, KeepsOtherCallsThanPassOutOfTheVcfAlone) {
  const formats::Reference reference((folder_ / "ref.fa").string());
  PostprocessRequest request = request_for("o.g.vcf");
  request.only_keep_pass = true;
  CallWriter writer(reference, kHeader, request);
  std::vector<genotype::Call> calls = {call_at(10, "C", "T"), call_at(20, "C", "T")};
  calls.front().filter = genotype::Filter::kRefCall;
  writer.add({0, 0, 100}, std::move(calls), {});
  writer.finish();
  EXPECT_EQ(records("o.vcf"), "21 C T | ");
  EXPECT_EQ(records("o.g.vcf"), "11 C T,<*> | 21 C T,<*> | ");
}

}  // namespace
}  // namespace haploom::pipeline
