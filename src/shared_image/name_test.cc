#include "shared_image/name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/error.h"

namespace haploom::shared_image {
namespace {

constexpr Fingerprint kGraph{1000, 0x0123456789abcdef};

// Sets the scheduler's variables for one test and clears them after.
class JobEnvironment : public testing::Test {
 protected:
  void SetUp() override { clear(); }
  void TearDown() override { clear(); }
  static void clear() {
    for (const char* variable : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "LSB_JOBID", "LSB_JOBINDEX", "PBS_JOBID",
                                 "PBS_ARRAY_INDEX", "JOB_ID", "SGE_TASK_ID"})
      ::unsetenv(variable);
  }
};

TEST(Name, DefaultIsAFamilyByFingerprint) {
  const StoreName name = resolve_name(std::nullopt, kGraph);
  EXPECT_EQ(name.name, "GBZ_SHARED_MEMORY.0123456789abcdef");
}

TEST(Name, GivenIsExactEvenIfItIsTheDefault) {
  EXPECT_EQ(resolve_name("GBZ_SHARED_MEMORY", kGraph).name, "GBZ_SHARED_MEMORY");
  EXPECT_EQ(resolve_name("GBZ_SHARED_MEMORY", kGraph).name, "GBZ_SHARED_MEMORY");
  EXPECT_EQ(resolve_name("/hprc", kGraph).name, "hprc") << "POSIX habit";
}

TEST(Name, RefusesWhatIsNoFileNameOfOurs) {
  for (const std::string bad : {"", "/", "..", ".x", "a/b", "//a", "a b", "a\nb", "\xc3\xa9", "x.lock", "x.tmp.1.2", "{what}"}) {
    try {
      resolve_name(bad, kGraph);
      ADD_FAILURE() << "'" << bad << "' was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kUsage) << bad;
      EXPECT_EQ(error.message().find('\n'), std::string::npos) << "control letters are shown as codes";
    }
  }
  EXPECT_EQ(resolve_name(std::string(64, 'a'), kGraph).name.size(), 64U);
  EXPECT_THROW(resolve_name(std::string(65, 'a'), kGraph), Error);
  EXPECT_THROW(resolve_name(std::string("a\0b", 3), kGraph), Error);
}

TEST_F(JobEnvironment, ReplacesPidAndFingerprint) {
  EXPECT_EQ(resolve_name("x-{pid}-{fp}-{pid}", kGraph).name,
            "x-" + std::to_string(::getpid()) + "-0123456789abcdef-" + std::to_string(::getpid()));
}

TEST_F(JobEnvironment, TakesTheJobFromEachScheduler) {
  ::setenv("SLURM_JOB_ID", "17", 1);
  EXPECT_EQ(resolve_name("a.{job}", kGraph).name, "a.17");
  ::setenv("SLURM_ARRAY_JOB_ID", "16", 1);
  ::setenv("SLURM_ARRAY_TASK_ID", "3", 1);
  EXPECT_EQ(job_id(), "16_3");
  clear();
  ::setenv("LSB_JOBID", "21", 1);
  ::setenv("LSB_JOBINDEX", "0", 1);
  EXPECT_EQ(job_id(), "21");
  ::setenv("LSB_JOBINDEX", "4", 1);
  EXPECT_EQ(job_id(), "21_4");
  clear();
  ::setenv("PBS_JOBID", "99[5].server", 1);
  ::setenv("PBS_ARRAY_INDEX", "5", 1);
  EXPECT_EQ(job_id(), "99_5");
  clear();
  ::setenv("JOB_ID", "8", 1);
  ::setenv("SGE_TASK_ID", "undefined", 1);
  EXPECT_EQ(job_id(), "8");
}

TEST_F(JobEnvironment, RefusesAJobTemplateOutsideOfJobs) { EXPECT_THROW(resolve_name("a.{job}", kGraph), Error); }

TEST(ObjectPlace, NoNameMeetsALockOrATemporary) {
  const ObjectPlace place = place_of("/d", "alloc");
  EXPECT_NE(place.lock, place.allocation_lock);
  const auto file_of = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  const auto kind = [](const std::string& name) { return store_file(name)->kind; };
  EXPECT_EQ(store_file(file_of(place.object))->name, "alloc");
  EXPECT_EQ(kind(file_of(place.object)), FileKind::kObject);
  EXPECT_EQ(kind(file_of(place.lock)), FileKind::kNameLock);
  EXPECT_EQ(kind(file_of(place.allocation_lock)), FileKind::kAllocationLock);
  EXPECT_EQ(kind(file_of(place.temporary) + "12.0000abcd"), FileKind::kTemporary);
  EXPECT_EQ(store_file(file_of(place.temporary) + "12.0000abcd")->name, "alloc");
  EXPECT_EQ(store_file("haploom.999999.x")->owner, 999999U);
  for (const char* other : {"", "haploom.", "haploom.5", "haploom.5.", "haploom.05.x", "haploom.-5.x", "haploom.x.x", "haploom.5..x", "haploom.5..lock", "sem.5.x",
                            "haploom.99999999999.x"})
    EXPECT_FALSE(store_file(other)) << other;
}

}  // namespace
}  // namespace haploom::shared_image
