// Deaths and waits: what kill -9, SIGSTOP and crowds do to the store, with unnamed files and with named temporaries.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "base/descriptor.h"
#include "shared_image/crash_point.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using testing::HasSubstr;

class StoreCrash : public StoreTest, public testing::WithParamInterface<Publication> {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    options_.publication = GetParam();
  }
  // Everything that a process does with the store; passes every crash point.
  void whole_life() const {
    load("transient").leave();
    load("kept", Policy::kKept).leave();
    store().unload("kept", false);
  }
  Job dying_at(CrashPoint point, const std::function<void()>& work) const {
    return Job([&] {
      ::setenv("HAPLOOM_CRASH_POINT", std::string(crash_point_name(point)).c_str(), 1);
      work();
    });
  }
  bool visible(const std::string& name) const { return std::filesystem::exists(place(name).object); }
};

TEST_P(StoreCrash, DeathAtAnyPointLetsTheNextProcessSucceedAndCleanUp) {
  for (const CrashPoint point : crash_points()) {
    EXPECT_EQ(dying_at(point, [&] { whole_life(); }).result(), -SIGKILL) << crash_point_name(point) << " is reached by no code";
    EXPECT_EQ(Job([&] { whole_life(); }).result(), 0) << crash_point_name(point);
    EXPECT_TRUE(files().empty()) << crash_point_name(point) << ": " << testing::PrintToString(files());
  }
}

TEST_P(StoreCrash, LoaderKilledBeforePublishingIsAsIfItHadNeverBeen) {
  for (CrashPoint point = CrashPoint::kBeforeCreate; point < CrashPoint::kAfterPublish; point = static_cast<CrashPoint>(static_cast<int>(point) + 1)) {
    EXPECT_EQ(dying_at(point, [&] { load("a"); }).result(), -SIGKILL);
    EXPECT_FALSE(visible("a")) << crash_point_name(point);
    EXPECT_TRUE(store().list().empty()) << crash_point_name(point);
    EXPECT_TRUE(load("a").loaded_here()) << crash_point_name(point);
  }
}

TEST_P(StoreCrash, LoaderKilledAfterPublishingLeavesAGoodObject) {
  for (const CrashPoint point : {CrashPoint::kAfterPublish, CrashPoint::kAfterAttach}) {
    EXPECT_EQ(dying_at(point, [&] { load("a"); }).result(), -SIGKILL);
    const uint64_t before = loads();
    const Lease next = load("a");
    EXPECT_FALSE(next.loaded_here()) << crash_point_name(point);
    EXPECT_TRUE(holds(next, 1));
    EXPECT_EQ(loads(), before);
  }
}

TEST_P(StoreCrash, TemporaryGoesWithItsMakerAndNotBefore) {
  const std::string path = place("a").temporary + "1.00000001";
  {
    const Descriptor maker = base::opened(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_EQ(::flock(maker.number(), LOCK_EX | LOCK_NB), 0);
    load("a").leave();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  load("a").leave();
  EXPECT_TRUE(files().empty()) << testing::PrintToString(files());
}

TEST_P(StoreCrash, UserKilledWithALeaseLeavesAnObjectThatUnloads) {
  const Gate attached;
  Job user([&] {
    const Lease lease = load("a");
    attached.open();
    ::pause();
  });
  attached.wait();
  user.kill(SIGKILL);
  EXPECT_EQ(user.result(), -SIGKILL);
  store().unload("a", false);
  EXPECT_TRUE(files().empty());
}

TEST_P(StoreCrash, ProcessesThatRaceLoadOnce) {
  for (const int count : {2, 16, 64}) {
    const uint64_t before = loads();
    const Gate go, done;
    std::vector<Job> jobs;
    for (int i = 0; i < count; ++i)
      jobs.emplace_back([&] {
        const Lease lease = load("a");
        check(holds(lease, 1), "the image is whole");
        done.open();
        go.wait();  // nobody leaves before all have attached
      });
    for (int i = 0; i < count; ++i) done.wait();
    for (int i = 0; i < count; ++i) go.open();
    for (Job& job : jobs) EXPECT_EQ(job.result(), 0);
    EXPECT_EQ(loads() - before, 1U) << count;
    EXPECT_TRUE(files().empty()) << count << testing::PrintToString(files());
  }
}

// A loader that stands in the middle of its work until it is let go.
class SlowLoader {
 public:
  Store::Source slow(Store::Source from) {
    from.fill = [this, fill = from.fill](std::span<std::byte> out) {
      loading.open();
      go_on.wait();
      fill(out);
    };
    return from;
  }
  const Gate loading, go_on;
};

TEST_P(StoreCrash, WaitsForALoaderThenAttaches) {
  SlowLoader slow;
  Job loader([&] { store().attach_or_load({"a"}, Policy::kKept, slow.slow(source(1))); });
  slow.loading.wait();
  const Gate waiting;
  Job waiter([&] {
    waiting.open();
    const Lease lease = load("a");
    check(!lease.loaded_here() && holds(lease, 1), "the waiter attaches to what the loader made");
  });
  waiting.wait();
  EXPECT_FALSE(attach("a")) << "nothing is half visible";
  slow.go_on.open();
  EXPECT_EQ(loader.result(), 0);
  EXPECT_EQ(waiter.result(), 0);
  EXPECT_EQ(loads(), 1U);
}

TEST_P(StoreCrash, WaiterTakesOverFromALoaderThatIsKilled) {
  SlowLoader slow;
  Job loader([&] { store().attach_or_load({"a"}, Policy::kKept, slow.slow(source(1))); });
  slow.loading.wait();
  const Gate waiting;
  Job waiter([&] {
    waiting.open();
    check(load("a").loaded_here(), "the waiter loads");
  });
  waiting.wait();
  loader.kill(SIGKILL);
  EXPECT_EQ(waiter.result(), 0);
  EXPECT_EQ(loads(), 2U);
  EXPECT_TRUE(files().empty());
}

TEST_P(StoreCrash, WaitForAStoppedLoaderEndsAtTheTimeoutNamingIt) {
  SlowLoader slow;
  Job loader([&] { store().attach_or_load({"a"}, Policy::kKept, slow.slow(source(1))); });
  slow.loading.wait();
  loader.kill(SIGSTOP);
  options_.wait_timeout = std::chrono::milliseconds{100};
  const std::string text = error_text_of([&] { load("a"); });
  EXPECT_THAT(text, HasSubstr("error [shared_image/33]"));
  EXPECT_THAT(text, HasSubstr("pid " + std::to_string(loader.pid())));
}

TEST_P(StoreCrash, UnloaderKilledBeforeUnlinkLeavesItUsableAfterItAbsent) {
  for (const CrashPoint point : {CrashPoint::kBeforeUnload, CrashPoint::kAfterUnload}) {
    load("a", Policy::kKept).leave();
    EXPECT_EQ(dying_at(point, [&] { store().unload("a", false); }).result(), -SIGKILL);
    const Lease next = load("a", Policy::kTransient);
    EXPECT_EQ(next.loaded_here(), point == CrashPoint::kAfterUnload);
    EXPECT_TRUE(holds(next, 1));
  }
}

// Jobs of all kinds under two names with two graphs, 1 to 8 at once; some die at a named point, some whenever it hits them.
class Chaos {
 public:
  struct Fate {
    std::string name;
    int graph;
    unsigned kind;
    std::optional<CrashPoint> point;                      // dies there
    std::optional<std::chrono::microseconds> killed_after;  // or by a signal from outside
  };
  explicit Chaos(unsigned seed) : random_(seed), points_(crash_points()) {}
  Fate next() {
    Fate fate{random_() % 4 == 0 ? "b" : "a", random_() % 8 == 0 ? 2 : 1, static_cast<unsigned>(random_() % 8), std::nullopt, std::nullopt};
    const auto death = random_() % 6;
    if (death < 2) fate.point = points_[random_() % points_.size()];
    if (death == 2) fate.killed_after = std::chrono::microseconds{random_() % 3000};
    return fate;
  }

 private:
  std::mt19937 random_;
  std::vector<CrashPoint> points_;
};

TEST_P(StoreCrash, ChaosLeavesOnlyDocumentedEndsAndNothingBehind) {
  const unsigned seed = 20240517 + static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed());  // --gtest_shuffle
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  constexpr size_t kMostAtOnce = 8, kJobsEach = 75;  // 600 jobs, twice
  options_.wait_timeout = std::chrono::seconds{5};   // nobody waits longer: reason 33 is no documented end here
  Chaos chaos(seed);
  std::map<int, int> ends;
  for (size_t at_once = 1; at_once <= kMostAtOnce; ++at_once) {
    std::deque<Job> running;
    const auto reap = [&] {
      ++ends[running.front().result()];
      running.pop_front();
    };
    for (size_t i = 0; i < kJobsEach; ++i) {
      if (running.size() == at_once) reap();
      const Chaos::Fate fate = chaos.next();
      running.emplace_back([&] {
        if (fate.point) ::setenv("HAPLOOM_CRASH_POINT", std::string(crash_point_name(*fate.point)).c_str(), 1);
        if (fate.kind == 0) return store().unload(fate.name, fate.graph == 1);
        const Lease lease = load(fate.name, fate.kind == 1 ? Policy::kKept : Policy::kTransient, fate.graph);
        check(holds(lease, fate.graph), "an image is whole and the right one");
      });
      if (fate.killed_after) {
        std::this_thread::sleep_for(*fate.killed_after);
        running.back().kill(SIGKILL);
      }
    }
    while (!running.empty()) reap();
  }
  for (const auto& [end, count] : ends) EXPECT_THAT(end, testing::AnyOf(0, -SIGKILL, 16, 31, 32)) << count << " jobs";
  EXPECT_GT(ends[0], 0);
  EXPECT_GT(ends[-SIGKILL], 0);
  for (const Entry& entry : store().list()) {
    EXPECT_EQ(reason_of([&] { store().inspect(entry.name, true); }), 0) << entry.name;
    store().unload(entry.name, false);
  }
  for (const char* name : {"a", "b"}) load(name).leave();
  EXPECT_TRUE(files().empty()) << testing::PrintToString(files());
}

INSTANTIATE_TEST_SUITE_P(Both, StoreCrash, testing::Values(Publication::kUnnamed, Publication::kNamed),
                         [](const auto& made) { return made.param == Publication::kUnnamed ? "unnamed" : "named"; });

TEST(CrashPoint, UnknownNameIsAUsageErrorThatListsThem) {
  Job job([] {
    ::setenv("HAPLOOM_CRASH_POINT", "after_lunch", 1);
    crash_point(CrashPoint::kAfterCreate);
  });
  EXPECT_EQ(job.result(), static_cast<int>(Reason::kUsage));
}

}  // namespace
}  // namespace haploom::shared_image
