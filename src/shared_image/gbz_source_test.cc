#include "shared_image/gbz_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared_image/pangenome.h"
#include "shared_image/store_fixture.h"

namespace haploom::shared_image {
namespace {

using testing::HasSubstr;

class GbzSourceTest : public StoreTest {
 protected:
  // Two haplotypes over a bubble; `middle` makes graphs differ.
  std::string graph(const std::string& name, const std::string& middle) const {
    std::ofstream(scratch_ + "/g.gfa") << "H\tVN:Z:1.1\tRS:Z:GRCh38\nS\t1\tACGT\nS\t2\t" << middle << "\nS\t3\tTTTT\n"
                                       << "W\tGRCh38\t0\tchr20\t0\t9\t>1>2>3\nW\tHG1\t1\tchr20\t0\t8\t>1>3\n";
    std::ofstream out(scratch_ + "/" + name, std::ios::binary);
    gbz::build_gbz(scratch_ + "/g.gfa", 1024, 1, [&](std::string_view bytes) { out.write(bytes.data(), static_cast<long>(bytes.size())); });
    return scratch_ + "/" + name;
  }
  Lease hold(const std::string& gbz, const std::optional<std::string>& name = std::nullopt) const {
    return attach_or_load_gbz(gbz, name, Policy::kTransient, hold_options());
  }
  HoldOptions hold_options() const {
    HoldOptions out;
    out.store = options_;
    out.placement.directory = options_.directory;
    return out;
  }
};

TEST_F(GbzSourceTest, LoadsAGraphOnceUnderItsFamily) {
  const std::string gbz = graph("a.gbz", "G");
  const Lease first = hold(gbz);
  EXPECT_TRUE(first.loaded_here());
  EXPECT_EQ(first.name(), "GBZ_SHARED_MEMORY." + fingerprint_of(gbz).text());
  EXPECT_EQ(Pangenome(first.image()).path_count(), 2U);
  EXPECT_EQ(first.header().reference_samples.text(), "GRCh38");
  EXPECT_EQ(first.header().gbz_path.text(), gbz);
  EXPECT_NE(first.header().gbz_full[0], 0U);
  std::filesystem::copy_file(gbz, scratch_ + "/copy.gbz");
  EXPECT_FALSE(hold(scratch_ + "/copy.gbz").loaded_here());
}

TEST_F(GbzSourceTest, TwoGraphsWithoutANameNeverMeetAndUnderOneNameAreRefused) {
  const std::string a = graph("a.gbz", "G"), b = graph("b.gbz", "C");
  const Lease first = hold(a), second = hold(b);
  EXPECT_TRUE(second.loaded_here());
  const Lease named = hold(a, "x");
  EXPECT_EQ(reason_of([&] { hold(b, "x"); }), 16);
}

TEST_F(GbzSourceTest, AbsentCutOrForeignFileIsAnInputErrorAndNothingIsPublished) {
  EXPECT_EQ(reason_of([&] { hold(scratch_ + "/none.gbz"); }), 22);
  const std::string gbz = graph("a.gbz", "G");
  std::filesystem::resize_file(gbz, std::filesystem::file_size(gbz) - 8);
  EXPECT_EQ(reason_of([&] { hold(gbz); }), static_cast<int>(Reason::kGbzFormat));
  std::ofstream(scratch_ + "/text.gbz") << "this is no graph";
  EXPECT_EQ(reason_of([&] { hold(scratch_ + "/text.gbz"); }), static_cast<int>(Reason::kGbzFormat));
  EXPECT_TRUE(files().empty());
}

TEST_F(GbzSourceTest, ObjectThatACrashOfTheNodeDamagedIsMadeAgainByARunToo) {
  const std::string gbz = graph("a.gbz", "G");
  for (const bool cut : {false, true}) {
    attach_or_load_gbz(gbz, "x", Policy::kKept, hold_options());
    make_old("x");
    const uint64_t bytes = std::filesystem::file_size(place("x").object);
    if (cut)
      cut_off("x", bytes - 8);
    else
      overwrite("x", bytes - 8);
    const Lease lease = hold(gbz, "x");
    EXPECT_TRUE(lease.loaded_here()) << (cut ? "cut" : "overwritten");
    EXPECT_EQ(Pangenome(lease.image()).path_count(), 2U);
  }
}

TEST_F(GbzSourceTest, NoPrivateCopyStandsForAnotherUsersObject) {
  HoldOptions options;
  options.placement.backing = Backing::kPrivate;
  options.store.owner = 4711;
  EXPECT_EQ(reason_of([&] { attach_or_load_gbz(graph("a.gbz", "G"), "x", Policy::kTransient, options); }), static_cast<int>(Reason::kUsage));
}

TEST_F(GbzSourceTest, FileReplacedWhileAJobWaitsIsReason22) {
  const std::string gbz = graph("a.gbz", "G");
  const Gate there;
  Job job([&] {
    there.wait();
    ::setenv("HAPLOOM_STOP_POINT", "lock_opened", 1);  // after the fingerprint, before the file is read
    hold(gbz);
  });
  there.open();
  job.wait_until_stopped();
  std::filesystem::rename(graph("b.gbz", "C"), gbz);
  job.kill(SIGCONT);
  EXPECT_EQ(job.result(), 22);
  EXPECT_TRUE(files().empty());
}

// The converter stops between measuring the mapped file and writing the image.
TEST_F(GbzSourceTest, FileCutOrWrittenToWhileItIsConvertedIsReason22) {
  for (const bool cut : {false, true}) {
    const std::string gbz = graph("a.gbz", "G");
    const Gate there;
    Job job([&] {
      there.wait();
      ::setenv("HAPLOOM_STOP_POINT", "half_filled", 1);
      hold(gbz);
    });
    there.open();
    job.wait_until_stopped();
    if (cut) {
      std::filesystem::resize_file(gbz, 0);
    } else {
      std::fstream file(gbz, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<long>(std::filesystem::file_size(gbz) / 2));
      file << std::string(64, '\xff');
    }
    job.kill(SIGCONT);
    EXPECT_EQ(job.result(), 22) << (cut ? "cut" : "written to");
    EXPECT_TRUE(files().empty());
  }
}

TEST_F(GbzSourceTest, OnlyAPrivateCopyThatIsVerifiedIsSummed) {
  HoldOptions options;
  options.placement.backing = Backing::kPrivate;
  const std::string gbz = graph("a.gbz", "G");
  EXPECT_EQ(attach_or_load_gbz(gbz, "x", Policy::kTransient, options).header().sections[0].checksum, 0U);
  options.verify = true;
  EXPECT_NE(attach_or_load_gbz(gbz, "x", Policy::kTransient, options).header().sections[0].checksum, 0U);
}

TEST_F(GbzSourceTest, AnIndexIsVerifiedByteForByte) {
  const IndexWritten index = write_index(graph("a.gbz", "G"), false, 1);
  EXPECT_EQ(verify_index(index.path), index.bytes);
  std::filesystem::permissions(index.path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
  std::fstream(index.path, std::ios::binary | std::ios::in | std::ios::out).seekp(static_cast<long>(index.bytes - 1)).put('\x7f');
  EXPECT_EQ(reason_of([&] { verify_index(index.path); }), static_cast<int>(Reason::kCorrupt));
  std::filesystem::resize_file(index.path, 100);
  EXPECT_EQ(reason_of([&] { verify_index(index.path); }), static_cast<int>(Reason::kReadGbz));
  EXPECT_EQ(reason_of([&] { verify_index(scratch_); }), static_cast<int>(Reason::kReadGbz));
}

}  // namespace
}  // namespace haploom::shared_image
