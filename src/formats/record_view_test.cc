#include "formats/record_view.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "formats/records.h"

namespace haploom::formats {
namespace {

VariantRecord site() {
  VariantRecord out;
  out.contig = "chr20";
  out.start = 10'000'116;
  out.end = 10'000'118;
  out.ref = "CA";
  out.alts = {"C", "T"};
  out.calls.push_back({"NA12878", {-1, -1}, false, {}, {{"AD", {25, 30, 1}}, {"VAF", {0.5, 0.1}}}});
  return out;
}

}  // namespace

TEST(RecordView, FindsTheSamePlaceAsTheWholeParser) {
  const std::string bytes = encode(site());
  const VariantPlace place = variant_place(bytes);
  EXPECT_EQ(place.contig, "chr20");
  EXPECT_EQ(place.start, 10'000'116);
  EXPECT_EQ(place.end, 10'000'118);
}

TEST(RecordView, FindsThePartsOfACallOutputAsTheWholeParserDoes) {
  CallOutputRecord record{encode(site()), {0, 1}, {0.25, 0.5, 0.25}, CallOutputDebug{}};
  record.debug->image = std::string(1000, 'x');
  const std::string bytes = encode(record);
  const CallOutputView view = call_output_view(bytes);
  EXPECT_EQ(view.variant, record.variant);
  EXPECT_EQ(view.alt_set, record.alt_set);
  EXPECT_EQ(view.probabilities, (genome::GenotypeProbabilities{0.25, 0.5, 0.25}));
}

TEST(RecordView, RefusesWhatLacksItsParts) {
  EXPECT_THROW(call_output_view(encode(CallOutputRecord{encode(site()), {0}, {0.5, 0.5}, {}})), Error);
  EXPECT_THROW(call_output_view(encode(CallOutputRecord{"", {0}, {0, 1, 0}, {}})), Error);
  VariantRecord nowhere = site();
  nowhere.contig = "";
  EXPECT_THROW(variant_place(encode(nowhere)), Error);
  VariantRecord empty = site();
  empty.end = empty.start;
  EXPECT_THROW(variant_place(encode(empty)), Error);
}

TEST(RecordView, RefusesEveryCutOfARecordOrReadsLess) {
  const std::string bytes = encode(CallOutputRecord{encode(site()), {0}, {0.25, 0.5, 0.25}, {}});
  for (size_t length = 0; length < bytes.size(); ++length) {
    try {
      call_output_view(std::string_view(bytes).substr(0, length));
      ADD_FAILURE() << "a record of " << length << " bytes was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::kInput);
    }
  }
}

}  // namespace haploom::formats
