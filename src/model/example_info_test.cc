#include "model/example_info.h"

#include <gtest/gtest.h>

namespace haploom::model {
namespace {

std::string refusal(const std::string& json) {
  try {
    parse_example_info(json, "info");
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kModel);
    return error.message();
  }
  return "none";
}

std::string json_of(const std::string& shape, const std::string& channels, const std::string& more = "") {
  return R"({"version": "1", "shape": )" + shape + R"(, "channels": )" + channels + more + "}";
}

}  // namespace

TEST(ExampleInfo, TakesTheHeightsOfTheBlocksFromTheFile) {
  const ExampleInfo info = parse_example_info(
      json_of("[110,129,2]", "[19,1]", R"(, "height_pangenome": 50, "height_reads": 60)"), "info");
  EXPECT_EQ(info.version, "1");
  EXPECT_EQ(info.shape.height_pangenome, 50);
  EXPECT_EQ(info.shape.height_reads, 60);
  EXPECT_EQ(info.shape.width, 129);
  EXPECT_EQ(info.shape.channels, (std::vector{tensor::Channel::kInsertSize, tensor::Channel::kReadBase}));
}

TEST(ExampleInfo, KnowsTheHeightsOfDeepVariantsModels) {
  const tensor::ImageShape pangenome = parse_example_info(json_of("[200,221,1]", "[1]"), "info").shape;
  EXPECT_EQ(pangenome.height_pangenome, 100);
  EXPECT_EQ(pangenome.height_reads, 100);
  const tensor::ImageShape reads = parse_example_info(json_of("[100,221,1]", "[1]"), "info").shape;
  EXPECT_EQ(reads.height_pangenome, 0);
  EXPECT_EQ(reads.height_reads, 100);
}

TEST(ExampleInfo, SaysWhatItCannotTake) {
  EXPECT_EQ(refusal("{"), "info is not a JSON object");
  EXPECT_EQ(refusal("[]"), "info is not a JSON object");
  EXPECT_EQ(refusal("{}"), "info: 'version' is missing");
  EXPECT_EQ(refusal(R"({"version": 1})"), "info: 'version' is not a text");
  EXPECT_EQ(refusal(json_of("[200,221]", "[1]")), "info: 'shape' is not [rows, width, channels]");
  EXPECT_EQ(refusal(json_of("[200,220,1]", "[1]")), "info: the width 220 is not odd");
  EXPECT_EQ(refusal(json_of("[200,1e99,1]", "[1]")), "info: 'shape' is not a whole number");
  EXPECT_EQ(refusal(json_of("[200,18446744073709551615,1]", "[1]")), "info: 'shape' is -1, outside 3 to 10001");
  EXPECT_EQ(refusal(json_of("[200,221,2]", "[1]")),
            "info: 'channels' is not a list of the 2 channels that 'shape' tells of");
  EXPECT_EQ(refusal(json_of("[200,221,1]", "[8]")),
            "info: channel 8 is not one that haploom draws (1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 23, 24)");
  EXPECT_EQ(refusal(json_of("[200,221,2]", "[4,4]")), "info: channel 4 is named twice");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]")),
            "info: 110 rows without 'height_pangenome' and 'height_reads'; known without are 100 and 200");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_reads": 60)")), "info: 'height_pangenome' is missing");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_pangenome": 40, "height_reads": 60)")),
            "info: 40 + 60 rows of the two blocks are not the 110 of 'shape'");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_pangenome": 5, "height_reads": 105)")),
            "info: 'height_pangenome' is 5; a block has 6 rows or more, or none");
}

}  // namespace haploom::model
