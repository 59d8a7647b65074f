#include "shared_image/file_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using std::chrono::milliseconds;

class FileLockTest : public StoreTest {
 protected:
  std::string path() const { return scratch_ + "/x.lock"; }
};

TEST_F(FileLockTest, IsHeldByOneAndItsFileGoesWithIt) {
  {
    const auto first = FileLock::try_acquire(path(), milliseconds{0});
    ASSERT_TRUE(first);
    EXPECT_FALSE(FileLock::try_acquire(path(), milliseconds{0}));
    EXPECT_TRUE(std::filesystem::exists(path()));
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
  EXPECT_TRUE(FileLock::try_acquire(path(), milliseconds{0}));
}

TEST_F(FileLockTest, FileOfAKilledHolderIsTakenUp) {
  const Gate held;
  Job holder([&] {
    const auto lock = FileLock::try_acquire(path(), milliseconds{0});
    held.open();
    ::pause();
  });
  held.wait();
  EXPECT_FALSE(FileLock::try_acquire(path(), milliseconds{0}));
  holder.kill(SIGKILL);
  holder.result();
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_TRUE(FileLock::try_acquire(path(), milliseconds{0}));
}

TEST_F(FileLockTest, IsFreeAgainAlthoughAForkedChildHasTheDescriptor) {
  const Gate held, released, end;
  auto lock = std::make_unique<FileLock>(*FileLock::try_acquire(path(), milliseconds{0}));
  Job child([&] { end.wait(); });
  lock.reset();
  EXPECT_TRUE(FileLock::try_acquire(path(), milliseconds{0}));
  end.open();
  EXPECT_EQ(child.result(), 0);
}

TEST_F(FileLockTest, IsHeldByOneAtATimeWhileItsFileComesAndGoes) {
  std::atomic<int> inside{0}, most{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 1000; ++round) {
          const auto lock = FileLock::try_acquire(path(), milliseconds{0});  // busy: the next round
          if (!lock) continue;
          const int now = ++inside;
          if (now > most) most = now;
          --inside;
        }
      });
  }
  EXPECT_EQ(most, 1);
}

// The lock file goes, and another takes its place, between opening and locking.
TEST_F(FileLockTest, OnARemovedFileIsNoLock) {
  auto lock = std::make_unique<FileLock>(*FileLock::try_acquire(path(), milliseconds{0}));
  Job other([&] {
    ::setenv("HAPLOOM_STOP_POINT", "lock_opened", 1);
    check(!FileLock::try_acquire(path(), milliseconds{0}), "the lock is held on the new file");
  });
  other.wait_until_stopped();
  lock.reset();
  const auto again = FileLock::try_acquire(path(), milliseconds{0});
  ASSERT_TRUE(again);
  other.kill(SIGCONT);
  EXPECT_EQ(other.result(), 0);
}

}  // namespace
}  // namespace haploom::shared_image
