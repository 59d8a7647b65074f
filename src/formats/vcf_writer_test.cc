#include "formats/vcf_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <htslib/bgzf.h>
#include <htslib/hts_log.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "base/error.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;

std::string header(int64_t length = 1'000'000) {
  return fmt::format("##fileformat=VCFv4.2\n##contig=<ID=chr1,length={}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", length);
}

std::string record(int64_t position) { return fmt::format("chr1\t{}\t.\tA\tC\t30\tPASS\t.\n", position); }

class VcfWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_vcf_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  std::set<std::string> files() const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_)) out.insert(entry.path().filename());
    return out;
  }
  fs::path folder_;
};

using Names = std::set<std::string>;

std::string contents(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::string uncompressed(const std::string& path) {
  BGZF* in = bgzf_open(path.c_str(), "r");
  std::string out, piece(1 << 16, '\0');
  for (ssize_t n; in != nullptr && (n = bgzf_read(in, piece.data(), piece.size())) > 0;) out.append(piece, 0, static_cast<size_t>(n));
  if (in != nullptr && bgzf_check_EOF(in) != 1) out += "(no end block)";
  if (in != nullptr) bgzf_close(in);
  return out;
}

// Positions of the records that the index finds in chr1:first-last (1-based closed).
std::vector<int64_t> looked_up(const std::string& path, int64_t first, int64_t last) {
  std::vector<int64_t> out;
  htsFile* in = hts_open(path.c_str(), "r");
  tbx_t* index = tbx_index_load(path.c_str());
  if (in != nullptr && index != nullptr) {
    hts_itr_t* records = tbx_itr_queryi(index, tbx_name2id(index, "chr1"), first - 1, last);
    kstring_t line = {0, 0, nullptr};
    while (records != nullptr && tbx_itr_next(in, index, records, &line) >= 0) out.push_back(std::atoll(line.s + 5));
    ks_free(&line);
    hts_itr_destroy(records);
  }
  if (index != nullptr) tbx_destroy(index);
  if (in != nullptr) hts_close(in);
  return out;
}

}  // namespace

TEST_F(VcfWriterTest, WritesPlainTextUnderAPlainName) {
  VcfWriter vcf(at("o.vcf"), header());
  vcf.write(record(7));
  vcf.finish();
  EXPECT_EQ(contents(at("o.vcf")), header() + record(7));
  EXPECT_EQ(files(), Names{"o.vcf"});
}

TEST_F(VcfWriterTest, CompressesInBlocksAndIndexesUnderAGzName) {
  std::string expected = header();
  VcfWriter vcf(at("o.vcf.gz"), header());
  for (int64_t position = 10; position <= 200'000; position += 10) {
    vcf.write(record(position));
    expected += record(position);
  }
  EXPECT_FALSE(fs::exists(at("o.vcf.gz")));
  vcf.finish();
  EXPECT_EQ(uncompressed(at("o.vcf.gz")), expected);
  EXPECT_EQ(files(), (Names{"o.vcf.gz", "o.vcf.gz.tbi"}));
  EXPECT_EQ(looked_up(at("o.vcf.gz"), 150'001, 150'020), (std::vector<int64_t>{150'010, 150'020}));
}

TEST_F(VcfWriterTest, TakesBlocksThatOthersPackedBetweenLines) {
  VcfWriter vcf(at("o.vcf.gz"), header());
  std::string lines;
  vcf.write(record(7));
  for (int64_t position = 10; position <= 100'000; position += 10) lines += record(position);
  vcf.write_blocks(bgzip_blocks(lines));
  vcf.write_blocks(bgzip_blocks(""));
  vcf.write(record(200'000));
  vcf.finish(2);
  EXPECT_EQ(uncompressed(at("o.vcf.gz")), header() + record(7) + lines + record(200'000));
  EXPECT_EQ(looked_up(at("o.vcf.gz"), 50'001, 50'020), (std::vector<int64_t>{50'010, 50'020}));
}

TEST_F(VcfWriterTest, IndexesAFileWithoutRecords) {
  VcfWriter vcf(at("o.vcf.gz"), header());
  vcf.finish();
  EXPECT_EQ(uncompressed(at("o.vcf.gz")), header());
  tbx_t* index = tbx_index_load(at("o.vcf.gz").c_str());
  ASSERT_NE(index, nullptr);
  tbx_destroy(index);
}

TEST_F(VcfWriterTest, TakesACsiIndexForAContigThatIsTooLongForTbi) {
  std::ofstream(at("o.vcf.gz.tbi")) << "of an older run";
  VcfWriter vcf(at("o.vcf.gz"), header(600'000'000));
  vcf.write(record(5));
  vcf.write(record(590'000'000));
  vcf.finish();
  EXPECT_EQ(files(), (Names{"o.vcf.gz", "o.vcf.gz.csi"}));
  EXPECT_EQ(looked_up(at("o.vcf.gz"), 580'000'000, 600'000'000), (std::vector<int64_t>{590'000'000}));
}

TEST_F(VcfWriterTest, LeavesOldOutputAloneWhenItIsNotFinished) {
  std::ofstream(at("o.vcf.gz")) << "old";
  std::ofstream(at("o.vcf.gz.tbi")) << "old index";
  { VcfWriter(at("o.vcf.gz"), header()).write(record(1)); }
  EXPECT_EQ(files(), (Names{"o.vcf.gz", "o.vcf.gz.tbi"}));
  EXPECT_EQ(contents(at("o.vcf.gz")), "old");
  EXPECT_EQ(contents(at("o.vcf.gz.tbi")), "old index");
}

TEST_F(VcfWriterTest, KnowsAtTheStartThatTheOutputCannotBeWritten) {
  fs::create_directory(at("folder.vcf.gz"));
  fs::create_directory(at("x.vcf.gz.tbi"));
  for (const std::string& path : {at("missing/o.vcf.gz"), at("folder.vcf.gz"), at("x.vcf.gz")}) {
    try {
      VcfWriter vcf(path, header());
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kResource);
      EXPECT_EQ(error.reason(), Reason::kOutput);
      EXPECT_NE(error.message().find(path), std::string::npos) << error.message();
    }
  }
  EXPECT_EQ(files(), (Names{"folder.vcf.gz", "x.vcf.gz.tbi"}));
}

TEST_F(VcfWriterTest, TellsAFullDisk) {
  VcfWriter vcf("/dev/full", header());
  try {
    vcf.finish();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_NE(error.message().find("'/dev/full': No space left on device"), std::string::npos) << error.message();
  }
}

TEST_F(VcfWriterTest, LeavesNothingWhenTheDiskIsFullHalfway) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{50'000, 50'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::mt19937 random(3);
    try {
      VcfWriter vcf(at("o.vcf.gz"), header());
      for (int i = 0; i < 1'000'000; ++i) vcf.write(fmt::format("chr1\t{}\t{}\tA\tC\t30\tPASS\t.\n", i + 1, random()));
      vcf.finish();
    } catch (const Error& error) {
      ::_exit(error.message().find(std::strerror(EFBIG)) != std::string::npos ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files(), Names{});
}

TEST_F(VcfWriterTest, CallsUnsortedRecordsOurFault) {
  hts_set_log_level(HTS_LOG_OFF);
  VcfWriter vcf(at("o.vcf.gz"), header());
  vcf.write(record(9) + record(3));
  try {
    vcf.finish();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInternal);
  }
  EXPECT_EQ(files(), Names{});
}

}  // namespace haploom::formats
