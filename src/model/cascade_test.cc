#include "model/cascade.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>

#include "base/error.h"

namespace haploom::model {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::array<std::string_view, 2> kNumbers = {"depth", "reads"};
constexpr std::array<double, 3> kPlain = {0.95, 0.04, 0.01};  // answered where reads are few, else all alike
constexpr std::array<double, 3> kFinal = {0.7, 0.2, 0.1};     // likewise, at temperature 1

constexpr const char* kJson = R"({"version": "1", "plain": {"trees": "plain.txt", "least": 0.9}, "final": {"trees": "final.txt", "temperature": 1},
  "flags_for_calling": {"count": 1, "share": 0.5, "wide": true, "word": "a b"}})";

// One split a class: reads up to 5 give these probabilities.
std::string trees_of(const std::array<double, 3>& answer) {
  std::string out = "tree\nnum_class=3\nobjective=multiclass num_class:3\nfeature_names=reads\n\n";
  for (size_t i = 0; i < 3; ++i) {
    out += fmt::format("Tree={}\nnum_leaves=2\nsplit_feature=0\nthreshold=5\ndecision_type=10\nleft_child=-1\nright_child=-2\nleaf_value={} 0\n\n", i,
                       std::log(answer[i]));
  }
  return out + "end of trees\n";
}

class CascadeFolder : public testing::Test {
 protected:
  CascadeFolder() {
    std::string name = testing::TempDir() + "cascade_test_XXXXXX";
    folder_ = mkdtemp(name.data());
    write("plain.txt", trees_of(kPlain));
    write("final.txt", trees_of(kFinal));
    write("cascade.json", kJson);
  }
  ~CascadeFolder() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  void replace(const std::string& from, const std::string& to) const {
    std::string text = kJson;
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    write("cascade.json", text.replace(at, from.size(), to));
  }
  Cascade cascade() const { return Cascade(folder_.string(), kNumbers); }

  template <typename Work>
  static std::string refusal(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kModel);
      return error.message();
    }
    return "none";
  }
  std::string refusal() const {
    return refusal([this] { cascade(); });
  }
  std::string refusal_of_flags() const {
    return refusal([this] { cascade_flags(folder_.string()); });
  }
  // With another cascade.json, the file itself named.
  std::string refusal_with(const std::string& from, const std::string& to) const {
    replace(from, to);
    const std::string said = refusal();
    EXPECT_THAT(said, HasSubstr((folder_ / "cascade.json").string())) << to;
    return said;
  }

  std::filesystem::path folder_;
};

constexpr std::array<float, 2> kFew = {30, 2};
constexpr std::array<float, 2> kMany = {30, 20};

}  // namespace

TEST_F(CascadeFolder, SettlesWhatThePlainTreesAreSureOf) {
  EXPECT_TRUE(cascade().settled(kFew));
  EXPECT_FALSE(cascade().settled(kMany));
  replace("\"least\": 0.9", "\"least\": 0.96");
  EXPECT_FALSE(cascade().settled(kFew));
  replace("\"least\": 0.9", "\"least\": 2");
  EXPECT_FALSE(cascade().settled(kFew)) << "2: never";
}

TEST_F(CascadeFolder, AnswersByTheFinalTrees) {
  const auto few = cascade().answer(kFew);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(few[i], kFinal[i], 1e-6);
  for (const double one : cascade().answer(kMany)) EXPECT_NEAR(one, 1.0 / 3, 1e-6);
}

TEST_F(CascadeFolder, TemperatureDividesTheScores) {
  for (const double temperature : {0.5, 2.0, 10.0}) {
    replace("\"temperature\": 1", fmt::format("\"temperature\": {}", temperature));
    std::array<double, 3> expected{};
    for (size_t i = 0; i < 3; ++i) expected[i] = std::pow(kFinal[i], 1 / temperature);
    const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
    const auto got = cascade().answer(kFew);
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(got[i], expected[i] / sum, 1e-6) << temperature;
    EXPECT_TRUE(cascade().settled(kFew)) << "the plain trees know of none";
  }
}

TEST_F(CascadeFolder, ProbabilitiesSumToOne) {
  for (const double first : {0.5, 1e-3, 1e-8, 1e-15, 1e-40}) {
    write("final.txt", trees_of({1 - first, first, first / 3}));
    const auto got = cascade().answer(kFew);
    EXPECT_NEAR(got[0] + got[1] + got[2], 1, 1e-6) << first;
    for (const double one : got) EXPECT_TRUE(one >= 0 && one <= 1) << first;
  }
}

TEST_F(CascadeFolder, GivesFlagsAsOnACommandLine) {
  EXPECT_THAT(cascade_flags(folder_.string()), ElementsAre(Pair("count", "1"), Pair("share", "0.5"), Pair("wide", "true"), Pair("word", "a b")));
  write("cascade.json", "{}");
  EXPECT_TRUE(cascade_flags(folder_.string()).empty());
}

TEST_F(CascadeFolder, IsThereWhereItsFileIs) {
  EXPECT_TRUE(has_cascade(folder_.string()));
  std::filesystem::remove(folder_ / "cascade.json");
  EXPECT_FALSE(has_cascade(folder_.string()));
  EXPECT_FALSE(has_cascade((folder_ / "none").string()));
  EXPECT_FALSE(has_cascade((folder_ / "plain.txt").string())) << "a file is no folder";
  EXPECT_THAT(refusal(), HasSubstr("cascade.json is missing"));
  EXPECT_THAT(refusal_of_flags(), HasSubstr("cascade.json is missing"));
}

TEST_F(CascadeFolder, WithAFileThatIsNoObjectIsRefused) {
  const std::string whole = kJson;
  for (const std::string& text : {std::string("\n"), std::string("null"), std::string("[]"), std::string("3"), std::string("\"x\""), std::string("\xff\xfe{}"),
                                  std::string("{\"version\": \"\xff\"}"), whole + "}", std::string(100'000, '[')}) {
    write("cascade.json", text);
    EXPECT_THAT(refusal(), AllOf(HasSubstr("cascade.json"), HasSubstr("is not a JSON object"))) << text.substr(0, 80);
    EXPECT_THAT(refusal_of_flags(), HasSubstr("is not a JSON object")) << text.substr(0, 80);
  }
  for (size_t length = 1; length < whole.size(); ++length) {
    write("cascade.json", whole.substr(0, length));
    ASSERT_THAT(refusal(), HasSubstr("is not a JSON object")) << length;
  }
  write("cascade.json", "");
  EXPECT_THAT(refusal(), HasSubstr("cascade.json"));
  std::filesystem::remove(folder_ / "cascade.json");
  std::filesystem::create_directory(folder_ / "cascade.json");
  EXPECT_THAT(refusal(), HasSubstr("cascade.json is missing or cannot be read"));
  EXPECT_THAT(refusal_of_flags(), HasSubstr("cascade.json is missing or cannot be read"));
}

TEST_F(CascadeFolder, WithoutAPartIsRefused) {
  EXPECT_THAT(refusal_with("\"plain\"", "\"plane\""), HasSubstr("'plain' lacks"));
  EXPECT_THAT(refusal_with("\"final\"", "\"last\""), HasSubstr("'final' lacks"));
  EXPECT_THAT(refusal_with("\"trees\": \"plain.txt\", ", ""), HasSubstr("'plain' lacks the name of its 'trees'"));
  EXPECT_THAT(refusal_with("\"trees\": \"final.txt\", ", ""), HasSubstr("'final' lacks the name of its 'trees'"));
  EXPECT_THAT(refusal_with(", \"least\": 0.9", ""), HasSubstr("'plain' lacks 'least'"));
  EXPECT_THAT(refusal_with(", \"temperature\": 1", ""), HasSubstr("'final' lacks 'temperature'"));
}

TEST_F(CascadeFolder, WithPartsOfAnotherTypeIsRefused) {
  for (const char* other : {"null", "true", "3", "\"x\"", "[]", "[{\"trees\": \"plain.txt\", \"least\": 0.9}]", "{}"}) {
    EXPECT_THAT(refusal_with("{\"trees\": \"plain.txt\", \"least\": 0.9}", other), HasSubstr("'plain' lacks")) << other;
    EXPECT_THAT(refusal_with("{\"trees\": \"final.txt\", \"temperature\": 1}", other), HasSubstr("'final' lacks")) << other;
  }
  for (const char* other : {"null", "true", "\"0.9\"", "[0.9]", "{}"}) {
    EXPECT_THAT(refusal_with("0.9", other), HasSubstr("'plain' lacks 'least'")) << other;
    EXPECT_THAT(refusal_with("\"temperature\": 1", fmt::format("\"temperature\": {}", other)), HasSubstr("'final' lacks 'temperature'")) << other;
  }
  for (const char* other : {"null", "true", "7", "[\"plain.txt\"]", "{}"}) {
    EXPECT_THAT(refusal_with("\"plain.txt\"", other), HasSubstr("'plain' lacks the name of its 'trees'")) << other;
  }
}

TEST_F(CascadeFolder, WithNumbersOutOfRangeIsRefused) {
  for (const char* least : {"0.3", "-1", "2.1", "1e300"}) EXPECT_THAT(refusal_with("0.9", least), HasSubstr("'plain' lacks 'least' from 0.34 to 2")) << least;
  for (const char* temperature : {"0", "-1", "0.001", "101"})
    EXPECT_THAT(refusal_with("\"temperature\": 1", fmt::format("\"temperature\": {}", temperature)), HasSubstr("'final' lacks 'temperature' from 0.01 to 100")) << temperature;
}

TEST_F(CascadeFolder, WithTreesOutsideItIsRefused) {
  for (const char* name : {"/etc/passwd", "../plain.txt", "sub/plain.txt", "./plain.txt"})
    EXPECT_THAT(refusal_with("plain.txt", name), HasSubstr("lie outside the folder")) << name;
  for (const char* name : {"", ".", "..", "absent.txt"}) {
    replace("plain.txt", name);
    EXPECT_THAT(refusal(), HasSubstr(folder_.string())) << name;
  }
}

TEST_F(CascadeFolder, WithDamagedTreesIsRefusedByTheirName) {
  const std::string whole = trees_of(kFinal);
  write("final.txt", whole.substr(0, whole.size() / 2));
  EXPECT_THAT(refusal(), HasSubstr((folder_ / "final.txt").string()));
  write("plain.txt", "");
  EXPECT_THAT(refusal(), HasSubstr((folder_ / "plain.txt").string()));
  EXPECT_THAT(refusal([this] { Cascade(folder_.string(), std::array<std::string_view, 1>{"depth"}); }), HasSubstr("plain.txt"));
}

TEST_F(CascadeFolder, WithFlagsThatAreNoneIsRefused) {
  const std::string flags = R"({"count": 1, "share": 0.5, "wide": true, "word": "a b"})";
  for (const char* other : {"null", "true", "3", "\"x\"", "[]", "[\"count\"]"}) {
    replace(flags, other);
    EXPECT_THAT(refusal_of_flags(), AllOf(HasSubstr("cascade.json"), HasSubstr("'flags_for_calling' is not an object"))) << other;
  }
  for (const char* other : {"null", "[]", "{}", "[1]"}) {
    replace("\"count\": 1", fmt::format("\"count\": {}", other));
    EXPECT_THAT(refusal_of_flags(), AllOf(HasSubstr("cascade.json"), HasSubstr("the flag 'count' has no plain value"))) << other;
  }
}

}  // namespace haploom::model
