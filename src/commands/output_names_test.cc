#include "commands/output_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace haploom::commands {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OutputNames : public ::testing::Test {
 protected:
  OutputNames() { fs::create_directories(folder_); }
  ~OutputNames() override { fs::remove_all(folder_); }

  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  static std::string refusal(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs = {}) {
    try {
      check_outputs_are_apart(outputs, inputs);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kUsage);
      return error.text();
    }
    return "";
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("output_names_" + std::to_string(::getpid()));
};

TEST_F(OutputNames, ThatDifferAndThoseNotWantedPass) {
  EXPECT_EQ(refusal({{"--a", at("a")}, {"--b", at("b")}, {"--c", ""}, {"--d", ""}}, {{"--in", at("in")}, {"--also", at("in")}}), "");
}

TEST_F(OutputNames, OfOneFileAreRefusedHoweverTheyAreWritten) {
  EXPECT_THAT(refusal({{"--a", at("a")}, {"--b", at("none/../a")}}), HasSubstr("--a and --b name one file"));
  EXPECT_THAT(refusal({{"--a", "a"}, {"--b", "./a"}}), HasSubstr("--a and --b name one file"));
}

TEST_F(OutputNames, LinksAreFollowed) {
  std::ofstream(at("a")) << "a";
  fs::create_symlink(at("a"), at("link"));
  EXPECT_THAT(refusal({{"--a", at("a")}, {"--b", at("link")}}), HasSubstr("--a and --b name one file"));
}

TEST_F(OutputNames, AnOutputOverAnInputIsRefused) {
  EXPECT_THAT(refusal({{"--out", at("x")}}, {{"--in", at("x")}}), HasSubstr("--in and --out name one file"));
}

TEST_F(OutputNames, DevicesMayBeNamedTwice) { EXPECT_EQ(refusal({{"--a", "/dev/null"}, {"--b", "/dev/null"}}), ""); }

}  // namespace
}  // namespace haploom::commands
