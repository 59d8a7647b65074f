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

}  // namespace
}  // namespace haploom::shared_image
