#include "commands/small_model_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::commands {
namespace {

using pipeline::MakeExamplesMode;

std::string refusal(const SmallModelFlags& flags, MakeExamplesMode mode, labels::Algorithm labels = labels::Algorithm::kHaplotype) {
  try {
    flags.check(mode, labels);
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kUsage);
    return error.message();
  }
  return "";
}

}  // namespace

TEST(SmallModelFlags, NameFilesBesideTheExamplesAsDeepVariantDoes) {
  SmallModelFlags flags;
  EXPECT_EQ(flags.call_outputs("x.tfrecord.gz"), "");
  EXPECT_EQ(flags.summaries("x.tfrecord.gz"), "");
  flags.call_small_model_examples = flags.write_small_model_examples = true;
  EXPECT_EQ(flags.call_outputs("make_examples.tfrecord-00000-of-00004.gz"), "make_examples_call_variant_outputs.tfrecord-00000-of-00004.gz");
  EXPECT_EQ(flags.summaries("/tmp/v1.2/a.b.tfrecord.gz"), "/tmp/v1.2/a_small_model.b.tfrecord.gz");
  EXPECT_EQ(flags.summaries("./tfrecords"), "./tfrecords_small_model");
}

TEST(SmallModelFlags, ThatContradictAreRefused) {
  SmallModelFlags flags;
  EXPECT_EQ(refusal(flags, MakeExamplesMode::kCalling), "");
  flags.skip_pileup_image_generation = true;
  EXPECT_THAT(refusal(flags, MakeExamplesMode::kTraining), testing::HasSubstr("without --write_small_model_examples"));
  flags.write_small_model_examples = true;
  EXPECT_EQ(refusal(flags, MakeExamplesMode::kTraining), "");
  EXPECT_THAT(refusal(flags, MakeExamplesMode::kCalling), testing::HasSubstr("--mode training"));
  EXPECT_THAT(refusal(flags, MakeExamplesMode::kTraining, labels::Algorithm::kCustomizedClasses), testing::HasSubstr("genotypes"));
  flags.call_small_model_examples = true;
  EXPECT_THAT(refusal(flags, MakeExamplesMode::kTraining), testing::HasSubstr("in one run"));
  flags.write_small_model_examples = flags.skip_pileup_image_generation = false;
  EXPECT_THAT(refusal(flags, MakeExamplesMode::kCalling), testing::HasSubstr("--trained_small_model_path"));
  flags.options.folder = "small";
  EXPECT_EQ(refusal(flags, MakeExamplesMode::kCalling), "");
}

}  // namespace haploom::commands
