// Who may use an object and what outlives a crash of the node: other users, groups, private memory, earlier boots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared_image/gbz_source.h"
#include "shared_image/object_file.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using testing::HasSubstr;

class StoreSharing : public StoreTest {
 protected:
  static constexpr uid_t kOther = 4711;
  static constexpr gid_t kGroup = 4712;

  // Everything as another user who is in the group and may look into the scratch folder.
  static void become(uid_t user) { check(::setgid(kGroup) == 0 && ::setuid(user) == 0, "root becomes another user"); }
  void open_scratch() const {
    std::filesystem::permissions(scratch_, std::filesystem::perms(0755));
    std::filesystem::permissions(options_.directory, std::filesystem::perms(01777));
  }
  mode_t mode(const std::string& name) const {
    struct stat status {};
    check(::stat(place(name).object.c_str(), &status) == 0, "the object is there");
    return status.st_mode & 07777;
  }
};

TEST_F(StoreSharing, AGroupReadsAndNobodyElse) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  open_scratch();
  options_.group = kGroup;
  load("a", Policy::kKept);
  EXPECT_EQ(mode("a") & 0777, 0440U);
  load("a", Policy::kKept);
  EXPECT_EQ(mode("a") & 0777, 0440U) << "being marked as kept takes no rights away";
  options_.group.reset();
  options_.owner = 0;
  const auto attaches = [&] { check(holds(store().attach_or_load({"a"}, Policy::kTransient, source(1)), 1), "the member sees the image"); };
  EXPECT_EQ(Job([&] { become(kOther); attaches(); }).result(), 0);
  EXPECT_EQ(Job([&] { check(::setgid(99) == 0 && ::setuid(kOther) == 0, "no member"); attaches(); }).result(), 10);
  EXPECT_TRUE(attach("a")) << "the other user's leaving removed nothing";
}

TEST_F(StoreSharing, AnothersObjectIsNeitherMadeNorRemoved) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  open_scratch();
  StoreOptions mine = options_;
  options_.owner = 0;
  EXPECT_EQ(Job([&] { become(kOther); load("a"); }).result(), static_cast<int>(Reason::kImageAbsent));
  EXPECT_TRUE(files().empty());
  mine.group = kGroup;
  std::optional<Lease> transient = Store(mine).attach_or_load({"a"}, Policy::kTransient, source(1));
  EXPECT_EQ(Job([&] { become(kOther); load("a", Policy::kKept); }).result(), 0);
  EXPECT_EQ(transient->policy(), Policy::kTransient) << "another user cannot keep it";
  transient.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreSharing, EqualNamesOfTwoUsersAreTwoObjects) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  open_scratch();
  const Lease mine = load("a", Policy::kTransient, 1);
  EXPECT_EQ(Job([&] {
              become(kOther);
              Store::Source theirs_source = source(2);
              theirs_source.measure = [] { return kImageBytes; };  // the count of loads is in a file of ours
              const Lease theirs = store().attach_or_load({"a"}, Policy::kTransient, theirs_source);
              check(theirs.loaded_here() && holds(theirs, 2), "each user has an object of their own");
            }).result(),
            0);
  EXPECT_TRUE(holds(mine, 1));
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(StoreSharing, OwnCopyIsTheSameImageAndLeavesNoTrace) {
  Lease lease = Store::own_copy({"a"}, Policy::kTransient, source(1), options_);
  EXPECT_TRUE(holds(lease, 1));
  EXPECT_FALSE(lease.shared());
  EXPECT_TRUE(lease.loaded_here());
  lease.verify();
  EXPECT_TRUE(files().empty());
  lease.leave();
}

TEST_F(StoreSharing, OwnCopyKeepsToTheCeiling) {
  options_.ceiling_bytes = kImageBytes - 1;
  EXPECT_EQ(reason_of([&] { Store::own_copy({"a"}, Policy::kTransient, source(1), options_); }), static_cast<int>(Reason::kNoSpace));
}

TEST_F(StoreSharing, ObjectOfAnEarlierBootIsUsedWhenEveryByteIsThere) {
  load("a", Policy::kKept);
  make_old("a");
  const Lease lease = load("a");
  EXPECT_FALSE(lease.loaded_here());
  EXPECT_TRUE(holds(lease, 1));
}

TEST_F(StoreSharing, ObjectThatACrashOfTheNodeDamagedIsMadeAgain) {
  for (const bool cut : {false, true}) {
    load("a", Policy::kKept);
    make_old("a");
    if (cut)
      cut_off("a", kPageBytes + kImageBytes / 2);
    else
      overwrite("a", kPageBytes + kImageBytes - 100);
    const Lease lease = load("a", Policy::kKept);
    EXPECT_TRUE(lease.loaded_here()) << (cut ? "cut" : "overwritten");
    EXPECT_TRUE(holds(lease, 1));
    store().unload("a", true);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreSharing, ObjectOfThisBootThatIsCutIsAnErrorAndStays) {
  load("a", Policy::kKept);
  cut_off("a", kPageBytes + 1);
  EXPECT_EQ(reason_of([&] { load("a"); }), static_cast<int>(Reason::kSize));
  EXPECT_TRUE(std::filesystem::exists(place("a").object));
}

TEST_F(StoreSharing, KeepingWhatIsHeldPrivatelyIsAUsageError) {
  HoldOptions options;
  options.placement.backing = Backing::kPrivate;
  EXPECT_THAT(error_text_of([&] { attach_or_load_gbz("/absent.gbz", std::nullopt, Policy::kKept, options); }), HasSubstr("[shared_image/2]"));
}

}  // namespace
}  // namespace haploom::shared_image
