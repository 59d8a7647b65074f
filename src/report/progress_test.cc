#include "report/progress.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace haploom::report {

using std::chrono::seconds;

TEST(Progress, TellsRateAndExpectedEnd) {
  EXPECT_EQ(progress_text(1200, 66000, "windows", seconds(3)), "windows 1200/66000 (1.8%), 400 windows/s, done in about 2m42s");
  EXPECT_EQ(progress_text(66000, 66000, "windows", seconds(165)), "windows 66000/66000 (100.0%), 400 windows/s, done in about 0s");
}

TEST(Progress, ExpectsNoEndBeforeAnythingIsDone) {
  EXPECT_EQ(progress_text(0, 10, "windows", seconds(30)), "windows 0/10 (0.0%), 0.0 windows/s");
  EXPECT_EQ(progress_text(0, 0, "windows", seconds(0)), "windows 0/0 (100.0%), 0.0 windows/s");
}

TEST(Progress, WritesDurationsInTwoUnits) {
  EXPECT_EQ(duration_text(0.4), "0s");
  EXPECT_EQ(duration_text(59.6), "1m00s");
  EXPECT_EQ(duration_text(3600 + 5 * 60), "1h05m");
  EXPECT_EQ(duration_text(100 * 3600.0), "100h00m");
  EXPECT_EQ(duration_text(-1), "0s");
}

TEST(Progress, CountsFromManyThreads) {
  Progress::Options quiet;
  quiet.quiet = true;
  Progress progress(4000, "windows", quiet);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) progress.add();
      });
  }
  EXPECT_EQ(progress.done(), 4000);
}

TEST(Progress, IsSilentInAShortRun) {
  testing::internal::CaptureStderr();
  { Progress(10, "windows").add(10); }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, RedrawsOneLineOnATerminal) {
  int ours = -1, theirs = -1;
  ASSERT_EQ(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), 0);
  std::FILE* terminal = ::fdopen(theirs, "w");
  std::string seen;
  {
    Progress::Options options;
    options.terminal = terminal;
    options.terminal_interval = std::chrono::milliseconds(1);
    Progress progress(10, "windows", options);
    progress.add(5);
    char letter = 0;
    while (seen.find("\x1b[K\r") == std::string::npos && ::read(ours, &letter, 1) == 1) seen += letter;  // drawn twice
  }
  std::fclose(terminal);
  char rest[4096];
  for (ssize_t n; (n = ::read(ours, rest, sizeof rest)) > 0;) seen.append(rest, static_cast<size_t>(n));
  ::close(ours);
  EXPECT_TRUE(seen.starts_with("\rwindows ")) << seen;
  EXPECT_EQ(seen.find('\n'), seen.size() - 1) << "one line, ended when all is over";
  EXPECT_NE(seen.rfind("5/10 (50.0%)"), std::string::npos);
}

TEST(Progress, WritesALineAnIntervalIntoALog) {
  std::FILE* no_terminal = std::tmpfile();
  testing::internal::CaptureStderr();
  {
    Progress::Options options;
    options.terminal = no_terminal;
    options.log_interval = std::chrono::milliseconds(1);
    Progress progress(10, "windows", options);
    while (progress.shown() == 0) std::this_thread::yield();
  }
  std::fclose(no_terminal);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("info [report] windows 0/10"), std::string::npos) << log;
  EXPECT_EQ(log.find('\r'), std::string::npos);
}

}  // namespace haploom::report
