#include "pipeline/example_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <set>

#include "base/error.h"

namespace haploom::pipeline {
namespace {

namespace fs = std::filesystem;

class ExampleFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_examples_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  MakeExamplesOutputs outputs() const {
    MakeExamplesOutputs out;
    out.examples = folder_ / "examples.gz";
    out.candidates = folder_ / "candidates.gz";
    out.gvcf = folder_ / "gvcf.gz";
    out.sitelist = folder_ / "sites";
    out.run_info = folder_ / "run_info";
    return out;
  }

  std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& entry : fs::directory_iterator(folder_)) out.insert(entry.path().filename());
    return out;
  }

  static void write(ExampleFiles& files) {
    files.candidate({});
    files.reference({});
    files.finish("run");
  }

  fs::path folder_;
};

}  // namespace

TEST_F(ExampleFilesTest, AllFilesOfATaskAppear) {
  ExampleFiles files(outputs(), {}, true);
  write(files);
  EXPECT_EQ(names(), (std::set<std::string>{"examples.gz", "examples.gz.example_info.json", "candidates.gz", "gvcf.gz", "sites", "run_info"}));
}

TEST_F(ExampleFilesTest, NoFileOfATaskAppearsWhenOneCannotBeFinished) {
  MakeExamplesOutputs out = outputs();
  out.gvcf = "/dev/full";  // what is written last fails, at the end
  {
    ExampleFiles files(out, {}, true);
    EXPECT_THROW(write(files), Error);
  }
  EXPECT_EQ(names(), std::set<std::string>{});
}

}  // namespace haploom::pipeline
