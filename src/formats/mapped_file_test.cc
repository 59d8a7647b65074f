#include "formats/mapped_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace haploom::formats {
namespace {

std::string failure(const std::string& path) {
  try {
    MappedFile(path, "test", Reason::kGbzFormat);
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kGbzFormat);
    return error.message();
  }
  ADD_FAILURE() << "it was mapped";
  return {};
}

TEST(MappedFile, ShowsTheBytesAndSurvivesAMove) {
  const auto path = std::filesystem::temp_directory_path() / ("haploom_mapped_" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << "seven b";
  MappedFile first(path.string(), "test", Reason::kGbzFormat);
  const MappedFile second(std::move(first));
  ASSERT_EQ(second.bytes().size(), 7U);
  EXPECT_EQ(std::memcmp(second.bytes().data(), "seven b", 7), 0);
  std::filesystem::resize_file(path, 0);
  EXPECT_TRUE(MappedFile(path.string(), "test", Reason::kGbzFormat).bytes().empty());
  std::filesystem::remove(path);
}

TEST(MappedFile, NamesPathAndCause) {
  EXPECT_EQ(failure("/no/such/file"), "cannot open '/no/such/file': No such file or directory");
  EXPECT_EQ(failure("/"), "cannot map '/': it is a directory");
  EXPECT_EQ(failure("/dev/null"), "cannot map '/dev/null': it is not a regular file");
}

}  // namespace
}  // namespace haploom::formats
