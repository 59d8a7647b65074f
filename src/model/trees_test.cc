#include "model/trees.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <string>

#include "base/error.h"

namespace haploom::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr std::array<std::string_view, 4> kNumbers = {"depth", "quality", "spare", "length"};

// Two rounds of three classes. The file's features are length and depth, in that order. Its decision types: 2 takes NaN for 0,
// 8 sends it right, 10 left.
constexpr const char* kFile = R"(tree
version=v4
num_class=3
num_tree_per_iteration=3
label_index=0
max_feature_idx=1
objective=multiclass num_class:3
feature_names=length depth
feature_infos=[-9:9] [0:60]
tree_sizes=1 2 3 4 5 6

Tree=0
num_leaves=3
num_cat=0
split_feature=1 0
split_gain=9 8
threshold=10 -0.5
decision_type=10 2
left_child=-1 -2
right_child=1 -3
leaf_value=0.25 -1 2
leaf_weight=1 1 1
is_linear=0
shrinkage=1


Tree=1
num_leaves=2
num_cat=0
split_feature=1
threshold=1.0000000180025095e-35
decision_type=8
left_child=-1
right_child=-2
leaf_value=0.5 -0.5
is_linear=0
shrinkage=1


Tree=2
num_leaves=1
num_cat=0
split_feature=
threshold=
decision_type=
left_child=
right_child=
leaf_value=0.125
is_linear=0
shrinkage=1


Tree=3
num_leaves=2
num_cat=0
split_feature=0
threshold=3
decision_type=2
left_child=-1
right_child=-2
leaf_value=4 8
is_linear=0
shrinkage=0.1


Tree=4
num_leaves=1
leaf_value=0
is_linear=0


Tree=5
num_leaves=2
split_feature=1
threshold=20
decision_type=10
left_child=-2
right_child=-1
leaf_value=16 32
is_linear=0


end of trees

feature_importances:
depth=4
length=2

parameters:
[num_class: 3]
end of parameters
)";

class TreesFolder : public testing::Test {
 protected:
  TreesFolder() {
    std::string name = testing::TempDir() + "trees_test_XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = (folder_ / "plain.txt").string();
  }
  ~TreesFolder() override { std::filesystem::remove_all(folder_); }

  Trees read(const std::string& text) const {
    std::ofstream(path_) << text;
    return Trees(path_, kNumbers, 3);
  }

  std::array<double, 3> scores(float depth, float length) const {
    std::array<double, 3> out = {7, 7, 7};  // what stood there before is forgotten
    read(kFile).scores(std::array<float, 4>{depth, kNan, kNan, length}, out);
    return out;
  }

  // What is said of the file with the first `from` in it replaced.
  std::string refusal(const std::string& from, const std::string& to, size_t classes = 3) const {
    std::string text = kFile;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return refusal_of(text.replace(at, from.size(), to), classes);
  }

  std::string refusal_of(const std::string& text, size_t classes = 3) const {
    std::ofstream(path_) << text;
    try {
      Trees(path_, kNumbers, classes);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kModel);
      EXPECT_THAT(error.message(), HasSubstr(path_));
      return error.message();
    }
    return "none";
  }

  std::filesystem::path folder_;
  std::string path_;
};

}  // namespace

TEST_F(TreesFolder, SumTheLeavesOfEachClassOverTheRounds) {
  EXPECT_EQ(read(kFile).trees(), 6U);
  EXPECT_THAT(scores(10, 3), ElementsAre(0.25 + 4, -0.5, 0.125 + 32)) << "a threshold belongs to the left";
  EXPECT_THAT(scores(11, 3.5), ElementsAre(2 + 8, -0.5, 0.125 + 32));
  EXPECT_THAT(scores(21, -0.5), ElementsAre(-1 + 4, -0.5, 0.125 + 16));
  EXPECT_THAT(scores(0, 0), ElementsAre(0.25 + 4, 0.5, 0.125 + 32)) << "0 lies left of LightGBM's smallest threshold";
}

TEST_F(TreesFolder, SendWhatNobodyKnowsWhereTheSplitSays) {
  EXPECT_THAT(scores(kNan, 5), ElementsAre(0.25 + 8, -0.5, 0.125 + 32)) << "10: left, 8: right";
}

TEST_F(TreesFolder, TakeNanForZeroWhereTrainingSawNone) {
  EXPECT_THAT(scores(30, kNan), ElementsAre(2 + 4, -0.5, 0.125 + 16)) << "0 lies right of -0.5 and left of 3";
}

TEST_F(TreesFolder, SplitInDoubleWhatRowsHoldInFloat) {
  std::string text = kFile;
  const std::string split = "threshold=20";
  text.replace(text.find(split), split.size(), "threshold=0.1");  // 0.1F is more
  std::array<double, 3> out{};
  read(text).scores(std::array<float, 4>{0.1F, 0, 0, 0}, out);
  EXPECT_EQ(out[2], 0.125 + 16);
}

TEST_F(TreesFolder, ThatEndTooEarlyAreRefused) {
  const std::string text = kFile;
  const size_t whole = text.find("end of trees") + std::string("end of trees").size();
  for (size_t length = 0; length < whole; length += length + 20 < whole ? 5 : 1) {
    const std::string said = refusal_of(text.substr(0, length));
    ASSERT_THAT(said, HasSubstr("ends too early")) << length;
  }
  EXPECT_EQ(refusal_of(text.substr(0, whole)), "none") << "what stands behind is for people";
}

TEST_F(TreesFolder, ThatAreNoneAreRefused) {
  EXPECT_THAT(refusal_of(""), HasSubstr("is no file of LightGBM's trees"));
  EXPECT_THAT(refusal_of("\x1f\x8b\x08 and so on\n"), HasSubstr("is no file of LightGBM's trees"));
  EXPECT_THAT(refusal_of("end of trees\n"), HasSubstr("num_class"));
  const std::string text = kFile;
  EXPECT_THAT(refusal_of(text.substr(0, text.find("Tree=0")) + "end of trees\n"), HasSubstr("0 trees"));
  EXPECT_THAT(refusal_of(text.substr(text.find("Tree=0"))), HasSubstr("num_class"));
}

TEST_F(TreesFolder, ThatAreMissingAreRefused) {
  path_ = (folder_ / "other.txt").string();
  EXPECT_THROW(Trees(path_, kNumbers, 3), Error);
  path_ = folder_.string();
  EXPECT_THROW(Trees(path_, kNumbers, 3), Error);
}

TEST_F(TreesFolder, OfOtherClassesAreRefused) {
  EXPECT_THAT(refusal("num_class=3", "num_class=2"), HasSubstr("answers other than 3 classes"));
  EXPECT_THAT(refusal("num_class=3", "num_class="), HasSubstr("answers other than 3 classes"));
  EXPECT_THAT(refusal("num_class=3", "num_class=3 3"), HasSubstr("answers other than 3 classes"));
  EXPECT_THAT(refusal("version", "version", 4), HasSubstr("answers other than 4 classes"));
  std::string text = kFile;
  const size_t last = text.find("Tree=5");
  text.erase(last, text.find("end of trees") - last);
  EXPECT_THAT(refusal_of(text), HasSubstr("5 trees, no multiple of 3"));
}

TEST_F(TreesFolder, OfAnotherObjectiveAreRefused) {
  EXPECT_THAT(refusal("objective=multiclass num_class:3", "objective=multiclassova num_class:3 sigmoid:1"), HasSubstr("multiclassova"));
  EXPECT_THAT(refusal("objective=multiclass num_class:3\n", ""), HasSubstr("objective"));
  EXPECT_THAT(refusal("label_index=0", "average_output"), HasSubstr("average"));
}

TEST_F(TreesFolder, ThatWantANumberWhichRowsLackAreRefused) {
  EXPECT_THAT(refusal("feature_names=length depth", "feature_names=length deep"), HasSubstr("'deep'"));
  EXPECT_THAT(refusal("feature_names=length depth", "feature_names=length"), HasSubstr("splits at a feature that it does not name in tree 0"));
  EXPECT_THAT(refusal("split_feature=1 0", "split_feature=-1 0"), HasSubstr("splits at a feature that it does not name in tree 0"));
}

TEST_F(TreesFolder, WithListsOfUnequalLengthsAreRefused) {
  for (const char* list : {"split_feature=1 0", "threshold=10 -0.5", "decision_type=10 2", "left_child=-1 -2", "right_child=1 -3", "leaf_value=0.25 -1 2"}) {
    const std::string text = list;
    EXPECT_THAT(refusal(text, text.substr(0, text.rfind(' '))), HasSubstr("of unequal lengths in tree 0")) << list;
    EXPECT_THAT(refusal(text, text + " 1"), HasSubstr("of unequal lengths in tree 0")) << list;
    EXPECT_THAT(refusal(text + "\n", ""), HasSubstr(fmt::format("lacks '{}' in tree 0", text.substr(0, text.find('='))))) << list;
  }
  EXPECT_THAT(refusal("leaf_value=0.25 -1 2", "leaf_value=0.25"), HasSubstr("of unequal lengths in tree 0")) << "not a tree of one leaf";
  EXPECT_THAT(refusal("num_leaves=3", "num_leaves=2"), HasSubstr("of unequal lengths in tree 0"));
  EXPECT_THAT(refusal("leaf_value=0.125", "leaf_value="), HasSubstr("tree 2"));
}

TEST_F(TreesFolder, WithAChildOutOfPlaceAreRefused) {
  for (const char* child : {"0", "2", "-4", "9223372036854775807", "-9223372036854775808"})
    EXPECT_THAT(refusal("right_child=1 -3", fmt::format("right_child={} -3", child)), HasSubstr("child out of place in tree 0")) << child;
  EXPECT_THAT(refusal("left_child=-1 -2", "left_child=-1 1"), HasSubstr("child out of place in tree 0")) << "a node that leads to itself";
  EXPECT_THAT(refusal("left_child=-1 -2", "left_child=-1 0"), HasSubstr("child out of place in tree 0")) << "a cycle";
}

TEST_F(TreesFolder, WithWhatIsNoNumberAreRefused) {
  EXPECT_THAT(refusal("threshold=10 -0.5", "threshold=10 x"), HasSubstr("'threshold' in tree 0"));
  EXPECT_THAT(refusal("leaf_value=4 8", "leaf_value=4 8e"), HasSubstr("'leaf_value' in tree 3"));
  EXPECT_THAT(refusal("split_feature=1 0", "split_feature=1.5 0"), HasSubstr("'split_feature' in tree 0"));
  EXPECT_THAT(refusal("decision_type=10 2", "decision_type=99999999999999999999 2"), HasSubstr("'decision_type' in tree 0"));
}

TEST_F(TreesFolder, WithLeavesThatMakeNoProbabilityAreRefused) {
  for (const char* leaf : {"nan", "inf", "-inf", "1e300"})
    EXPECT_THAT(refusal("leaf_value=4 8", fmt::format("leaf_value=4 {}", leaf)), HasSubstr("in tree 3")) << leaf;
  EXPECT_THAT(refusal("threshold=3", "threshold=nan"), HasSubstr("in tree 3"));
}

TEST_F(TreesFolder, WithSplitsThatNobodyReadsAreRefused) {
  for (const char* type : {"1", "3", "4", "6", "12", "-2"})
    EXPECT_THAT(refusal("decision_type=10 2", fmt::format("decision_type={} 2", type)), HasSubstr("not supported")) << type;
  EXPECT_THAT(refusal("is_linear=0", "is_linear=1"), HasSubstr("tree 0")) << "a leaf would be a sum over numbers";
}

// Characters exchanged, lost or doubled: an error that names the file, or trees that give some score to every row.
TEST_F(TreesFolder, DamagedAtRandomAreRefusedOrAnswer) {
  std::mt19937 draw(17);
  const std::string whole = kFile;
  int refused = 0, answered = 0;
  for (int round = 0; round < 600; ++round) {
    std::string text = whole;
    for (uint32_t left = 1 + draw() % 3; left > 0; --left) {
      const size_t at = draw() % text.size();
      const uint32_t kind = draw() % 3;
      if (kind == 0) text[at] = " \n-=.0123456789eTnx"[draw() % 20];
      if (kind == 1) text.erase(at, 1 + draw() % 30);
      if (kind == 2) text.insert(at, text.substr(draw() % text.size(), 1 + draw() % 30));
    }
    std::ofstream(path_) << text;
    try {
      const Trees trees(path_, kNumbers, 3);
      for (const float value : {kNan, -1e30F, 0.0F, 15.0F}) {
        std::array<double, 3> out{};
        trees.scores(std::array<float, 4>{value, value, kNan, -value}, out);
        for (const double score : out) ASSERT_TRUE(std::isfinite(score)) << text;
      }
      ++answered;
    } catch (const Error& error) {
      ASSERT_EQ(error.reason(), Reason::kModel) << text;
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(answered, 50);
}

TEST(Softmax, SumsToOneHoweverLargeTheScores) {
  std::array<double, 3> scores = {1000, 1000 - std::log(3), 1000 - std::log(6)};
  softmax(scores);
  EXPECT_NEAR(scores[0], 6.0 / 9, 1e-12);
  EXPECT_NEAR(scores[1], 2.0 / 9, 1e-12);
  EXPECT_NEAR(scores[2], 1.0 / 9, 1e-12);
  scores = {-5000, -5000, -9000};
  softmax(scores);
  EXPECT_THAT(scores, ElementsAre(0.5, 0.5, 0));
}

}  // namespace haploom::model
