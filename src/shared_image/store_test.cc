#include "shared_image/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using testing::HasSubstr;

TEST_F(StoreTest, FirstLoadsNextAttaches) {
  const Lease first = load("a");
  EXPECT_TRUE(first.loaded_here());
  EXPECT_TRUE(holds(first, 1));
  const Lease second = load("a");
  EXPECT_FALSE(second.loaded_here());
  EXPECT_TRUE(holds(second, 1));
  EXPECT_EQ(loads(), 1U);
}

TEST_F(StoreTest, PublishesReadOnlyAndLeavesNoLockFile) {
  const Lease lease = load("a");
  struct stat status {};
  ASSERT_EQ(::stat(place("a").object.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0400U);
  EXPECT_EQ(status.st_size, static_cast<off_t>(kImageBytes + kPageBytes));
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(StoreTest, HeaderSaysWhatAndWho) {
  Store::Source from = source(1);
  from.details = [] { return Store::Details{{7, 8}, "GRCh38 CHM13"}; };
  const Lease lease = store().attach_or_load({"a"}, Policy::kKept, from);
  const ObjectHeader header = store().inspect("a", true);
  EXPECT_EQ(header.fingerprint(), fingerprint_of_graph(1));
  EXPECT_EQ(header.gbz_path.text(), "/data/graph1.gbz");
  EXPECT_EQ(header.gbz_full[1], 8U);
  EXPECT_EQ(header.reference_samples.text(), "GRCh38 CHM13");
  EXPECT_EQ(header.pid, static_cast<uint64_t>(::getpid()));
  EXPECT_EQ(header.uid, ::geteuid());
  EXPECT_TRUE(of_this_boot(header));
}

TEST_F(StoreTest, AttachToNothingIsNothing) {
  EXPECT_FALSE(attach("a"));
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, TransientGoesWithItsLastUser) {
  std::optional<Lease> first = load("a");
  std::optional<Lease> second = load("a");
  first.reset();
  EXPECT_TRUE(holds(*second, 1));
  EXPECT_EQ(files().size(), 1U);
  second.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, KeptStaysUntilUnloaded) {
  load("a", Policy::kKept).leave();
  load("a", Policy::kTransient).leave();  // a run never removes a kept object
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(loads(), 1U);
  store().unload("a", false);
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, LoadKeepsATransientObjectThatIsThere) {
  Lease run = load("a", Policy::kTransient);
  load("a", Policy::kKept).leave();
  EXPECT_EQ(run.policy(), Policy::kKept);
  run.leave();
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(store().list().at(0).policy, Policy::kKept);
}

TEST_F(StoreTest, SameGraphElsewhereAttachesOtherGraphIsRefused) {
  const Lease lease = load("a");
  Store::Source copied = source(1);
  copied.gbz_path = "/elsewhere/copy.gbz";
  EXPECT_FALSE(store().attach_or_load({"a"}, Policy::kTransient, copied).loaded_here());
  const std::string text = error_text_of([&] { load("a", Policy::kTransient, 2); });
  EXPECT_THAT(text, HasSubstr("error [shared_image/16]"));
  EXPECT_THAT(text, HasSubstr("/data/graph1.gbz"));
  EXPECT_THAT(text, HasSubstr(fingerprint_of_graph(1).text()));
  EXPECT_THAT(text, HasSubstr(fingerprint_of_graph(2).text()));
  EXPECT_TRUE(holds(*attach("a"), 1)) << "nothing was removed";
}

TEST_F(StoreTest, DifferentNamesAreDifferentObjects) {
  const Lease a = load("a", Policy::kTransient, 1);
  const Lease b = load("b", Policy::kTransient, 2);
  EXPECT_TRUE(holds(a, 1));
  EXPECT_TRUE(holds(b, 2));
}

TEST_F(StoreTest, ThreadsThatRaceLoadOnce) {
  std::atomic<int> here{0}, right{0};
  {
    std::atomic<int> attached{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        const Lease lease = load("a");
        here += lease.loaded_here() ? 1 : 0;
        right += holds(lease, 1) ? 1 : 0;
        ++attached;
        while (attached < 16) std::this_thread::yield();
      });
    }
  }
  EXPECT_EQ(here, 1);
  EXPECT_EQ(right, 16);
  EXPECT_EQ(loads(), 1U);
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, WhoeverHasALeaseHasTheObjectThatBearsTheName) {
  Store::Source tiny = source(1);
  tiny.measure = [] { return uint64_t{64}; };
  std::atomic<int> orphans{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          const Lease lease = store().attach_or_load({"a"}, Policy::kTransient, tiny);
          orphans += std::filesystem::exists(place("a").object) ? 0 : 1;
        }
      });
  }
  EXPECT_EQ(orphans, 0) << "someone attached to an object that was being removed";
  EXPECT_TRUE(files().empty());
}

// The object goes between another's opening and leasing it.
TEST_F(StoreTest, AttacherWhoseObjectIsRemovedUnderItStartsAgain) {
  const Gate there;
  Job attacher([&] {
    there.wait();
    ::setenv("HAPLOOM_STOP_POINT", "object_opened", 1);
    const Lease lease = load("a");
    check(lease.loaded_here() && holds(lease, 1), "it did not take the removed object");
  });
  Lease last = load("a");  // after the fork: a child would share this lease
  there.open();
  attacher.wait_until_stopped();
  last.leave();
  EXPECT_TRUE(files().empty());
  attacher.kill(SIGCONT);
  EXPECT_EQ(attacher.result(), 0);
}

// Two leave: the first sees the second's lease and gives the name lock back; from then on the second must see none.
TEST_F(StoreTest, SecondToLeaveIsNotHeldUpByTheFirst) {
  const Gate there;
  Job first([&] {
    there.wait();
    Lease lease = load("a");
    ::setenv("HAPLOOM_STOP_POINT", "lock_released", 1);
    lease.leave();
  });
  Lease second = load("a");
  there.open();
  first.wait_until_stopped();
  second.leave();
  EXPECT_TRUE(files().empty());
  first.kill(SIGCONT);
  EXPECT_EQ(first.result(), 0);
}

TEST_F(StoreTest, AllWhoLeaveAtOnceLeaveNothing) {
  Store::Source tiny = source(1);
  tiny.measure = [] { return uint64_t{64}; };
  constexpr int kUsers = 4;
  for (int round = 0; round < 30; ++round) {
    std::barrier all(kUsers);
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kUsers; ++i)
        threads.emplace_back([&] {
          const Lease lease = store().attach_or_load({"a"}, Policy::kTransient, tiny);
          all.arrive_and_wait();
        });
    }
    ASSERT_TRUE(files().empty()) << "round " << round;
  }
}

TEST_F(StoreTest, CyclesDoNotGrowDescriptorsOrMappings) {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
  };
  const auto mappings = [this] {
    std::ifstream maps("/proc/self/maps");
    long count = 0;
    for (std::string line; std::getline(maps, line);) count += line.find("/store/haploom.") != std::string::npos ? 1 : 0;
    return count;
  };
  const Lease keeper = load("a");
  const auto before = descriptors();
  for (int i = 0; i < 1000; ++i) load(i % 2 == 0 ? "a" : "b").leave();
  EXPECT_EQ(descriptors(), before);
  EXPECT_EQ(mappings(), 1) << "the keeper's";
}

TEST_F(StoreTest, ForkedChildReadsAndItsExitRemovesNothing) {
  Lease lease = load("a");
  Job child([&] {
    check(holds(lease, 1), "a child reads what its parent attached");
    lease.leave();
  });
  EXPECT_EQ(child.result(), 0);
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(reason_of([&] { store().unload("a", false); }), 32) << "the parent's lease stands";
}

TEST_F(StoreTest, ChildrenForkedInThreadsReadAndTheirExitRemovesNothing) {
  Lease lease = load("a");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          Lease own = load("a");
          Job child([&] {
            check(holds(lease, 1) && holds(own, 1), "a child reads what its parent's threads attached");
            own.leave();
            lease.leave();
          });
          EXPECT_EQ(child.result(), 0);
          EXPECT_TRUE(holds(own, 1));
        }
      });
  }
  EXPECT_EQ(loads(), 1U);
  EXPECT_EQ(files().size(), 1U);
  lease.leave();
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, WorkerThatOutlivesItsKilledParentKeepsTheLease) {
  const Gate ready, end;
  Job parent([&] {
    const Lease lease = load("a");
    if (::fork() == 0) {
      ready.open();
      end.wait();
      ::_exit(0);
    }
    ::pause();
  });
  ready.wait();
  parent.kill(SIGKILL);
  EXPECT_EQ(parent.result(), -SIGKILL);
  EXPECT_EQ(reason_of([&] { store().unload("a", false); }), 32);
  end.open();
  while (reason_of([&] { store().unload("a", false); }) == 32) std::this_thread::yield();
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, UnloadOfWhatIsInUseNamesTheHolders) {
  const Gate attached;
  Job holder([&] {
    const Lease lease = load("a", Policy::kKept);
    attached.open();
    ::pause();
  });
  attached.wait();
  const std::string text = error_text_of([&] { store().unload("a", false); });
  EXPECT_THAT(text, HasSubstr("error [shared_image/32]"));
  EXPECT_THAT(text, HasSubstr("pid " + std::to_string(holder.pid())));
  ASSERT_EQ(store().list().size(), 1U);
  ASSERT_EQ(store().list()[0].holders.size(), 1U);
  EXPECT_EQ(store().list()[0].holders[0].pid, holder.pid());
  holder.kill(SIGKILL);
  EXPECT_EQ(holder.result(), -SIGKILL);
  store().unload("a", false);
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, ForcedUnloadLeavesRunningJobsTheirBytes) {
  std::optional<Lease> old = load("a");
  store().unload("a", true);
  EXPECT_TRUE(files().empty());
  std::optional<Lease> fresh = load("a");
  EXPECT_TRUE(fresh->loaded_here());
  EXPECT_TRUE(holds(*old, 1));
  old.reset();
  EXPECT_EQ(files().size(), 1U) << "whoever leaves an orphan does not remove its successor";
  fresh.reset();
  EXPECT_TRUE(files().empty());
}

TEST_F(StoreTest, UnloadOfNothingSaysSoAndNamesTheFamily) {
  EXPECT_EQ(reason_of([&] { store().unload("a", false); }), 31);
  const std::string family = resolve_name(std::nullopt, fingerprint_of_graph(1)).name;
  load(family, Policy::kKept).leave();
  EXPECT_THAT(error_text_of([&] { store().unload(kDefaultName, false); }), HasSubstr("haploom gbz unload '" + family + "' --gbz_store_dir"));
}

TEST_F(StoreTest, UnloadWhileLoadingIsNameBusy) {
  const Gate loading, go_on;
  Job loader([&] {
    Store::Source slow = source(1);
    slow.fill = [&](std::span<std::byte> out) {
      loading.open();
      go_on.wait();
      fill(1, out);
    };
    store().attach_or_load({"a"}, Policy::kKept, slow);
  });
  loading.wait();
  options_.wait_timeout = std::chrono::milliseconds{20};
  EXPECT_THAT(error_text_of([&] { store().unload("a", false); }), HasSubstr("pid " + std::to_string(loader.pid())));
  EXPECT_EQ(reason_of([&] { store().unload("a", true); }), 30);
  go_on.open();
  EXPECT_EQ(loader.result(), 0);
}

TEST_F(StoreTest, LoaderThatFailsInOrderLeavesNothingAndTheNextLoads) {
  Store::Source failing = source(1);
  failing.fill = [](std::span<std::byte>) { throw Error{Exit::kInput, Reason::kReadGbz, "shared_image", "it changed", ""}; };
  EXPECT_EQ(reason_of([&] { store().attach_or_load({"a"}, Policy::kKept, failing); }), 22);
  EXPECT_TRUE(files().empty());
  EXPECT_TRUE(load("a").loaded_here());
}

TEST_F(StoreTest, ImageOverTheCeilingIsRefusedBeforeAByteIsReserved) {
  options_.ceiling_bytes = kImageBytes - 1;
  const std::string text = error_text_of([&] { load("a"); });
  EXPECT_THAT(text, HasSubstr("error [shared_image/20]"));
  EXPECT_THAT(text, HasSubstr(std::to_string(kImageBytes)));
  EXPECT_THAT(text, HasSubstr("--gbz_shared_memory_size_gb"));
  EXPECT_TRUE(files().empty());
  options_.ceiling_bytes = kImageBytes;
  EXPECT_TRUE(load("a").loaded_here());
}

TEST_F(StoreTest, ListShowsWhatIsThereAndWhatIsDamaged) {
  load("b", Policy::kKept).leave();
  const Lease lease = load("a", Policy::kTransient, 2);
  std::ofstream(place("c").object) << "short";
  std::ofstream(options_.directory + "/someone.else") << "x";
  const std::vector<Entry> entries = store().list();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_EQ(entries[0].gbz_path, "/data/graph2.gbz");
  EXPECT_EQ(entries[0].fingerprint, fingerprint_of_graph(2));
  EXPECT_EQ(entries[0].holders.size(), 1U);
  EXPECT_EQ(entries[0].problem, "");
  EXPECT_EQ(entries[1].policy, Policy::kKept);
  EXPECT_TRUE(entries[1].holders.empty());
  EXPECT_THAT(entries[2].problem, HasSubstr("5 bytes"));
}

}  // namespace
}  // namespace haploom::shared_image
