#include "formats/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace haploom::formats {
namespace {

class LineReaderTest : public testing::Test {
 protected:
  LineReaderTest() : folder_(std::filesystem::temp_directory_path() / ("haploom_lines_" + std::to_string(getpid()))) { std::filesystem::create_directories(folder_); }
  ~LineReaderTest() override { std::filesystem::remove_all(folder_); }

  std::string plain(std::string_view content) const {
    std::ofstream(folder_ / "text", std::ios::binary) << content;
    return (folder_ / "text").string();
  }
  std::string zipped(const std::vector<std::string>& members) const {
    const std::string path = (folder_ / "text.gz").string();
    std::filesystem::remove(path);
    for (const std::string& member : members) {  // one after the other, as bgzip does
      const gzFile file = gzopen(path.c_str(), "ab");
      gzwrite(file, member.data(), static_cast<unsigned>(member.size()));
      gzclose(file);
    }
    return path;
  }
  static std::vector<std::string> all(const std::string& path) {
    LineReader reader(path, "test", Reason::kGfaFormat);
    std::vector<std::string> out;
    while (const auto line = reader.next()) out.emplace_back(*line);
    return out;
  }
  static std::string failure(const std::string& path) {
    try {
      all(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      return error.message();
    }
    ADD_FAILURE() << "it was read";
    return {};
  }

  std::filesystem::path folder_;
};

using Lines = std::vector<std::string>;

TEST_F(LineReaderTest, TakesEitherLineEndAndALastLineWithoutOne) {
  EXPECT_EQ(all(plain("a\n\nb c\r\nd")), (Lines{"a", "", "b c", "d"}));
  EXPECT_EQ(all(plain("a\n")), (Lines{"a"}));
  EXPECT_EQ(all(plain("")), Lines{});
}

TEST_F(LineReaderTest, TakesLinesLongerThanItsBlock) {
  const std::string longest(3'500'000, 'x');
  EXPECT_EQ(all(plain("first\n" + longest + "\nlast\n")), (Lines{"first", longest, "last"}));
}

TEST_F(LineReaderTest, TakesGzipOfSeveralMembers) { EXPECT_EQ(all(zipped({"a\nb", "c\nd\n"})), (Lines{"a", "bc", "d"})); }

TEST_F(LineReaderTest, RefusesGzipThatIsCutShort) {
  const std::string path = zipped({std::string(100'000, 'y') + "\nend\n"});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 5);
  EXPECT_NE(failure(path).find("after line"), std::string::npos);
}

TEST_F(LineReaderTest, NamesTheFileThatIsNotThere) {
  EXPECT_EQ(failure((folder_ / "absent").string()), "cannot open '" + (folder_ / "absent").string() + "': No such file or directory");
}

TEST_F(LineReaderTest, RefusesAFolder) { EXPECT_NE(failure(folder_.string()).find("directory"), std::string::npos); }

}  // namespace
}  // namespace haploom::formats
