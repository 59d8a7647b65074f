#include "pipeline/postprocess.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "base/error.h"
#include "formats/records.h"
#include "formats/tfrecord.h"

namespace haploom::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLength = 4000;  // of each of two contigs

formats::VariantRecord record_at(const std::string& contig, int64_t start, const std::string& ref, std::vector<std::string> alts) {
  formats::VariantRecord out;
  out.contig = contig;
  out.start = start;
  out.end = start + static_cast<int64_t>(ref.size());
  out.ref = ref;
  out.alts = std::move(alts);
  out.calls.push_back({"s", {-1, -1}, false, {}, {}});
  return out;
}

class PostprocessTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_postprocess_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::ofstream fasta(at("ref.fa")), index(at("ref.fa.fai"));
    for (size_t i = 0; i < 2; ++i) {
      for (int64_t base = 0; base < kLength; ++base) bases_[i] += "ACGT"[random_() % 4];
      fasta << ">chr" << i + 1 << "\n" << bases_[i] << "\n";
      index << fmt::format("chr{}\t{}\t{}\t{}\t{}\n", i + 1, kLength, 6 + static_cast<int64_t>(i) * (kLength + 7), kLength, kLength + 1);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  void write(const std::string& name, std::vector<std::string> records) {
    formats::RecordWriter writer(at(name));
    for (const std::string& record : records) writer.write(record);
    writer.finish();
  }

  // Sites that often overlap, and blocks over nearly everything.
  void write_crowd() {
    std::vector<std::string> outputs, blocks;
    for (size_t i = 0; i < 2; ++i) {
      const std::string contig = fmt::format("chr{}", i + 1);
      for (int64_t start = 1; start < kLength - 30; start += 1 + static_cast<int64_t>(random_() % 12)) {
        const std::string ref = bases_[i].substr(static_cast<size_t>(start), 1 + (random_() % 4 == 0 ? random_() % 12 : 0));
        formats::VariantRecord record = record_at(contig, start, ref, {ref.size() > 1 ? ref.substr(0, 1) : ref + "TT"});
        record.calls[0].info = {{"AD", {5, 9}}, {"DP", {14}}, {"VAF", {9.0 / 14}}};
        const double p = static_cast<double>(random_() % 1000) / 1000;
        outputs.push_back(formats::encode(formats::CallOutputRecord{formats::encode(record), {0}, {p * (1 - p), p * p, 1 - p}, {}}));
      }
      for (int64_t start = 0; start < kLength;) {
        const int64_t end = std::min<int64_t>(kLength, start + 1 + static_cast<int64_t>(random_() % 40));
        formats::VariantRecord record = record_at(contig, start, bases_[i].substr(static_cast<size_t>(start), 1), {"<*>"});
        record.end = end;
        record.calls[0].genotype = {0, 0};
        record.calls[0].likelihoods = {0, -3, -9};
        record.calls[0].info = {{"GQ", {static_cast<int>(random_() % 51)}}, {"MIN_DP", {7}}};
        blocks.push_back(formats::encode(record));
        start = end + (random_() % 5 == 0 ? 3 : 0);
      }
    }
    std::shuffle(outputs.begin(), outputs.end(), random_);
    write("cvo.tfrecord", outputs);
    write("blocks.tfrecord", blocks);
  }

  PostprocessRequest request() const {
    PostprocessRequest out;
    out.reference = at("ref.fa");
    out.call_outputs = at("cvo.tfrecord");
    out.reference_records = at("blocks.tfrecord");
    out.output_vcf = at("o.vcf");
    out.output_gvcf = at("o.g.vcf");
    return out;
  }

  std::string contents(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(at(name)).rdbuf();
    return out.str();
  }

  fs::path folder_;
  std::mt19937 random_{20260711};
  std::array<std::string, 2> bases_;
};

}  // namespace

TEST_F(PostprocessTest, WritesTheSameWhateverTheBatchesAndThreads) {
  write_crowd();
  postprocess(request());
  const std::string vcf = contents("o.vcf"), gvcf = contents("o.g.vcf");
  EXPECT_GT(std::count(vcf.begin(), vcf.end(), '\n'), 1000);
  for (const size_t records : {1u, 2u, 7u, 100u}) {
    for (const int threads : {1, 3}) {
      PostprocessRequest other = request();
      other.batch_records = records;
      other.threads = threads;
      postprocess(other);
      EXPECT_EQ(contents("o.vcf"), vcf) << records << " a batch";
      EXPECT_EQ(contents("o.g.vcf"), gvcf) << records << " a batch";
    }
  }
}

TEST_F(PostprocessTest, CountsWhatItReadAndWrote) {
  write_crowd();
  const PostprocessSummary summary = postprocess(request());
  const std::string gvcf = contents("o.g.vcf");
  EXPECT_EQ(summary.sample, "s");
  EXPECT_EQ(static_cast<uint64_t>(summary.variants.total()), summary.outputs);
  size_t lines = 0;
  std::istringstream in(gvcf);
  for (std::string line; std::getline(in, line);) lines += line.starts_with("#") ? 0 : 1;
  EXPECT_EQ(summary.gvcf_lines, lines);
}

TEST_F(PostprocessTest, LeavesWhatStoodUnderTheNamesAfterAnError) {
  write_crowd();
  std::ofstream(at("o.vcf")) << "older";
  formats::VariantRecord record = record_at("chr1", 5, "A", {"C"});
  record.calls[0].info = {{"AD", {5, 9}}, {"DP", {14}}, {"VAF", {9.0 / 14}}};
  write("cvo.tfrecord", {formats::encode(formats::CallOutputRecord{formats::encode(record), {0}, {0.9, 0.9, 0.9}, {}})});
  try {
    postprocess(request());
    FAIL() << "probabilities over 1 were taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_THAT(error.text(), testing::HasSubstr("chr1:6"));
  }
  EXPECT_EQ(contents("o.vcf"), "older");
  EXPECT_FALSE(fs::exists(at("o.g.vcf")));
}

}  // namespace haploom::pipeline
