#include "formats/candidate_positions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace haploom::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CandidatePositions : public testing::Test {
 protected:
  CandidatePositions() { std::filesystem::create_directories(folder_); }
  ~CandidatePositions() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::vector<int32_t>& numbers, const std::string& more = "") const {
    std::ofstream out(folder_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(numbers.data()), std::ssize(numbers) * 4);
    out << more;
    return (folder_ / name).string();
  }
  static std::string refusal(const std::vector<std::string>& files) {
    try {
      read_candidate_positions(files);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      return error.message();
    }
    return "";
  }

  const std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / ("positions_" + std::to_string(::getpid()));
};

TEST_F(CandidatePositions, OfOneTaskAreCutAtTheEndsOfRegions) {
  EXPECT_THAT(read_candidate_positions({file("a", {3, 5, -2, -2, 9, -2, -1, -2, -1, 2, -2, -1})}),
              ElementsAre(ElementsAre(3, 5, 9), IsEmpty(), ElementsAre(2)));
}

TEST_F(CandidatePositions, OfSeveralTasksAreTakenAPartitionInTurn) {
  const std::string first = file("a", {1, 2, -2, 30, -2, -1, 5, -2});
  const std::string second = file("b", {10, -2, 4, -2, 9, -2, -1});
  EXPECT_THAT(read_candidate_positions({first, second}), ElementsAre(ElementsAre(1, 2, 10, 30), ElementsAre(4, 5, 9)));
}

TEST_F(CandidatePositions, ATaskMayHaveHadNothingToDo) {
  EXPECT_THAT(read_candidate_positions({file("a", {7, -2, -1}), file("b", {})}), ElementsAre(ElementsAre(7)));
  EXPECT_THAT(read_candidate_positions({file("c", {})}), IsEmpty());
}

TEST_F(CandidatePositions, WhatASweepDoesNotWriteIsRefused) {
  EXPECT_THAT(refusal({(folder_ / "none").string()}), HasSubstr("cannot be opened"));
  EXPECT_THAT(refusal({file("a", {1, -2, -1}, "x")}), HasSubstr("cut off"));
  EXPECT_THAT(refusal({file("a", {1, 2})}), HasSubstr("end of their last partition"));
  EXPECT_THAT(refusal({file("a", {1, -2, 2, -2})}), HasSubstr("end of their last calling region"));
  EXPECT_THAT(refusal({file("a", {1, -3, -2, -1})}), HasSubstr("the number -3"));
  EXPECT_THAT(refusal({file("a", {-1, -2, -1})}), HasSubstr("the number -1"));
  EXPECT_THAT(refusal({file("a", {8, -2, -1}), file("b", {8, 7, -2, -1})}), HasSubstr("go back from 8 to 7"));
}

}  // namespace
}  // namespace haploom::formats
