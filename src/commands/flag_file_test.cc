#include "commands/flag_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace haploom::commands {
namespace {

using testing::ElementsAre;

class FlagFile : public testing::Test {
 protected:
  FlagFile() : folder_(std::filesystem::temp_directory_path() / ("haploom_flags_" + std::to_string(getpid()))) { std::filesystem::create_directories(folder_); }
  ~FlagFile() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
    return (folder_ / name).string();
  }
  std::filesystem::path folder_;
};

TEST_F(FlagFile, ItsLinesStandInItsPlace) {
  const std::string path = file("a", "# comment\n// another\n\n  --ref=x y.fa \r\n--norealign_reads\n");
  EXPECT_THAT(with_flag_files({"call", "--flagfile=" + path, "--task", "1"}), ElementsAre("call", "--ref=x y.fa", "--norealign_reads", "--task", "1"));
  EXPECT_THAT(with_flag_files({"--flagfile", path}), ElementsAre("--ref=x y.fa", "--norealign_reads"));
}

TEST_F(FlagFile, AFileMayNameAnotherButNotItself) {
  const std::string inner = file("inner", "--b\n");
  EXPECT_THAT(with_flag_files({"--flagfile=" + file("outer", "--a\n--flagfile=" + inner + "\n--c\n")}), ElementsAre("--a", "--b", "--c"));
  EXPECT_THROW(with_flag_files({"--flagfile=" + file("self", "--flagfile=" + (folder_ / "self").string())}), Error);
}

TEST_F(FlagFile, AFileThatIsNotThereIsRefused) {
  EXPECT_THROW(with_flag_files({"--flagfile=" + (folder_ / "none").string()}), Error);
  EXPECT_THROW(with_flag_files({"--flagfile"}), Error);
}

TEST_F(FlagFile, OtherWordsStayAsTheyAre) { EXPECT_THAT(with_flag_files({"--flagfiles=x", "flagfile"}), ElementsAre("--flagfiles=x", "flagfile")); }

}  // namespace
}  // namespace haploom::commands
