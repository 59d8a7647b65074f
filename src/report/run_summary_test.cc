#include "report/run_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace haploom::report {
namespace {

RunSummary example() {
  RunSummary out;
  out.version = "0.1.0";
  out.command_line = "haploom call --reads a.bam";
  out.sample = "HG002";
  out.output = "o.vcf.gz";
  out.threads = 4;
  out.bases = 2'000'000;
  out.reads = 400'000;
  out.sites = 12;
  out.variants.add(VariantKind::kSnp, "PASS", 7);
  out.variants.add(VariantKind::kInsertion, "PASS", 2);
  out.variants.add(VariantKind::kSnp, "RefCall", 3);
  out.image_name = "hprc";
  out.image_bytes = 3LL << 30;
  out.stage_cpu_seconds = {{"reads", 1.5}, {"network", 6.25}};
  out.usage = {5.04, 10.0, 512LL << 20, 100LL << 20};
  return out;
}

}  // namespace

TEST(RunSummary, ClosesWithCountsAndCosts) {
  EXPECT_EQ(closing_lines(example()),
            (std::vector<std::string>{"called bases=2000000 reads=400000 sites=12 records=12 PASS=9 RefCall=3",
                                      "passed SNP=7 insertion=2 deletion=0 other=0", "image name=hprc size=3.22GB",
                                      "cpu by stage reads=1.50s network=6.25s other=2.25s", "wrote o.vcf.gz",
                                      "finished wall=5.0s cpu=10.0s threads=4 peak_memory=536.9MB of_it_shared=104.9MB cpu_per_mb=5.00s"}));
}

TEST(RunSummary, IsSilentAboutWhatARunDidNotDo) {
  const auto lines = closing_lines(RunSummary());
  EXPECT_EQ(lines.size(), 3u);
  for (const std::string& line : lines) {
    EXPECT_EQ(line.find("image"), std::string::npos);
    EXPECT_EQ(line.find("nan"), std::string::npos);
  }
}

TEST(RunSummary, PutsTheSameFiguresIntoJson) {
  const auto read = nlohmann::json::parse(json(example()));
  EXPECT_EQ(read.at("version"), "0.1.0");
  EXPECT_EQ(read.at("sites"), 12);
  EXPECT_EQ(read.at("records"), 12);
  EXPECT_EQ(read.at("variants").at("PASS").at("insertion"), 2);
  EXPECT_EQ(read.at("variants").at("RefCall").at("SNP"), 3);
  EXPECT_EQ(read.at("image").at("bytes"), 3LL << 30);
  EXPECT_DOUBLE_EQ(read.at("stage_cpu_seconds").at("network").get<double>(), 6.25);
  EXPECT_DOUBLE_EQ(read.at("stage_cpu_seconds").at("other").get<double>(), 2.25);
  EXPECT_EQ(read.at("peak_memory_bytes"), 512LL << 20);
  EXPECT_FALSE(nlohmann::json::parse(json(RunSummary())).contains("image"));
}

TEST(RunSummary, TakesTextThatIsNoUtf8) {
  RunSummary summary = example();
  summary.command_line = "haploom call --reads \xff.bam";
  EXPECT_NO_THROW(nlohmann::json::parse(json(summary)));
}

TEST(RunSummary, NamesAReportThatCannotBeWritten) {
  try {
    write_json(example(), "/dev/full");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kOutput);
    EXPECT_TRUE(error.text().starts_with("error [report/60]")) << error.text();
  }
}

}  // namespace haploom::report
