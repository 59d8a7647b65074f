#include "shared_image/holders.h"

#include <gtest/gtest.h>
#include <sys/sysmacros.h>

namespace haploom::shared_image {
namespace {

TEST(Holders, AreThoseOfTheInodeWhoHaveTheLock) {
  const char* locks =
      "1: FLOCK  ADVISORY  READ  100 00:1a:5678 0 EOF\n"
      "1: -> FLOCK  ADVISORY  WRITE 101 00:1a:5678 0 EOF\n"
      "2: FLOCK  ADVISORY  READ  102 00:1a:5678 0 EOF\n"
      "3: FLOCK  ADVISORY  READ  102 00:1a:5678 0 EOF\n"
      "4: FLOCK  ADVISORY  READ  103 00:1a:567 0 EOF\n"
      "5: FLOCK  ADVISORY  READ  104 00:1b:5678 0 EOF\n"
      "6: POSIX  ADVISORY  READ  105 00:1a:5678 0 EOF\n"
      "7: FLOCK  ADVISORY  READ  0 00:1a:5678 0 EOF\n"
      "broken line\n";
  const auto holders = lock_holders_in(locks, makedev(0, 0x1a), 5678);
  ASSERT_EQ(holders.size(), 3U);
  EXPECT_EQ(holders[0].pid, 100);
  EXPECT_EQ(holders[1].pid, 102) << "once, though it has two leases";
  EXPECT_EQ(holders[2].pid, 0) << "of another PID namespace";
}

TEST(Holders, AreNamedInMessages) {
  EXPECT_NE(text_of({}).find("cannot be seen"), std::string::npos);
  EXPECT_EQ(text_of(std::vector<Holder>{{2147483647}, {0}}), "pid 2147483647, a process of another PID namespace");
  EXPECT_NE(text_of(std::vector<Holder>(12, Holder{2147483647})).find("and 4 more"), std::string::npos);
}

TEST(Holders, ShareOfMemoryIsThatOfTheMappingsOfTheInode) {
  const char* smaps =
      "7f00-7f01 r--s 00000000 00:1a 5678    /dev/shm/x\n"
      "Size:                 40 kB\nPss:                  10 kB\nPss_Dirty:             7 kB\nVmFlags: rd sh\n"
      "7f02-7f03 r--s 00000000 00:1a 567     /dev/shm/y\n"
      "Pss:                 100 kB\n"
      "7f04-7f05 r--s 00001000 00:1a 5678    /dev/shm/x (deleted)\n"
      "Pss:                   5 kB\n"
      "7f06-7f07 rw-p 00000000 00:00 0\n"
      "Pss:                1000 kB\n";
  EXPECT_EQ(pss_in(smaps, makedev(0, 0x1a), 5678), 15U * 1024);
  EXPECT_EQ(pss_in(smaps, makedev(0, 0x1b), 5678), std::nullopt);
}

TEST(Holders, WhatCannotBeReadIsEmpty) {
  EXPECT_EQ(text_of_file("/proc/self/fd"), "");  // opens, and refuses to be read
  EXPECT_EQ(text_of_file("/absent"), "");
  EXPECT_NE(text_of_file("/proc/self/status"), "");
}

TEST(Holders, JobIsThatOfTheEnvironmentOrTheControlGroup) {
  using namespace std::string_view_literals;
  EXPECT_EQ(job_in_environment("A=1\0XSLURM_JOB_ID=3\0SLURM_JOB_ID=17\0PBS_JOBID=4.x\0"sv), "17");
  EXPECT_EQ(job_in_environment("PBS_JOBID=44[2].server\0PBS_ARRAY_INDEX=2"sv), "44_2");
  EXPECT_EQ(job_in_environment(""), "");
  EXPECT_EQ(job_in_cgroup("0::/system.slice/slurmstepd.scope/job_123/step_0/user/task_0\n"), "123");
  EXPECT_EQ(job_in_cgroup("9:memory:/slurm/uid_1000/job_77/step_batch\n1:name=systemd:/\n"), "77");
  EXPECT_EQ(job_in_cgroup("5:memory:/pbs_jobs.service/jobid/981.head\n"), "981");
  EXPECT_EQ(job_in_cgroup("5:memory:/lsf/cluster1/job.55.1234.99\n"), "55");
  EXPECT_EQ(job_in_cgroup("0::/user.slice/user-1000.slice\n"), "");
}

}  // namespace
}  // namespace haploom::shared_image
