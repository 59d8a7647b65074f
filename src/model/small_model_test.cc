#include "model/small_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <openvino/op/constant.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/softmax.hpp>
#include <openvino/openvino.hpp>

#include "base/error.h"

namespace haploom::model {
namespace {

using testing::HasSubstr;
using Answers = std::vector<std::array<float, 3>>;

constexpr size_t kFeatures = 5;

float weight(size_t feature, size_t answer) { return 0.01F * static_cast<float>((feature * 7 + answer * 5) % 11) - 0.05F; }

std::vector<float> rows(size_t n) {
  std::vector<float> out(n * kFeatures);
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>((i * 37) % 101);
  return out;
}

class SmallModelFolder : public testing::Test {
 protected:
  SmallModelFolder() {
    std::string name = testing::TempDir() + "small_model_test_XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~SmallModelFolder() override { std::filesystem::remove_all(path_); }

  // One layer of weight(); its softmax, or the sums as they are.
  void save(size_t answers = 3, bool softmax = true) const {
    const auto in = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::PartialShape{-1, static_cast<int64_t>(kFeatures)});
    std::vector<float> weights;
    for (size_t feature = 0; feature < kFeatures; ++feature)
      for (size_t answer = 0; answer < answers; ++answer) weights.push_back(weight(feature, answer));
    const auto constant = ov::op::v0::Constant::create(ov::element::f32, ov::Shape{kFeatures, answers}, weights);
    const auto sums = std::make_shared<ov::op::v0::MatMul>(in, constant);
    ov::Output<ov::Node> out = sums;
    if (softmax) out = std::make_shared<ov::op::v8::Softmax>(sums, 1);
    ov::save_model(std::make_shared<ov::Model>(ov::OutputVector{out}, ov::ParameterVector{in}), path_ / "model.xml", false);
  }

  Answers answers(const std::vector<float>& from, size_t batch = 128) const {
    SmallModel model(path_.string(), kFeatures, batch, "");
    Answers out;
    model.infer(from, from.size() / kFeatures, out);
    return out;
  }

  std::string refusal(const std::string& path, size_t features = kFeatures) const {
    try {
      Answers out;
      SmallModel(path, features, 8, "look at the flags").infer(std::vector<float>(features, 50), 1, out);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kModel);
      return error.text();
    }
    return "none";
  }

  std::filesystem::path path_;
};

}  // namespace

TEST_F(SmallModelFolder, AnswersForEachRow) {
  save();
  const auto from = rows(37);
  const Answers got = answers(from);
  ASSERT_EQ(got.size(), 37U);
  for (size_t row = 0; row < got.size(); ++row) {
    std::array<double, 3> powers{};
    for (size_t answer = 0; answer < 3; ++answer) {
      double sum = 0;
      for (size_t feature = 0; feature < kFeatures; ++feature) sum += from[row * kFeatures + feature] * weight(feature, answer);
      powers[answer] = std::exp(sum);
    }
    const double all = std::accumulate(powers.begin(), powers.end(), 0.0);
    for (size_t answer = 0; answer < 3; ++answer) EXPECT_NEAR(got[row][answer], powers[answer] / all, 1e-6);
  }
}

TEST_F(SmallModelFolder, AnswersTheSameWhateverStandsBesideARow) {
  save();
  const auto from = rows(20);
  SmallModel model(path_.string(), kFeatures, 128, "");
  Answers alone;
  for (size_t row = 0; row < 20; ++row) model.infer(std::span(from).subspan(row * kFeatures, kFeatures), 1, alone);
  EXPECT_EQ(alone, answers(from));
  EXPECT_EQ(answers(from, 1).size(), 20U);
  EXPECT_TRUE(answers({}).empty());
}

TEST_F(SmallModelFolder, ForOtherNumbersIsRefusedWithWhatDecidesAboutThem) {
  save();
  EXPECT_THAT(refusal(path_.string(), 7),
              testing::AllOf(HasSubstr("model.xml takes 5 numbers of a candidate, and this run makes 7"), HasSubstr("look at the flags")));
}

TEST_F(SmallModelFolder, MustAnswerThreeProbabilities) {
  save(4);
  EXPECT_THAT(refusal(path_.string()), HasSubstr("three float32 probabilities a row were expected"));
  save(3, false);
  EXPECT_THAT(refusal(path_.string()), HasSubstr("which are no probabilities"));
}

TEST_F(SmallModelFolder, OfKerasIsRefusedWithTheWayToExportIt) {
  std::ofstream(path_ / "small.keras") << "PK";
  for (const auto& path : {path_, path_ / "small.keras"}) {
    EXPECT_THAT(refusal(path.string()), testing::AllOf(HasSubstr((path_ / "small.keras").string() + " is a file of Keras"), HasSubstr(".export('FOLDER')")));
  }
}

TEST_F(SmallModelFolder, NeedsANetwork) { EXPECT_THAT(refusal(path_.string()), HasSubstr("holds no model.onnx, no model.xml and no saved_model.pb")); }

TEST_F(SmallModelFolder, OfImagesIsRefused) {
  EXPECT_THAT(refusal(std::string(HAPLOOM_SOURCE_DIR) + "/tests/data/tiny_model"), HasSubstr("takes rows of float32 numbers"));
}

}  // namespace haploom::model
