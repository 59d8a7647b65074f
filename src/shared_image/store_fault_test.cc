// What may lie under an object's name, and stores without room: always an error with its reason, never a crash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

#include <chrono>
#include <cstring>
#include <optional>
#include <thread>

#include "shared_image/file_lock.h"
#include "shared_image/memory_limit.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class StoreFault : public StoreTest {
 protected:
  std::vector<char> good_object() {
    load("a", Policy::kKept).leave();
    std::ifstream file(place("a").object, std::ios::binary);
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    store().unload("a", false);
    return bytes;
  }
  // Puts bytes under the name "a" as an object of ours would lie there.
  void plant(const std::vector<char>& bytes, mode_t mode = 0400) {
    const std::string path = place("a").object;
    std::filesystem::remove(path);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ASSERT_EQ(::fchmod(file, mode), 0);
    ::close(file);
  }
  int attaching() const {
    return reason_of([&] { check(attach("a").has_value(), "something is there"); });
  }
};

TEST_F(StoreFault, PlantedGoodObjectAttaches) {
  plant(good_object());
  EXPECT_EQ(attaching(), 0) << "or the other tests of this file show nothing";
}

TEST_F(StoreFault, ShortOrLongObjectIsReason13) {
  const std::vector<char> good = good_object();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{4097}, good.size() - 1, good.size() + 1}) {
    std::vector<char> bytes = good;
    bytes.resize(size);
    plant(bytes);
    EXPECT_EQ(attaching(), 13) << size;
  }
  EXPECT_EQ(reason_of([&] { load("a"); }), 13) << "and it is not overwritten";
  store().unload("a", false);
}

TEST_F(StoreFault, GarbageOfTheRightSizeIsReason14) {
  std::vector<char> bytes = good_object();
  plant(std::vector<char>(bytes.size(), '\0'));
  EXPECT_EQ(attaching(), 14);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7919 >> 3);
  plant(bytes);
  EXPECT_EQ(attaching(), 14);
}

TEST_F(StoreFault, BitFlipInAnyByteOfTheHeaderIsRefused) {
  std::vector<char> bytes = good_object();
  for (size_t at = 0; at < kPageBytes; ++at) {
    bytes[at] ^= static_cast<char>(1 << at % 8);
    plant(bytes);
    ASSERT_THAT(attaching(), AnyOf(13, 14)) << "byte " << at;
    bytes[at] ^= static_cast<char>(1 << at % 8);
  }
}

TEST_F(StoreFault, SealedHeaderThatLiesAboutItsSectionsIsRefused) {
  const std::vector<char> good = good_object();
  const auto plant_changed = [&](const std::function<void(ObjectHeader&)>& change) {
    ObjectHeader header;
    std::memcpy(&header, good.data(), sizeof header);
    change(header);
    seal(header);
    std::vector<char> bytes = good;
    std::memcpy(bytes.data(), &header, sizeof header);
    plant(bytes);
    return attaching();
  };
  EXPECT_EQ(plant_changed([](ObjectHeader&) {}), 0);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.sections[0].length += 1; }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.sections[0].length = ~uint64_t{0}; }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.sections[0].offset = 0; }), 14) << "overlaps the header";
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.sections[0].offset += 64; }), 14) << "not aligned";
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.section_count = 17; }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.total_bytes += 1; }), 13);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.layout += 1; }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.version.set("0.0.1"); }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.byte_order = 0x04030201; }), 14);
  EXPECT_EQ(plant_changed([](ObjectHeader& header) { header.state = 0; }), 15);
}

TEST_F(StoreFault, OtherReleaseIsToldHowToGoOn) {
  std::vector<char> bytes = good_object();
  ObjectHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.version.set("0.0.1");
  seal(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  plant(bytes);
  const std::string text = error_text_of([&] { load("a"); });
  EXPECT_THAT(text, HasSubstr("another release (0.0.1"));
  EXPECT_THAT(text, HasSubstr("unload"));
}

TEST_F(StoreFault, FlippedPayloadIsFoundWhenAskedAndAfterAReboot) {
  std::vector<char> bytes = good_object();
  bytes[kPageBytes + 777] ^= 4;
  plant(bytes);
  EXPECT_EQ(attaching(), 0);
  EXPECT_EQ(reason_of([&] { store().inspect("a", false); }), 0);
  EXPECT_EQ(reason_of([&] { store().inspect("a", true); }), 40);

  ObjectHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.boot_id.set("00000000-0000-0000-0000-000000000000");
  seal(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  plant(bytes);
  EXPECT_FALSE(attach("a")) << "what a crash damaged is as if it were absent";
  EXPECT_EQ(reason_of([&] { store().inspect("a", true); }), 40);
  bytes[kPageBytes + 777] ^= 4;
  plant(bytes);
  EXPECT_EQ(attaching(), 0);
}

TEST_F(StoreFault, LinkFifoAndDirectoryUnderTheNameAreRefusedAndUntouched) {
  const std::string path = place("a").object;
  std::ofstream(scratch_ + "/target") << "precious";
  std::filesystem::create_symlink(scratch_ + "/target", path);
  EXPECT_EQ(attaching(), 10);
  EXPECT_EQ(reason_of([&] { load("a"); }), 10);
  EXPECT_EQ(reason_of([&] { store().unload("a", true); }), 11);
  EXPECT_EQ(std::filesystem::file_size(scratch_ + "/target"), 8U);
  std::filesystem::remove(path);

  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(attaching(), 11);
  std::filesystem::remove(path);

  std::filesystem::create_directory(path);
  EXPECT_EQ(attaching(), 11);
  EXPECT_EQ(reason_of([&] { load("a"); }), 11);
  EXPECT_EQ(store().list().at(0).name, "a") << "and listed with its problem";
}

TEST_F(StoreFault, DeviceUnderTheNameIsRefusedAndUntouched) {
  const std::string path = place("a").object;
  if (::mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0) GTEST_SKIP() << "needs the right to make a device";
  EXPECT_THAT(attaching(), AnyOf(10, 11)) << "10 where devices are shut off (nodev)";
  EXPECT_THAT(reason_of([&] { load("a"); }), AnyOf(10, 11));
  EXPECT_EQ(reason_of([&] { store().unload("a", true); }), 11);
  EXPECT_TRUE(std::filesystem::is_character_file(path));
}

TEST_F(StoreFault, LinkOrFifoUnderTheLockNameIsRefused) {
  std::filesystem::create_symlink(scratch_ + "/target", place("a").lock);
  EXPECT_EQ(reason_of([&] { load("a"); }), 11);
  std::filesystem::remove(place("a").lock);
  ASSERT_EQ(::mkfifo(place("a").lock.c_str(), 0600), 0);
  EXPECT_EQ(reason_of([&] { load("a"); }), 11);
}

TEST_F(StoreFault, ObjectThatOthersMayWriteIsReason12) {
  const std::vector<char> good = good_object();
  for (const mode_t mode : {0460, 0402, 0666}) {
    plant(good, mode);
    EXPECT_EQ(attaching(), 12) << std::oct << mode;
  }
  store().unload("a", false);
}

TEST_F(StoreFault, ObjectOrLockOfAnotherUserIsReason12) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  plant(good_object());
  ASSERT_EQ(::chown(place("a").object.c_str(), 12345, 12345), 0);
  EXPECT_EQ(attaching(), 12);
  EXPECT_EQ(reason_of([&] { store().unload("a", true); }), 12);
  std::filesystem::remove(place("a").object);
  std::ofstream(place("a").lock) << "";
  ASSERT_EQ(::chown(place("a").lock.c_str(), 12345, 12345), 0);
  EXPECT_EQ(reason_of([&] { load("a"); }), 12);
  std::filesystem::remove(place("a").lock);
  std::ofstream(place("a").allocation_lock) << "";
  ASSERT_EQ(::chown(place("a").allocation_lock.c_str(), 12345, 12345), 0);
  EXPECT_EQ(reason_of([&] { load("a"); }), 12);
}

TEST_F(StoreFault, UnreadableObjectNamesItsOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  ASSERT_EQ(::chmod(scratch_.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(options_.directory.c_str(), 01777), 0);
  const std::vector<char> good = good_object();
  const std::string theirs = options_.directory + "/haploom.12345.a";
  plant(good);
  std::filesystem::rename(place("a").object, theirs);
  Job user([&] {
    check(::setgid(12345) == 0 && ::setuid(12345) == 0, "another user");
    const std::string text = error_text_of([&] { attach("a"); });
    check(text.find("shared_image/10") != std::string::npos && text.find("root") != std::string::npos, "refused, with the owner's name");
  });
  EXPECT_EQ(user.result(), 0);
}

TEST_F(StoreFault, TwoUsersWithOneNameAtOnceHaveAnObjectEach) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  ASSERT_EQ(::chmod(scratch_.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(options_.directory.c_str(), 01777), 0);
  const Gate attached, leave;
  std::vector<Job> jobs;
  for (const uid_t user : {0U, 12345U})
    jobs.emplace_back([&, user] {
      if (user != 0) check(::setgid(user) == 0 && ::setuid(user) == 0, "another user");
      Store::Source quiet = source(user == 0 ? 1 : 2);
      quiet.measure = [] { return kImageBytes; };
      const Lease lease = store().attach_or_load({"a"}, Policy::kTransient, quiet);
      attached.open();
      leave.wait();
      check(lease.loaded_here() && holds(lease, user == 0 ? 1 : 2), "each has its own");
    });
  for (size_t i = 0; i < jobs.size(); ++i) attached.wait();
  EXPECT_EQ(files(), (std::vector<std::string>{"haploom.0.a", "haploom.12345.a"}));
  for (size_t i = 0; i < jobs.size(); ++i) leave.open();
  for (Job& job : jobs) EXPECT_EQ(job.result(), 0);
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreFault, StoreDirectoryThatIsNoneIsReason18) {
  for (const std::string& directory : {scratch_ + "/nowhere", scratch_ + "/file"}) {
    std::ofstream(scratch_ + "/file") << "x";
    options_.directory = directory;
    const std::string text = error_text_of([&] { load("a"); });
    EXPECT_THAT(text, HasSubstr("shared_image/18"));
    EXPECT_THAT(text, HasSubstr(directory));
  }
}

TEST_F(StoreFault, ReadOnlyStoreDirectoryIsReason18ButServesWhatItHas) {
  if (::geteuid() == 0) {  // as another user, since root may write anywhere
    ASSERT_EQ(::chmod(scratch_.c_str(), 0755), 0);
    ASSERT_EQ(::chown(options_.directory.c_str(), 12345, 12345), 0);
    ASSERT_EQ(::mkdir((scratch_ + "/counts").c_str(), 0777), 0);
  }
  Job user([&] {
    if (::geteuid() == 0) check(::setgid(12345) == 0 && ::setuid(12345) == 0, "another user");
    Store::Source quiet = source(1);
    quiet.measure = [] { return kImageBytes; };
    store().attach_or_load({"a"}, Policy::kKept, quiet).leave();
    check(::chmod(options_.directory.c_str(), 0500) == 0, "read-only");
    check(holds(*attach("a"), 1), "what is there is served");
    const int reason = reason_of([&] { store().attach_or_load({"b"}, Policy::kKept, quiet); });
    check(::chmod(options_.directory.c_str(), 0700) == 0, "writable again");
    check(reason == 18, "reason 18");
  });
  EXPECT_EQ(user.result(), 0);
}

// A tmpfs of a few MiB as the store.
class SmallStore : public StoreFault {
 protected:
  void SetUp() override {
    StoreFault::SetUp();
    mount("size=1m,nr_inodes=40,mode=700");
  }
  void mount(const char* how) {
    if (mounted_) ::umount2(options_.directory.c_str(), MNT_DETACH);
    mounted_ = ::mount("none", options_.directory.c_str(), "tmpfs", 0, how) == 0;
    if (!mounted_) GTEST_SKIP() << "needs the right to mount a tmpfs";
  }
  void TearDown() override {
    if (mounted_) ::umount2(options_.directory.c_str(), MNT_DETACH);
    StoreFault::TearDown();
  }
  Store::Source large(uint64_t bytes) const {
    Store::Source made = source(1);
    made.measure = [bytes] { return bytes; };
    made.fill = [](std::span<std::byte>) {};
    return made;
  }
  bool mounted_ = false;
};

TEST_F(SmallStore, TooSmallIsReason20WithFiguresAndRemedies) {
  const std::string text = error_text_of([&] { store().attach_or_load({"a"}, Policy::kKept, large(2'000'000)); });
  EXPECT_THAT(text, HasSubstr("shared_image/20"));
  EXPECT_THAT(text, HasSubstr("2.0 MB"));
  EXPECT_THAT(text, HasSubstr("1.0 MB are free"));
  EXPECT_THAT(text, HasSubstr("--shm-size"));
  EXPECT_THAT(text, HasSubstr("--gbz_store_dir"));
  EXPECT_TRUE(files().empty());
}

TEST_F(SmallStore, FilledByAnotherProgramBetweenCheckAndReservingIsReason20AndLeavesNothing) {
  for (const Publication publication : {Publication::kUnnamed, Publication::kNamed}) {
    options_.publication = publication;
    Job job([&] {
      ::setenv("HAPLOOM_STOP_POINT", "before_create", 1);
      store().attach_or_load({"a"}, Policy::kKept, large(800'000));
    });
    job.wait_until_stopped();
    std::ofstream(options_.directory + "/other") << std::string(600'000, 'x');
    job.kill(SIGCONT);
    EXPECT_EQ(job.result(), 20);
    EXPECT_EQ(files(), std::vector<std::string>{"other"});
    std::filesystem::remove(options_.directory + "/other");
    store().attach_or_load({"a"}, Policy::kTransient, large(800'000)).leave();
    EXPECT_TRUE(files().empty());
  }
}

TEST_F(SmallStore, MemoryOfAnObjectThatWasForcedOutIsFreeWhenItsLastUserLeaves) {
  const auto fits = [&] { return reason_of([&] { store().attach_or_load({"b"}, Policy::kTransient, large(500'000)).leave(); }); };
  std::optional<Lease> old = store().attach_or_load({"a"}, Policy::kTransient, large(700'000));
  store().unload("a", true);
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(fits(), 20) << "its user still has it";
  old.reset();
  EXPECT_EQ(fits(), 0);
}

TEST_F(SmallStore, WithoutInodesIsReason20) {
  for (int i = 0; std::ofstream(options_.directory + "/other" + std::to_string(i)); ++i) ASSERT_LT(i, 100);
  EXPECT_EQ(reason_of([&] { load("a"); }), 20);
}

TEST_F(SmallStore, WithoutAnInodeForTheImageItSaysWhatTheImageNeeds) {
  int made = 0;
  while (std::ofstream(options_.directory + "/other" + std::to_string(made))) ASSERT_LT(++made, 100);
  for (int lock = 0; lock < 2; ++lock) std::filesystem::remove(options_.directory + "/other" + std::to_string(--made));
  const std::string text = error_text_of([&] { load("a"); });
  EXPECT_THAT(text, HasSubstr("shared_image/20"));
  EXPECT_THAT(text, HasSubstr("needs 104.1 kB"));
}

// The memory of a node as memory_limit.h reads it.
void write_free_memory(const std::string& root, uint64_t kilobytes) {
  std::filesystem::create_directories(root + "/proc");
  std::ofstream(root + "/proc/meminfo") << "MemTotal: 1000000 kB\nMemAvailable: " << kilobytes << " kB\n";
}

TEST_F(SmallStore, MemoryThatAnotherLoadTookMeanwhileIsReason21) {
  options_.system_root = scratch_ + "/node";
  write_free_memory(scratch_ + "/node", 1000);
  Store::Source waiting = source(1);
  waiting.measure = [] {
    ::setenv("HAPLOOM_STOP_POINT", "lock_opened", 1);  // before the allocation lock is had
    return kImageBytes;
  };
  Job job([&] { store().attach_or_load({"a"}, Policy::kTransient, waiting); });
  job.wait_until_stopped();
  write_free_memory(scratch_ + "/node", 50);
  job.kill(SIGCONT);
  EXPECT_EQ(job.result(), 21);
}

TEST_F(StoreFault, ALoadThatTookLongerThanTheTimeoutStillWaitsForSpaceToBeReserved) {
  options_.wait_timeout = std::chrono::milliseconds{300};
  Store::Source slow = source(1);
  std::optional<FileLock> other;
  const auto start = std::chrono::steady_clock::now();
  slow.measure = [&] {
    Waiter none(std::chrono::milliseconds{0}, "");
    other.emplace(FileLock::acquire(place("a").allocation_lock, none));
    while (std::chrono::steady_clock::now() - start < options_.wait_timeout) std::this_thread::yield();
    return kImageBytes;
  };
  const std::string text = error_text_of([&] { store().attach_or_load({"a"}, Policy::kTransient, slow); });
  EXPECT_GE(std::chrono::steady_clock::now() - start, 2 * options_.wait_timeout) << "the wait starts with the lock";
  EXPECT_THAT(text, HasSubstr("shared_image/33"));
  EXPECT_THAT(text, HasSubstr("reserves space in " + options_.directory));
}

TEST_F(StoreFault, SpaceThatIsRefusedWhileReservingIsReason20AndLeavesNothing) {
  Job limited([&] {
    ::signal(SIGXFSZ, SIG_IGN);  // as the program does
    const struct rlimit limit {kImageBytes / 2, kImageBytes / 2};
    check(::setrlimit(RLIMIT_FSIZE, &limit) == 0, "a limit");
    const std::string text = error_text_of([&] { load("a"); });
    check(text.find("needs 104.1 kB") != std::string::npos, "the image's size is told");
    check((text.find("--shm-size") != std::string::npos) == lives_in_memory(options_.directory), "a disk is not enlarged like /dev/shm");
    check(text.find("shared_image/20") != std::string::npos, "reason 20");
  });
  EXPECT_EQ(limited.result(), 0);
  EXPECT_TRUE(files().empty());
}

TEST_F(SmallStore, TwoLoadsWithRoomForOneNeverStarveEachOther) {
  mount("size=128m,mode=700");  // reserving takes long enough for the other to come between
  for (int round = 0; round < 20; ++round) {
    std::vector<Job> jobs;
    const Gate ended, leave;
    for (const char* name : {"a", "b"})
      jobs.emplace_back([&, name] {
        std::optional<Lease> lease;
        const int reason = reason_of([&] { lease = store().attach_or_load({name}, Policy::kTransient, large(80'000'000)); });
        ended.open();
        leave.wait();
        lease.reset();
        ::_exit(reason);
      });
    for (size_t i = 0; i < jobs.size(); ++i) ended.wait();
    for (size_t i = 0; i < jobs.size(); ++i) leave.open();
    const int first = jobs[0].result(), second = jobs[1].result();
    EXPECT_EQ(std::min(first, second), 0) << round;
    EXPECT_EQ(std::max(first, second), 20) << round;
    EXPECT_TRUE(files().empty());
  }
}

}  // namespace
}  // namespace haploom::shared_image
