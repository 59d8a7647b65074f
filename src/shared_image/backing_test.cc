#include "shared_image/backing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"

namespace haploom::shared_image {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BackingTest : public testing::Test {
 protected:
  void SetUp() override { ::setenv("TMPDIR", "/var/tmp", 1); }
  void TearDown() override { ::unsetenv("TMPDIR"); }
};

TEST_F(BackingTest, AutoLooksInMemoryThenOnTheDiskAndThenStaysPrivate) {
  EXPECT_THAT(store_directories({}), ElementsAre("/dev/shm", "/var/tmp"));
  EXPECT_TRUE(may_stay_private({}));
  ::unsetenv("TMPDIR");
  EXPECT_THAT(store_directories({}), ElementsAre("/dev/shm", "/tmp"));
}

TEST_F(BackingTest, TheCommandOfARemedyNamesADirectoryThatItWouldNotLookInto) {
  EXPECT_EQ(unload_command("x", "/dev/shm"), "haploom gbz unload 'x'");
  EXPECT_EQ(unload_command("x", "/var/tmp", "--force"), "haploom gbz unload 'x' --force");
  EXPECT_EQ(unload_command("x", "/scratch/me", "--force"), "haploom gbz unload 'x' --force --gbz_store_dir '/scratch/me'");
}

TEST_F(BackingTest, AGivenDirectoryIsTheOnlyOne) {
  EXPECT_THAT(store_directories({Backing::kAuto, "/scratch"}), ElementsAre("/scratch"));
  EXPECT_FALSE(may_stay_private({Backing::kAuto, "/scratch"}));
}

TEST_F(BackingTest, AChosenBackingHasOnePlaceOrNone) {
  EXPECT_THAT(store_directories({Backing::kShm}), ElementsAre("/dev/shm"));
  EXPECT_THAT(store_directories({Backing::kFile}), ElementsAre("/var/tmp"));
  EXPECT_THAT(store_directories({Backing::kFile, "/scratch"}), ElementsAre("/scratch"));
  EXPECT_THAT(store_directories({Backing::kPrivate}), IsEmpty());
  EXPECT_FALSE(may_stay_private({Backing::kShm}));
}

TEST_F(BackingTest, SharedMemoryInAnotherDirectoryIsAUsageError) {
  try {
    store_directories({Backing::kShm, "/scratch"});
    FAIL() << "it was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kUsage);
  }
}

TEST_F(BackingTest, ThisNodesOwnFileSystemsAreNoNetwork) {
  EXPECT_FALSE(network_file_system("/proc"));
  EXPECT_FALSE(network_file_system("/dev/shm"));
  EXPECT_FALSE(network_file_system("/absent"));
}

}  // namespace
}  // namespace haploom::shared_image
