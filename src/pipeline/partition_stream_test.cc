#include "pipeline/partition_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>

namespace haploom::pipeline {
namespace {

constexpr int64_t kLength = 8000;
const genome::ContigList kContigs({{"c", kLength}});

// A sorted BAM of reads at random places, made by samtools.
class PartitionStream : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "haploom_stream_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    std::mt19937 random(7);
    for (int64_t i = 0; i < kLength; ++i) bases_ += "ACGT"[random() % 4];
    std::ofstream(folder_ / "ref.fa") << ">c\n" << bases_ << '\n';
    std::vector<std::pair<int64_t, std::string>> lines;
    for (int i = 0; i < 900; ++i) {
      const auto length = static_cast<int64_t>(30 + random() % 1500);
      const auto start = static_cast<int64_t>(random() % static_cast<uint64_t>(kLength - length));
      const std::string read = bases_.substr(static_cast<size_t>(start), static_cast<size_t>(length));
      lines.emplace_back(start, fmt::format("r{}\t0\tc\t{}\t60\t{}M\t*\t0\t0\t{}\t{}\n", i, start + 1, length, read,
                                            std::string(read.size(), 'I')));
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    {
      std::ofstream sam(folder_ / "reads.sam");
      sam << "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:c\tLN:" << kLength << "\n@RG\tID:a\tSM:s\n";
      for (const auto& line : lines) sam << line.second;
    }
    const std::string make = fmt::format("cd {} && samtools faidx ref.fa && samtools view -b -o reads.bam reads.sam && samtools index reads.bam",
                                         folder_.string());
    ASSERT_EQ(std::system(make.c_str()), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  formats::Alignments alignments() const { return {(folder_ / "reads.bam").string(), (folder_ / "ref.fa").string()}; }
  std::vector<std::string> fetched(const genome::Region& region) const {
    std::vector<std::string> names;
    alignments().for_each(region, kContigs, {}, [&names](genome::Read&& read) { names.push_back(read.name); });
    return names;
  }

  std::filesystem::path folder_;
  std::string bases_;
  std::vector<ReadsFile> files(float fraction = 0, int count = 1) const {
    std::vector<ReadsFile> out;
    for (int i = 0; i < count; ++i) out.push_back({alignments(), {fraction, pileup::kReadSeed}});
    return out;
  }
  static std::vector<std::string> names(const std::vector<genome::Read>& reads) {
    std::vector<std::string> out;
    for (const genome::Read& read : reads) out.push_back(read.name);
    return out;
  }
};

TEST_F(PartitionStream, HandsEveryPartitionWhatAQueryOfItWouldFind) {
  // Two calling regions with a gap: reads inside the gap belong to nobody.
  const auto all = shards({{0, 100, 3350}, {0, 5000, 7999}});
  ASSERT_EQ(all.size(), 1u);
  auto reads = files();
  StageClock clock;
  size_t partitions_seen = 0;
  for_each_partition(reads, kContigs, all[0], {}, clock,
                     [&](const genome::Region& partition, std::vector<genome::Read>& given) {
                       EXPECT_EQ(partition, all[0].partitions[partitions_seen++]);
                       EXPECT_EQ(names(given), fetched(partition));
                     });
  EXPECT_EQ(partitions_seen, all[0].partitions.size());
}

TEST_F(PartitionStream, SamplesOnlyWhatIsTooDeep) {
  const auto all = shards({{0, 0, kLength}});
  auto reads = files();
  StageClock clock;
  PartitionOptions options;
  options.max_reads = 150;
  size_t cut = 0;
  for_each_partition(reads, kContigs, all[0], options, clock,
                     [&](const genome::Region& partition, std::vector<genome::Read>& given) {
                       EXPECT_EQ(given.size(), std::min<size_t>(150, fetched(partition).size()));
                       cut += given.size() < fetched(partition).size();
                     });
  EXPECT_GT(cut, 0u) << "the test's reads are not deep enough";
}

TEST_F(PartitionStream, KeepsToADepthWhenAsked) {
  const auto all = shards({{0, 0, kLength}});
  auto reads = files();
  StageClock clock;
  PartitionOptions options;
  options.max_depth = 20;
  for_each_partition(reads, kContigs, all[0], options, clock, [&](const genome::Region& partition, std::vector<genome::Read>& given) {
    int64_t covered = 0;
    for (const genome::Read& read : given) covered += genome::overlap(partition, {0, read.start, read.end});
    EXPECT_LT(covered, (20 + 1) * partition.length()) << "one read may go beyond";
    EXPECT_LT(given.size(), fetched(partition).size());
  });
}

TEST_F(PartitionStream, DrawsForEachReadInEachPartitionAndGoesOnFromShardToShard) {
  const auto all = shards({{0, 0, kLength}});
  auto reads = files(0.5F);
  StageClock clock;
  PartitionOptions options;
  options.downsample_fraction = 0.5F;
  pileup::FractionSampler same(0.5F, pileup::kReadSeed);
  for (int round = 0; round < 2; ++round) {
    for_each_partition(reads, kContigs, all[0], options, clock, [&](const genome::Region& partition, std::vector<genome::Read>& given) {
      std::vector<std::string> expected = fetched(partition);
      std::erase_if(expected, [&same](const std::string&) { return !same.keep(); });
      EXPECT_EQ(names(given), expected);
    });
  }
}

TEST_F(PartitionStream, HandsOutTheReadsOfOneFileAfterThoseOfTheOther) {
  const auto all = shards({{0, 100, 3350}, {0, 5000, 7999}});
  auto reads = files(0, 2);
  StageClock clock;
  PartitionOptions options;
  options.max_reads = 0;
  std::set<std::string> seen;
  const int64_t taken = for_each_partition(reads, kContigs, all[0], options, clock, [&](const genome::Region& partition, std::vector<genome::Read>& given) {
    std::vector<std::string> expected = fetched(partition);
    seen.insert(expected.begin(), expected.end());
    const std::vector<std::string> once = expected;
    expected.insert(expected.end(), once.begin(), once.end());
    EXPECT_EQ(names(given), expected);
  });
  EXPECT_EQ(taken, 2 * std::ssize(seen));
}

TEST_F(PartitionStream, DrawsForTheReadsOfEachFileByItself) {
  const auto all = shards({{0, 0, kLength}});
  auto reads = files(0.5F, 2);
  StageClock clock;
  PartitionOptions options;
  options.max_reads = 0;
  options.downsample_fraction = 0.5F;
  for_each_partition(reads, kContigs, all[0], options, clock,
                     [&](const genome::Region&, std::vector<genome::Read>& given) {
                       const std::vector<std::string> both = names(given);
                       const auto half = both.begin() + std::ssize(both) / 2;
                       EXPECT_EQ(std::vector(both.begin(), half), std::vector(half, both.end())) << "equal files, equal draws";
                     });
}

}  // namespace
}  // namespace haploom::pipeline
