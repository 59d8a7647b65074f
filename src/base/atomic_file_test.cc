#include "base/atomic_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"

namespace haploom::base {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_atomic_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  int files() const { return static_cast<int>(std::distance(fs::directory_iterator(folder_), {})); }
  fs::path folder_;
};

void expect_output_error(const std::string& path, int error_number) {
  try {
    AtomicFile file(path);
    FAIL() << "opened " << path;
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_EQ(error.reason(), Reason::kOutput);
    EXPECT_NE(error.message().find(path), std::string::npos) << error.message();
    EXPECT_NE(error.message().find(std::strerror(error_number)), std::string::npos) << error.message();
  }
}

}  // namespace

TEST_F(AtomicFileTest, AppearsUnderItsNameOnlyOnCommit) {
  AtomicFile file(at("out.txt"));
  file.write("whole");
  EXPECT_FALSE(fs::exists(at("out.txt")));
  EXPECT_EQ(file.working_path(), at(".out.txt." + std::to_string(::getpid()) + ".tmp"));
  file.commit();
  EXPECT_EQ(contents(at("out.txt")), "whole");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, LeavesNothingAndTheOldFileWhenDropped) {
  std::ofstream(at("out.txt")) << "old";
  { AtomicFile(at("out.txt")).write("half of the n"); }
  EXPECT_EQ(contents(at("out.txt")), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, ReplacesTheTargetOfALinkAndKeepsTheLink) {
  std::ofstream(at("target.txt")) << "old";
  fs::create_symlink("target.txt", at("link.txt"));
  AtomicFile file(at("link.txt"));
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(at("link.txt")));
  EXPECT_EQ(contents(at("target.txt")), "new");
}

TEST_F(AtomicFileTest, TakesOverTheLeftoverOfAKilledRun) {
  std::ofstream(at(".out.txt." + std::to_string(::getpid()) + ".tmp")) << "a leftover that is longer";
  AtomicFile file(at("out.txt"));
  file.write("mine");
  file.commit();
  EXPECT_EQ(contents(at("out.txt")), "mine");
  EXPECT_EQ(files(), 1);
}

TEST_F(AtomicFileTest, RefusesToRenameWhatAnotherJobWrote) {
  AtomicFile first(at("out.txt"));
  first.write("first");
  AtomicFile second(at("out.txt"));
  second.write("second, not complete");
  EXPECT_THROW(first.commit(), Error);
  EXPECT_FALSE(fs::exists(at("out.txt")));
  second.commit();
  EXPECT_EQ(contents(at("out.txt")), "second, not complete");
}

TEST_F(AtomicFileTest, NamesPathAndCauseOfAnUnwritableOutput) {
  expect_output_error(at("missing/out.txt"), ENOENT);
  expect_output_error(folder_.string(), EISDIR);
  std::ofstream(at("file")) << "";
  expect_output_error(at("file/out.txt"), ENOTDIR);
  expect_output_error(at(std::string(300, 'x')), ENAMETOOLONG);
  expect_output_error("/proc/haploom_out.txt", ENOENT);
  EXPECT_THROW(AtomicFile(""), Error);
}

TEST_F(AtomicFileTest, NamesAReadOnlyFolder) {
  fs::permissions(folder_, static_cast<fs::perms>(0555));
  const pid_t child = ::fork();  // root may write everywhere: become somebody else
  if (child == 0) {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ::_exit(3);
    try {
      AtomicFile file(at("out.txt"));
    } catch (const Error& error) {
      ::_exit(error.message().find(std::strerror(EACCES)) != std::string::npos ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  fs::permissions(folder_, fs::perms::owner_all);
}

TEST_F(AtomicFileTest, TakesANameThatJustFits) {
  const std::string name(250, 'x');
  AtomicFile file(at(name));
  file.commit();
  EXPECT_TRUE(fs::exists(at(name)));
}

TEST_F(AtomicFileTest, WritesStraightThroughToAPipe) {
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  const int reader = ::open(at("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  AtomicFile file(at("pipe"));
  EXPECT_TRUE(file.straight_through());
  file.write("through");
  file.commit();
  char got[16] = {};
  EXPECT_EQ(::read(reader, got, sizeof got), 7);
  EXPECT_STREQ(got, "through");
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(at("pipe")));
}

TEST_F(AtomicFileTest, WritesToAnInheritedDescriptorWithoutTruncatingIt) {
  std::ofstream(at("log")) << "before ";
  const int fd = ::open(at("log").c_str(), O_WRONLY | O_APPEND);
  ASSERT_GE(fd, 0);
  AtomicFile file("/dev/fd/" + std::to_string(fd));
  file.write("after");
  file.commit();
  ::close(fd);
  EXPECT_EQ(contents(at("log")), "before after");
}

TEST_F(AtomicFileTest, AddsToARedirectedStdoutWhateverItIsCalled) {
  const std::string log = at("stdout");
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    for (const char* name : {"-", "/dev/stdout", "/dev/fd/1"}) {
      AtomicFile file(name);
      file.write(name);
      file.commit();
    }
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(contents(log), "-/dev/stdout/dev/fd/1");
}

TEST_F(AtomicFileTest, ReportsAFullDisk) {
  AtomicFile file("/dev/full");
  try {
    file.write("one byte too many");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kResource);
    EXPECT_NE(error.message().find("No space left on device"), std::string::npos);
  }
}

TEST_F(AtomicFileTest, ReportsTheFileSizeLimitAndRemovesWhatItWrote) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      AtomicFile file(at("out.txt"));
      file.write(std::string(2000, 'x'));
    } catch (const Error& error) {
      ::_exit(error.message().find(std::strerror(EFBIG)) != std::string::npos ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files(), 0);
}

}  // namespace haploom::base
