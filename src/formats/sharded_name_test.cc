#include "formats/sharded_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace haploom::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ShardedNameTest : public testing::Test {
 protected:
  ShardedNameTest() : folder_(std::filesystem::temp_directory_path() / ("haploom_shards_" + std::to_string(getpid()))) { std::filesystem::create_directories(folder_); }
  ~ShardedNameTest() override { std::filesystem::remove_all(folder_); }
  std::string make(const std::string& name) const {
    std::ofstream(folder_ / name) << "x";
    return path(name);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string failure(const std::string& name) {
    try {
      files_of_input(name);
    } catch (const Error& error) {
      return error.message();
    }
    ADD_FAILURE() << "files were found for " << name;
    return {};
  }
  std::filesystem::path folder_;
};

TEST_F(ShardedNameTest, TheShardTakesThePlaceOfTheNumberOfShards) {
  EXPECT_EQ(file_of_task("/tmp/examples.tfrecord@16.gz", 3), "/tmp/examples.tfrecord-00003-of-00016.gz");
  EXPECT_EQ(file_of_task("examples.tfrecord.gz@3", 0), "examples.tfrecord.gz-00000-of-00003");
  EXPECT_EQ(file_of_task("x@100000", 7), "x-000007-of-100000");
  EXPECT_EQ(file_of_task("a@b@2.tfrecord.gz", 1), "a@b-00001-of-00002.tfrecord.gz");
}

TEST_F(ShardedNameTest, ANameWithoutANumberOfShardsIsItsOnlyFile) {
  EXPECT_EQ(file_of_task("examples.tfrecord.gz", 0), "examples.tfrecord.gz");
  EXPECT_EQ(file_of_task("me@home/x.tfrecord", 0), "me@home/x.tfrecord");
  EXPECT_EQ(file_of_task("x@0.gz", 0), "x@0.gz");
}

TEST_F(ShardedNameTest, ATaskThatIsNoShardIsRefused) {
  EXPECT_THROW(file_of_task("x@3", 3), Error);
  EXPECT_THROW(file_of_task("x@3", -1), Error);
  EXPECT_THROW(file_of_task("x", 1), Error);
}

TEST_F(ShardedNameTest, AnInputNameFindsItsShardsInOrder) {
  const std::string second = make("x-00001-of-00002.tfrecord.gz");
  const std::string first = make("x-00000-of-00002.tfrecord.gz");
  make("x2-00000-of-00007.tfrecord.gz");
  EXPECT_THAT(files_of_input(path("x@2.tfrecord.gz")), ElementsAre(first, second));
  EXPECT_THAT(files_of_input(path("x.tfrecord.gz")), ElementsAre(first, second));
  EXPECT_THAT(files_of_input(path("x-?????" "-of-00002.tfrecord.gz")), ElementsAre(first, second));
  EXPECT_THAT(files_of_input(path("x-*-of-00002.tfrecord.gz")), ElementsAre(first, second));
  EXPECT_THAT(files_of_input(second), ElementsAre(second));
}

TEST_F(ShardedNameTest, ShardsThatAreMissingOrOfTwoCountsAreRefused) {
  make("x-00000-of-00003.gz");
  make("x-00002-of-00003.gz");
  EXPECT_THAT(failure(path("x@3.gz")), HasSubstr("shard 1 of 3 is missing"));
  EXPECT_THAT(failure(path("x.gz")), HasSubstr("shard 1 of 3 is missing"));
  make("x-00000-of-00001.gz");
  EXPECT_THAT(failure(path("x.gz")), HasSubstr("may mean"));
  EXPECT_THAT(failure(path("y.gz")), HasSubstr("no such file"));
}

}  // namespace
}  // namespace haploom::formats
