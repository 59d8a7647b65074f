#include "formats/tfrecord.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "base/shared_data_test.h"
#include "formats/crc32c.h"

namespace haploom::formats {
namespace {

using testing::HasSubstr;

class TfRecord : public testing::Test {
 protected:
  TfRecord() : folder_(std::filesystem::temp_directory_path() / ("haploom_tfrecord_" + std::to_string(getpid()))) { std::filesystem::create_directories(folder_); }
  ~TfRecord() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string written(const std::string& name, const std::vector<std::string>& records) const {
    RecordWriter writer(path(name));
    for (const std::string& record : records) writer.write(record);
    EXPECT_EQ(writer.records(), records.size());
    writer.finish();
    return path(name);
  }
  static std::vector<std::string> all(const std::string& file) {
    RecordReader reader(file);
    std::vector<std::string> out;
    while (const auto record = reader.next()) out.emplace_back(*record);
    return out;
  }
  static std::string failure(const std::string& file) {
    try {
      all(file);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kRecord);
      return error.message();
    }
    ADD_FAILURE() << "it was read to its end";
    return {};
  }
  static std::string bytes(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  static void put(const std::string& file, const std::string& content) { std::ofstream(file, std::ios::binary) << content; }

  std::filesystem::path folder_;
};

std::vector<std::string> records_of_all_lengths() {
  std::mt19937 random(11);
  std::vector<std::string> out;
  for (const size_t length : {0, 1, 7, 8, 9, 4096, 300'000, 1'000'000}) {
    out.emplace_back(length, '\0');
    for (char& byte : out.back()) byte = static_cast<char>(random() % 4);
  }
  return out;
}

TEST_F(TfRecord, GivesBackWhatWasWrittenPlainAndGzipped) {
  const auto records = records_of_all_lengths();
  for (const char* name : {"x.tfrecord", "x.tfrecord.gz", "x.tfrecord.gz-00000-of-00002", "x.tfrecord-00000-of-00002.gz"}) {
    const std::string file = written(name, records);
    EXPECT_EQ(all(file), records) << name;
    EXPECT_EQ(bytes(file).starts_with("\x1f\x8b"), gzipped_by_name(name)) << name;
  }
  EXPECT_FALSE(gzipped_by_name("/data.gz/x.tfrecord"));
}

TEST_F(TfRecord, AFileWithoutRecordsIsReadAsSuch) {
  EXPECT_TRUE(all(written("none.tfrecord.gz", {})).empty());
  EXPECT_TRUE(all(written("none.tfrecord", {})).empty());
}

TEST_F(TfRecord, HoldsTheBytesThatTensorflowWrites) {
  const std::string file = written("x.tfrecord", {"abc"});
  EXPECT_EQ(bytes(file), std::string("\x03\0\0\0\0\0\0\0\xb0\x99\x49\x0e" "abc" "\x6e\x57\xf1\x21", 19));
}

TEST_F(TfRecord, APlainFirstRecordWithGzipsMagicAsItsLengthIsPlain) {
  const std::string record(0x088b1f, 'x');
  EXPECT_EQ(all(written("x.tfrecord", {record, "y"})), (std::vector<std::string>{record, "y"}));
}

TEST_F(TfRecord, GzipMembersAreReadOneAfterTheOther) {
  const std::string joined = bytes(written("a.gz", {"one", "two"})) + bytes(written("b.gz", {"three"}));
  put(path("joined.gz"), joined);
  EXPECT_EQ(all(path("joined.gz")), (std::vector<std::string>{"one", "two", "three"}));
}

TEST_F(TfRecord, NothingStandsUnderTheNameBeforeItIsFinished) {
  {
    RecordWriter writer(path("x.tfrecord"));
    writer.write("abc");
  }
  EXPECT_FALSE(std::filesystem::exists(path("x.tfrecord")));
}

TEST_F(TfRecord, ALengthThatProtobufCannotHoldIsRefusedAsSuch) {
  std::string header("\0\0\0\x80\0\0\0\0", 8);
  const uint32_t checksum = masked_crc32c(header);
  header.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  put(path("long.tfrecord"), header);
  EXPECT_THAT(failure(path("long.tfrecord")), HasSubstr("says to be 2147483648 bytes long"));
}

TEST_F(TfRecord, WithTooManyFilesOpenTheLimitIsNamed) {
  const std::string file = written("x.tfrecord", {"abc"});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::string said;
  try {
    RecordReader reader(file);
  } catch (const Error& error) {
    said = error.text();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_THAT(said, HasSubstr("ulimit -n"));
}

TEST_F(TfRecord, EveryFlippedBitIsFound) {
  const std::string whole = bytes(written("x.tfrecord", {"first", "second"}));
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    put(path("y.tfrecord"), damaged);
    const bool in_first = i < 12 + 5 + 4;
    EXPECT_THAT(failure(path("y.tfrecord")), HasSubstr(in_first ? "record 1 at byte 0" : "record 2 at byte 21")) << i;
  }
}

TEST_F(TfRecord, EveryCutIsFoundPlainAndGzipped) {
  for (const char* name : {"x.tfrecord", "x.tfrecord.gz"}) {
    const std::string whole = bytes(written(name, {"first", "second"}));
    for (size_t length = 1; length < whole.size(); ++length) {
      if (length == 21 && name == std::string("x.tfrecord")) continue;  // between two records: nothing tells
      put(path("cut.tfrecord"), whole.substr(0, length));
      failure(path("cut.tfrecord"));
    }
  }
}

TEST_F(TfRecord, AMissingFileAndOtherFilesAreRefusedByName) {
  EXPECT_THAT(failure(path("none.tfrecord")), HasSubstr("cannot open"));
  put(path("text"), "this is no record file at all\n");
  EXPECT_THAT(failure(path("text")), HasSubstr("no TFRecord file"));
}

TEST_F(TfRecord, ReadsWhatDeepVariantWrote) {
  const auto goldens = base::shared_data() / "dv_goldens";
  if (!std::filesystem::exists(goldens)) GTEST_SKIP() << "no shared data beside the checkout";
  EXPECT_EQ(all((goldens / "candidates/golden.calling_candidates.tfrecord.gz").string()).size(), 78U);
  EXPECT_EQ(all((goldens / "postprocess/golden.postprocess_gvcf_input.tfrecord.gz-00001-of-00003").string()).size(), 75U);
  EXPECT_TRUE(all((goldens / "postprocess/golden.postprocess_empty_input-00000-of-00001.tfrecord.gz").string()).empty());
}

}  // namespace
}  // namespace haploom::formats
