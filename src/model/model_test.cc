#include "model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"

namespace haploom::model {
namespace {

using Answers = std::vector<genome::GenotypeProbabilities>;

const std::string kTiny = std::string(HAPLOOM_SOURCE_DIR) + "/tests/data/tiny_model";

// Images as like real ones as the tiny network needs: flat colours in bands, so that answers differ.
std::vector<uint8_t> images(size_t n, size_t bytes) {
  std::mt19937 random(7);
  std::vector<uint8_t> out(n * bytes);
  for (size_t i = 0; i < n; ++i) {
    const auto level = static_cast<uint32_t>(random() % 255 + 1);
    for (size_t b = 0; b < bytes; ++b) out[i * bytes + b] = static_cast<uint8_t>(random() % level);
  }
  return out;
}

class Folder : public testing::Test {
 protected:
  Folder() {
    std::string name = testing::TempDir() + "model_test_XXXXXX";
    path_ = mkdtemp(name.data());
    std::filesystem::copy(kTiny, path_, std::filesystem::copy_options::recursive);
  }
  ~Folder() override { std::filesystem::remove_all(path_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::string refusal() const {
    try {
      Model model(path_.string());
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
      EXPECT_EQ(error.reason(), Reason::kModel);
      return error.message();
    }
    return "none";
  }

  std::filesystem::path path_;
};

}  // namespace

TEST(Model, TellsItsShapeAndName) {
  const Model model(kTiny + "/");
  EXPECT_EQ(model.shape().height_pangenome, 12);
  EXPECT_EQ(model.shape().height_reads, 20);
  EXPECT_EQ(model.shape().width, 33);
  EXPECT_EQ(model.shape().channels, tensor::kWgsChannels);
  EXPECT_EQ(model.name(), "tiny_model tiny");
  EXPECT_EQ(read_shape(kTiny).rows(), 32);
}

TEST(Model, AnswersThreeProbabilitiesForEachImage) {
  const Model model(kTiny);
  auto session = model.session();
  const size_t n = 3 * static_cast<size_t>(session.batch()) + 1;
  Answers answers(1);  // what stands in `out` stays
  session.infer(images(n, model.shape().bytes()), n, answers);
  ASSERT_EQ(answers.size(), n + 1);
  EXPECT_THAT(answers[0], testing::Each(0.0));
  double least = 1;
  double most = 0;
  for (size_t i = 1; i <= n; ++i) {
    EXPECT_NEAR(answers[i][0] + answers[i][1] + answers[i][2], 1, 1e-9);
    least = std::min(least, answers[i][0]);
    most = std::max(most, answers[i][0]);
  }
  EXPECT_GT(most - least, 0.05);  // it looks at the image
}

TEST(Model, SubtractsAndDividesBy128) {
  const Model model(kTiny);
  auto session = model.session();
  Answers grey;
  session.infer(std::vector<uint8_t>(model.shape().bytes(), 128), 1, grey);
  Answers white;
  session.infer(std::vector<uint8_t>(model.shape().bytes(), 255), 1, white);
  // Computed by another engine from the weights in the file: all inputs 0, and all 127/128.
  EXPECT_THAT(grey[0], testing::Pointwise(testing::DoubleNear(2e-6), {0.183032, 0.181071, 0.635897}));
  EXPECT_THAT(white[0], testing::Pointwise(testing::DoubleNear(2e-6), {0.000000, 0.999989, 0.000011}));
}

TEST(Model, AnswersTheSameWhateverStandsBesideAnImage) {
  const Model model(kTiny);
  auto session = model.session();
  const size_t bytes = model.shape().bytes();
  const size_t n = 2 * static_cast<size_t>(session.batch()) + 3;
  const std::vector<uint8_t> all = images(n, bytes);
  Answers together;
  session.infer(all, n, together);
  Answers alone;
  for (size_t i = n; i-- > 0;) session.infer(std::span(all).subspan(i * bytes, bytes), 1, alone);
  std::reverse(alone.begin(), alone.end());
  EXPECT_EQ(together, alone);
}

TEST(Model, AnswersTheSameInManyThreads) {
  const Model model(kTiny);
  const size_t n = 40;
  const std::vector<uint8_t> all = images(n, model.shape().bytes());
  Answers expected;
  model.session().infer(all, n, expected);
  std::vector<Answers> answers(8);
  {
    std::vector<std::jthread> threads;
    for (Answers& own : answers) {
      threads.emplace_back([&] {
        auto session = model.session();
        for (int round = 0; round < 5; ++round) {
          own.clear();
          session.infer(all, n, own);
        }
      });
    }
  }
  EXPECT_THAT(answers, testing::Each(expected));
}

TEST_F(Folder, MayBeAbsent) {
  std::filesystem::remove_all(path_);
  EXPECT_EQ(refusal(), "the model folder " + path_.string() + " does not exist or is no folder");
}

TEST_F(Folder, NeedsExampleInfo) {
  std::filesystem::remove(path_ / "example_info.json");
  EXPECT_EQ(refusal(), (path_ / "example_info.json").string() + " is missing or cannot be read");
}

TEST_F(Folder, NeedsANetwork) {
  std::filesystem::remove(path_ / "model.onnx");
  EXPECT_EQ(refusal(), path_.string() + " holds no model.onnx, no model.xml and no saved_model.pb");
}

TEST_F(Folder, NeedsANetworkThatIsWhole) {
  const std::string file = (path_ / "model.onnx").string();
  const std::string start = file + " is not a network that can be run: ";
  const auto size = std::filesystem::file_size(file);
  for (const size_t left : {size_t{0}, size_t{100}, size_t{1500}, static_cast<size_t>(size) - 1}) {
    std::filesystem::resize_file(file, left);
    EXPECT_THAT(refusal(), testing::StartsWith(start)) << left;
    std::filesystem::copy_file(kTiny + "/model.onnx", file, std::filesystem::copy_options::overwrite_existing);
  }
  write("model.onnx", "this is text, not a network");
  EXPECT_THAT(refusal(), testing::StartsWith(start));
  EXPECT_EQ(refusal().find('\n'), std::string::npos);
}

TEST_F(Folder, MustFitItsNetwork) {
  write("example_info.json",
        R"({"version": "1", "shape": [32, 35, 7], "channels": [1,2,3,4,5,6,19], "height_pangenome": 12, "height_reads": 20})");
  EXPECT_EQ(refusal(), (path_ / "model.onnx").string() +
                           ": the network takes images of [?,32,33,7], but example_info.json tells of [32,35,7]");
}

}  // namespace haploom::model
