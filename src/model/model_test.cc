#include "model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"
#include "model/other_threads.h"

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

TEST(Model, OfASavedModelAnswersAsTensorFlowDoes) {
  const Model model(std::string(HAPLOOM_SOURCE_DIR) + "/tests/data/tiny_saved_model");
  EXPECT_EQ(model.name(), "tiny_saved_model tiny");
  const size_t bytes = model.info().image_bytes();
  std::vector<uint8_t> four(4 * bytes);
  std::fill_n(four.begin() + static_cast<std::ptrdiff_t>(bytes), bytes, 128);
  std::fill_n(four.begin() + static_cast<std::ptrdiff_t>(2 * bytes), bytes, 255);
  for (size_t i = 0; i < bytes; ++i) four[3 * bytes + i] = static_cast<uint8_t>(i % 251);
  Answers answers;
  model.session().infer(four, 4, answers);
  // As tests/oracle/savedmodel/make_tiny.py printed when it made the folder.
  const Answers expected = {{9.6538150e-01, 1.6526001e-05, 3.4601953e-02},
                            {0.73466754, 0.02942396, 0.23590846},
                            {9.9578649e-01, 9.6273288e-04, 3.2508308e-03},
                            {0.92991036, 0.00406658, 0.06602304}};
  for (size_t i = 0; i < 4; ++i) EXPECT_THAT(answers[i], testing::Pointwise(testing::DoubleNear(1e-6), expected[i])) << i;
}

TEST(Model, TellsOfASavedModel) {
  const Description tiny = describe(std::string(HAPLOOM_SOURCE_DIR) + "/tests/data/tiny_saved_model");
  EXPECT_EQ(tiny.format, "TensorFlow SavedModel");
  EXPECT_EQ(tiny.file, "saved_model.pb");
  EXPECT_EQ(tiny.input_shape, "[?,20,33,7]");
  EXPECT_EQ(tiny.input, "input_1");
  EXPECT_EQ(tiny.output, "classification");
  EXPECT_GE(tiny.parameters, 5 * 5 * 7 * 6 + 3 * 6 + 6 * 3 + 3);
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

// Sessions beyond the number of threads that the model was made for, and as many as it was made for.
TEST(Model, AnswersTheSameInManyThreads) {
  constexpr size_t n = 40;
  Answers expected;
  std::vector<uint8_t> all;
  for (const int made_for : {1, 4}) {
    const Model model(kTiny, made_for);
    if (all.empty()) {
      all = images(n, model.shape().bytes());
      model.session().infer(all, n, expected);
    }
    std::vector<Answers> answers(4);
    {
      std::vector<std::jthread> threads;
      for (Answers& own : answers) {
        threads.emplace_back([&] {
          auto session = model.session();
          for (int round = 0; round < 3; ++round) {
            own.clear();
            session.infer(all, n, own);
          }
        });
      }
    }
    EXPECT_THAT(answers, testing::Each(expected)) << made_for;
  }
}

TEST(Model, GivesTheRoomOfAnEndedSessionToTheNext) {
  const Model model(kTiny, 2);
  const size_t threads = threads_of_process().size();
  for (int i = 0; i < 5; ++i) model.session();
  EXPECT_EQ(threads_of_process().size(), threads);  // another compilation would bring two more
}

TEST(Model, ForManyThreadsCountsTheCpuThatTheyDoNot) {
  const Model alone(kTiny);
  const Model shared(kTiny, 2);
  const std::vector<uint8_t> all = images(40, alone.shape().bytes());
  Answers answers;
  const auto before = shared.cpu_seconds();
  alone.session().infer(all, 40, answers);
  shared.session().infer(all, 40, answers);
  EXPECT_EQ(alone.cpu_seconds(), 0);
  EXPECT_GT(shared.cpu_seconds(), before);
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

TEST_F(Folder, OfACheckpointIsRefusedWithTheCommandThatMakesASavedModel) {
  std::filesystem::remove(path_ / "model.onnx");
  write("weights-12.index", "");
  write("weights-12.data-00000-of-00001", "");
  EXPECT_EQ(refusal(), path_.string() + " is a TensorFlow checkpoint: weights without the network");
  const std::string prefix = (path_ / "weights-12").string();
  try {
    const Model model(prefix);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), prefix + " is a TensorFlow checkpoint: weights without the network");
    EXPECT_THAT(error.text(), testing::HasSubstr("convert_to_saved_model --checkpoint"));
  }
}

TEST_F(Folder, OfASavedModelNeedsItsVariables) {
  std::filesystem::remove(path_ / "model.onnx");
  write("saved_model.pb", "");
  EXPECT_EQ(refusal(), (path_ / "variables/variables.index").string() + " is missing beside " + (path_ / "saved_model.pb").string() +
                           ": a SavedModel is one folder of both");
  std::filesystem::create_directory(path_ / "variables");
  write("variables/variables.index", "");
  write("variables/variables.data-00000-of-00001", "");
  EXPECT_THAT(refusal(), testing::StartsWith((path_ / "saved_model.pb").string() + " is not a network that can be run: "));
}

TEST_F(Folder, MayLookAtWhatACallDoesNotDraw) {
  write("example_info.json", R"({"version": "1", "shape": [32, 33, 7], "channels": [1,2,3,4,5,6,26]})");
  const Model model(path_.string());
  EXPECT_EQ(model.info().channels.back(), 26);
  Answers answers;
  model.session().infer(images(1, model.info().image_bytes()), 1, answers);
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_THROW(model.shape(), Error);
}

TEST_F(Folder, IsDescribedWithoutBeingRun) {
  const Description tiny = describe(path_.string());
  EXPECT_EQ(tiny.file, "model.onnx");
  EXPECT_EQ(tiny.format, "ONNX");
  EXPECT_EQ(tiny.precision, "fp32");
  EXPECT_EQ(tiny.bytes, std::filesystem::file_size(path_ / "model.onnx"));
  EXPECT_EQ(tiny.info.rows, 32);
  EXPECT_THAT(tiny.input_shape, testing::EndsWith(",32,33,7]"));
  EXPECT_GT(tiny.parameters, 0);
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
