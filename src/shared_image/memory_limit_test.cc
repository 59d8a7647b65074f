#include "shared_image/memory_limit.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"

namespace haploom::shared_image {
namespace {

namespace fs = std::filesystem;

// A false root folder with the few files of /proc and /sys that are asked.
class FakeNode : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "/memory_limit_XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    root_ = folder;
    write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 900000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  fs::path root_;
};

TEST_F(FakeNode, WithoutGroupsTheNodeIsTheLimit) {
  const auto room = memory_room(root_);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->left, 900'000U * 1024);
  EXPECT_EQ(room->whose, "this node");
}

TEST_F(FakeNode, V2ParentIsTighterThanItsChild) {
  write("proc/self/cgroup", "0::/slurm/job_7/step\n");
  write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
  write("sys/fs/cgroup/slurm/job_7/step/memory.max", "max\n");
  write("sys/fs/cgroup/slurm/job_7/step/memory.current", "5\n");
  write("sys/fs/cgroup/slurm/job_7/memory.max", "41943040\n");
  write("sys/fs/cgroup/slurm/job_7/memory.current", "2097152\n");
  write("sys/fs/cgroup/slurm/job_7/memory.stat", "anon 1048576\nactive_file 524288\ninactive_file 524288\n");
  const auto room = memory_room(root_);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->limit, 41943040U);
  EXPECT_EQ(room->left, 41943040U - 1048576U) << "page cache counts as free";
  EXPECT_NE(room->whose.find("/slurm/job_7"), std::string::npos);
}

TEST_F(FakeNode, V1HierarchyWithTheMountRootOfAContainer) {
  write("proc/self/cgroup", "5:cpu:/docker/abc\n4:memory:/docker/abc\n0::/\n");
  write("proc/self/mountinfo",
        "30 23 0:26 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "31 23 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "64000000\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", "60000000\n");
  write("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 1000000\n");
  const auto room = memory_room(root_);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->left, 5'000'000U);
}

TEST_F(FakeNode, V1WithoutALimitIsNone) {
  write("proc/self/cgroup", "4:memory:/a\n");
  write("proc/self/mountinfo", "31 23 0:27 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "60000000\n");
  EXPECT_EQ(memory_room(root_)->whose, "this node");
}

TEST_F(FakeNode, UsageOverTheLimitLeavesNothing) {
  write("proc/self/cgroup", "0::/a\n");
  write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  write("sys/fs/cgroup/a/memory.max", "100\n");
  write("sys/fs/cgroup/a/memory.current", "200\n");
  EXPECT_EQ(memory_room(root_)->left, 0U);
}

TEST(MemoryLimit, RefusalNamesTheFiguresAndTheRemedy) {
  try {
    require_memory(64'000'000, MemoryRoom{30'000'000, 40'000'000, "this job"});
    FAIL() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kMemoryLimit);
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_NE(error.message().find("40.0 MB"), std::string::npos);
    EXPECT_NE(error.message().find("64.0 MB"), std::string::npos);
    EXPECT_NE(error.text().find("--mem"), std::string::npos);
  }
  require_memory(30'000'000, MemoryRoom{30'000'000, 40'000'000, "this job"});
  require_memory(64'000'000, std::nullopt);
}

TEST(MemoryLimit, KnowsFileSystemsThatLiveInMemory) {
  EXPECT_TRUE(lives_in_memory("/dev/shm"));
  EXPECT_FALSE(lives_in_memory("/proc"));
}

}  // namespace
}  // namespace haploom::shared_image
