#include "model/example_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace haploom::model {
namespace {

std::string refused(const std::function<void()>& step) {
  try {
    step();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kModel);
    return error.message();
  }
  return "none";
}

std::string refusal(const std::string& json) {
  return refused([&] { parse_example_info(json, "info"); });
}

std::string undrawn(const std::string& json) {
  return refused([&] { drawn_shape(parse_example_info(json, "info"), "info"); });
}

std::string json_of(const std::string& shape, const std::string& channels, const std::string& more = "") {
  return R"({"version": "1", "shape": )" + shape + R"(, "channels": )" + channels + more + "}";
}

TEST(ExampleInfo, TellsTheFlagsThatItsImagesWereDrawnWith) {
  const std::string start = R"({"version": "1", "shape": [100, 221, 6], "channels": [1, 2, 3, 4, 5, 6], "flags_for_calling": )";
  const auto flags = parse_example_info(start + R"({"min_mapping_quality": 0, "normalize_reads": true, "types_to_alt_align": "all"}})", "info").flags_for_calling;
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"min_mapping_quality", "0"}, {"normalize_reads", "true"}, {"types_to_alt_align", "all"}};
  EXPECT_EQ(flags, expected);
  EXPECT_THROW(parse_example_info(start + R"({"regions": ["chr1", "chr2"]}})", "info"), Error);
  EXPECT_THROW(parse_example_info(start + R"(["min_mapping_quality"]})", "info"), Error);
}

}  // namespace

TEST(ExampleInfo, TakesTheHeightsOfTheBlocksFromTheFile) {
  const ExampleInfo info = parse_example_info(
      json_of("[110,129,2]", "[19,1]", R"(, "height_pangenome": 50, "height_reads": 60)"), "info");
  EXPECT_EQ(info.version, "1");
  EXPECT_EQ(info.image_bytes(), 110u * 129 * 2);
  const tensor::ImageShape shape = drawn_shape(info, "info");
  EXPECT_EQ(shape.height_pangenome, 50);
  EXPECT_EQ(shape.height_reads, 60);
  EXPECT_EQ(shape.width, 129);
  EXPECT_EQ(shape.channels, (std::vector{tensor::Channel::kInsertSize, tensor::Channel::kReadBase}));
}

TEST(ExampleInfo, KnowsTheHeightsOfDeepVariantsModels) {
  const tensor::ImageShape pangenome = drawn_shape(parse_example_info(json_of("[200,221,1]", "[1]"), "info"), "info");
  EXPECT_EQ(pangenome.height_pangenome, 100);
  EXPECT_EQ(pangenome.height_reads, 100);
  const tensor::ImageShape reads = drawn_shape(parse_example_info(json_of("[100,221,1]", "[1]"), "info"), "info");
  EXPECT_EQ(reads.height_pangenome, 0);
  EXPECT_EQ(reads.height_reads, 100);
}

TEST(ExampleInfo, SaysWhatItCannotTake) {
  EXPECT_EQ(refusal("{"), "info is not a JSON object");
  EXPECT_EQ(refusal("[]"), "info is not a JSON object");
  EXPECT_EQ(refusal("{}"), "info: 'version' is missing");
  EXPECT_EQ(refusal(R"({"version": 1})"), "info: 'version' is not a text");
  EXPECT_EQ(refusal(json_of("[200,221]", "[1]")), "info: 'shape' is not [rows, width, channels]");
  EXPECT_EQ(refusal(json_of("[200,1e99,1]", "[1]")), "info: 'shape' is not a whole number");
  EXPECT_EQ(refusal(json_of("[200,18446744073709551615,1]", "[1]")), "info: 'shape' is -1, outside 1 to 10001");
  EXPECT_EQ(refusal(json_of("[200,221,2]", "[1]")),
            "info: 'channels' is not a list of the 2 channels that 'shape' tells of");
  EXPECT_EQ(refusal(json_of("[200,221,2]", "[4,4]")), "info: channel 4 is named twice");
  EXPECT_EQ(refusal(json_of("[200,221,2]", "[4,0]")), "info: 'channels' is 0, outside 1 to 1000000");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_reads": 60)")), "info: 'height_pangenome' is missing");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_pangenome": 40, "height_reads": 60)")),
            "info: 40 + 60 rows of the two blocks are not the 110 of 'shape'");
  EXPECT_EQ(refusal(json_of("[110,221,1]", "[1]", R"(, "height_pangenome": 5, "height_reads": 105)")),
            "info: 'height_pangenome' is 5; a block has 6 rows or more, or none");
  EXPECT_EQ(refusal(json_of("[100,221,2]", "[1,8]", R"(, "ablation_channels": [8])")),
            "info: 'ablation_channels' names channels that the network leaves out, which is not supported");
  EXPECT_EQ(refusal(json_of("[100,221,2]", "[1,8]", R"(, "ablation_channels": [])")), "none");
}

TEST(ExampleInfo, TakesShapesAndChannelsThatACallDoesNotDraw) {
  const ExampleInfo pacbio = parse_example_info(json_of("[100,147,10]", "[1,2,3,4,5,6,7,9,10,26]"), "info");
  EXPECT_EQ(pacbio.image_bytes(), 100u * 147 * 10);
  EXPECT_EQ(pacbio.channels.back(), 26);
  EXPECT_EQ(channel_name(9), "diff_channels_alternate_allele_1");
  EXPECT_EQ(channel_name(26), "channel 26");
  EXPECT_EQ(parse_example_info(json_of("[300,222,1]", "[1]"), "info").rows, 300);
}

TEST(ExampleInfo, SaysWhatCannotBeDrawn) {
  EXPECT_EQ(undrawn(json_of("[200,220,1]", "[1]")), "info: the width 220 is not an odd number from 3");
  EXPECT_EQ(undrawn(json_of("[200,221,1]", "[26]")), "info: channel 26 is not known");
  EXPECT_EQ(undrawn(json_of("[110,221,1]", "[1]")),
            "info: 110 rows without 'height_pangenome' and 'height_reads'; known without are 100, 200, 300 and 600");
}

TEST(ExampleInfo, ThreeTimesTheUsualRowsAreAltAlignedOnes) {
  const auto drawn = [](const std::string& shape) { return drawn_shape(parse_example_info(json_of(shape, "[1,2]"), "info"), "info"); };
  EXPECT_EQ(drawn("[300,221,2]").height_pangenome, 0);
  EXPECT_TRUE(drawn("[300,221,2]").alt_aligned_rows);
  EXPECT_EQ(drawn("[600,221,2]").height_pangenome, 100);
  EXPECT_EQ(drawn("[600,221,2]").rows(), 600);
  EXPECT_FALSE(drawn("[200,221,2]").alt_aligned_rows);
}

TEST(ExampleInfo, FitsExamplesOfTheSameShapeAndChannelsAlone) {
  const ExampleInfo model = parse_example_info(json_of("[100,221,2]", "[1,19]"), "info");
  const auto misfit = [&](const std::string& json) {
    return refused([&] { check_fits(model, "wgs", parse_example_info(json, "info"), "x.tfrecord.gz"); });
  };
  EXPECT_EQ(misfit(json_of("[100,221,2]", "[1,19]", R"(, "height_pangenome": 0, "height_reads": 100)")), "none");
  EXPECT_EQ(misfit(json_of("[100,199,2]", "[1,19]")),
            "the examples do not fit the model: x.tfrecord.gz has images of 100x199x2 (read_base, insert_size); wgs was trained on "
            "100x221x2 (read_base, insert_size)");
  EXPECT_THAT(misfit(json_of("[200,221,2]", "[1,19]")), testing::HasSubstr("200x221x2"));
  EXPECT_THAT(misfit(json_of("[100,221,2]", "[19,1]")), testing::HasSubstr("(insert_size, read_base)"));
  EXPECT_THAT(misfit(json_of("[100,221,3]", "[1,19,26]")), testing::HasSubstr("channel 26"));
}

TEST(ExampleInfo, OfExamplesSaysThatItBelongsBesideThem) {
  try {
    read_examples_info("no/such.tfrecord.gz.example_info.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), Reason::kRecord);
    EXPECT_EQ(error.message(), "no/such.tfrecord.gz.example_info.json is missing or cannot be read");
    EXPECT_THAT(error.text(), testing::HasSubstr("make_examples writes it beside the examples"));
  }
}

}  // namespace haploom::model
