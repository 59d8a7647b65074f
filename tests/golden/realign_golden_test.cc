// The realigner against DeepVariant's own run on chr20:10,000,000-10,010,000 of NA12878: windows, k, haplotypes, each read
// that moves and no other. Skipped by name where the shared data is not there.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/shared_data_test.h"
#include "formats/alignments.h"
#include "formats/line_reader.h"
#include "formats/reference.h"
#include "realign/realign.h"

namespace haploom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMargin = 1000;  // reference beyond the partition, longer than any read's reach

// A read's place as the golden file spells it.
std::string place(int64_t start, const genome::Cigar& cigar) { return std::to_string(start) + ":" + genome::text(cigar); }

class RealignGolden : public testing::Test {
 protected:
  void SetUp() override {
    golden_ = base::shared_data() / "dv_goldens";
    if (!fs::exists(golden_ / "derived")) GTEST_SKIP() << "no shared data at " << golden_;
    reference_ = std::make_unique<formats::Reference>(golden_ / "inputs/ucsc.hg19.chr20.unittest.fasta.gz");
    alignments_ = std::make_unique<formats::Alignments>(golden_ / "inputs/NA12878_S1.chr20.10_10p1mb.bam", "");
    formats::LineReader lines(golden_ / "derived/realigner_calling.jsonl", "tests", Reason::kReads);
    while (const auto line = lines.next()) partitions_.push_back(json::parse(*line));
  }

  fs::path golden_;
  std::unique_ptr<formats::Reference> reference_;
  std::unique_ptr<formats::Alignments> alignments_;
  std::vector<json> partitions_;
};

TEST_F(RealignGolden, FindsTheSameWindowsAndHaplotypesAndMovesTheSameReads) {
  realign::Realigner realigner({});
  size_t windows = 0;
  size_t moved = 0;
  size_t reads_seen = 0;
  for (const json& golden : partitions_) {
    const genome::Region region{*reference_->contigs().index_of("chr20"), golden.at("partition_start"), golden.at("partition_end")};
    SCOPED_TRACE("partition " + std::to_string(region.start));
    const int64_t length = reference_->contigs()[region.contig].length;
    std::vector<genome::Read> reads;
    alignments_->for_each(region, reference_->contigs(), {}, [&](genome::Read&& read) { reads.push_back(std::move(read)); });
    ASSERT_EQ(reads.size(), golden.at("n_reads_after_filter").get<size_t>());
    reads_seen += reads.size();
    const int64_t start = region.start - kMargin;
    const std::string bases = reference_->bases({region.contig, start, region.end + kMargin});

    realign::Realignment found = realigner.realign(region, reads, {start, bases}, length);

    ASSERT_EQ(found.windows.size(), golden.at("windows").size());
    for (size_t i = 0; i < found.windows.size(); ++i) {
      const json& window = golden.at("windows")[i];
      EXPECT_EQ(found.windows[i].start, window.at("start").get<int64_t>());
      EXPECT_EQ(found.windows[i].end, window.at("end").get<int64_t>());
      EXPECT_EQ(found.windows[i].k, window.at("k").get<int>());
      EXPECT_EQ(found.windows[i].haplotypes, window.at("haplotypes").get<std::vector<std::string>>());
    }
    std::map<std::string, std::string> expected;
    for (const json& change : golden.at("reads_changed")) {
      expected[change[0].get<std::string>() + " " + std::to_string(change[1].get<int64_t>()) + ":" + change[2].get<std::string>()] =
          std::to_string(change[3].get<int64_t>()) + ":" + change[4].get<std::string>();
    }
    std::map<std::string, std::string> actual;
    for (const realign::ReadAlignment& each : found.moved) {
      const genome::Read& read = reads[static_cast<size_t>(each.read)];
      EXPECT_EQ(each.end, each.start + genome::reference_length(each.cigar));
      actual[read.key() + " " + place(read.start, read.cigar)] = place(each.start, each.cigar);
    }
    EXPECT_EQ(actual, expected);
    windows += found.windows.size();
    moved += found.moved.size();

    const std::vector<genome::Read> before = reads;
    realign::swap_alignments(reads, found.moved);
    realign::swap_alignments(reads, found.moved);
    for (size_t i = 0; i < reads.size(); ++i) EXPECT_EQ(place(reads[i].start, reads[i].cigar), place(before[i].start, before[i].cigar));
  }
  EXPECT_EQ(windows, 26u);
  EXPECT_EQ(moved, 390u);
  EXPECT_EQ(reads_seen, 5433u);
}

}  // namespace
}  // namespace haploom
