#include "gbz/bwt.h"

#include <fmt/format.h>

#include "gbz/element_writer.h"
#include "gbz/scratch_test.h"

namespace haploom::gbz {
namespace {

// Records given as bytes, joined as a file has them.
struct Made {
  std::string data, index;
  std::vector<uint64_t> starts;
  BwtFacts facts;
  explicit Made(const std::vector<std::string>& records) {
    for (const std::string& record : records) {
      starts.push_back(data.size());
      data += record;
    }
    facts.offset = 1;
    facts.alphabet_size = records.size() + 1;
    ElementWriter writer([this](std::string_view part) { index += part; });
    writer.sparse_ints(starts, data.size());
    writer.flush();
  }
  static std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }
  Bwt bwt() const { return Bwt(facts, Elements(bytes_of(index), "index").sparse_ints("starts"), bytes_of(data)); }
};

using Runs = std::vector<Run>;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

Record decoded(const std::string& record) {
  const Made made({record});
  const Bwt bwt = made.bwt();
  Record out;
  EXPECT_TRUE(bwt.decode(0, out));
  return out;
}

bool decodes(const std::string& record) {
  const Made made({record});
  const Bwt bwt = made.bwt();
  Record out;
  return bwt.decode(0, out);
}

TEST(Bwt, DecodesEdgesAndShortRuns) {
  // three successors 0, 4 and 5; rank 1 once, rank 2 three times, rank 0 once
  const Record record = decoded(bytes({3, 0, 0, 4, 7, 1, 1, 1, 8, 0}));
  EXPECT_EQ(record.edges, (std::vector<Edge>{{0, 0}, {4, 7}, {5, 1}}));
  EXPECT_EQ(record.runs, (Runs{{1, 1}, {2, 3}, {0, 1}}));
  EXPECT_EQ(record.visits(), 5U);
}

TEST(Bwt, DecodesRunsThatDoNotFitAByte) {
  EXPECT_EQ(decoded(bytes({1, 2, 0, 0xFE})).runs, (Runs{{0, 255}}));
  EXPECT_EQ(decoded(bytes({1, 2, 0, 0xFF, 0})).runs, (Runs{{0, 256}}));
  EXPECT_EQ(decoded(bytes({1, 2, 0, 0xFF, 0x80 | 44, 7})).runs, (Runs{{0, 256 + 44 + 128 * 7}}));
  EXPECT_EQ(decoded(bytes({3, 2, 0, 1, 0, 1, 0, 2 + 3 * 84, 5})).runs, (Runs{{2, 85 + 5}}));
}

TEST(Bwt, DecodesWideRunsFrom255Successors) {
  for (const int sigma : {254, 255, 300}) {
    std::string record = sigma < 128 ? bytes({sigma}) : bytes({(sigma & 127) | 128, sigma >> 7});
    for (int i = 0; i < sigma; ++i) record += bytes({i == 0 ? 2 : 1, 0});
    record += sigma < 255 ? bytes({253, 6}) : bytes({0x80 | (253 & 127), 1, 6});
    EXPECT_EQ(decoded(record).runs, (Runs{{253, 7}})) << sigma;
  }
}

TEST(Bwt, RefusesBytesThatAreNoRecord) {
  EXPECT_TRUE(decodes(bytes({0})));
  EXPECT_FALSE(decodes(bytes({0, 0})));           // sigma 0, yet more follows
  EXPECT_FALSE(decodes(bytes({1, 2, 0})));        // nobody visits it
  EXPECT_FALSE(decodes(bytes({2, 2, 0, 0, 0, 0})));  // one successor twice
  EXPECT_FALSE(decodes(bytes({0x7F, 2, 0, 0})));  // more edges than bytes
  EXPECT_FALSE(decodes(bytes({1, 0x82})));        // ends inside a code
  EXPECT_FALSE(decodes(bytes({1, 2, 0, 0xFF})));  // ends inside a run
  EXPECT_FALSE(decodes(std::string(11, '\xff')));
  EXPECT_FALSE(decodes(bytes({1, 2, 0, 0xFF}) + std::string(9, '\xff') + bytes({1})));  // 2^64 visits
}

// One path over node 1 (codes 2, 3), forward and reverse.
std::vector<std::string> one_path() { return {bytes({2, 2, 0, 1, 0, 0, 1}), bytes({1, 0, 0, 0}), bytes({1, 0, 0, 0})}; }

std::string complaint(const std::vector<std::string>& records, uint64_t sequences, uint64_t size) {
  Made made(records);
  made.facts.sequences = sequences;
  made.facts.size = size;
  return refusal([&] { made.bwt().verify(Elements({}, "f"), 0); });
}

TEST(Bwt, VerifyShowsBothStrandsOfEachNodeOnce) {
  Made made(one_path());
  made.facts.sequences = 2;
  made.facts.size = 4;
  std::vector<uint64_t> seen;
  made.bwt().verify(Elements({}, "f"), 0, 1, 8, [&](uint64_t first) {
    EXPECT_EQ(first, 0U);
    return [&](uint64_t id, const Record& forward, const Record& reverse) { seen.insert(seen.end(), {id, forward.visits(), reverse.visits()}); };
  });
  EXPECT_EQ(seen, (std::vector<uint64_t>{0, 1, 1}));
}

TEST(Bwt, VerifyRefusesWhatCouldNotBeWalked) {
  const auto with = [](size_t record, const std::string& content) {
    auto records = one_path();
    records[record] = content;
    return records;
  };
  EXPECT_NE(complaint(one_path(), 2, 5).find("its records have 4 visits, the header says 5"), std::string::npos);
  EXPECT_NE(complaint(one_path(), 2, 3).find("its records have 4 visits, the header says 3"), std::string::npos);
  EXPECT_NE(complaint(one_path(), 1, 1).find("more visits than the 1 declared"), std::string::npos);
  EXPECT_NE(complaint(one_path(), 4, 4).find("2 sequences start, the header says 4"), std::string::npos);
  EXPECT_NE(complaint(with(1, bytes({1, 2, 1, 0})), 2, 4).find("1 sequences end, the header says 2"), std::string::npos);  // circles
  EXPECT_NE(complaint(with(1, bytes({1, 9, 0, 0})), 2, 4).find("successor 9 of an alphabet of 4"), std::string::npos);
  EXPECT_NE(complaint(with(1, bytes({1, 1, 0, 0})), 2, 4).find("unused codes"), std::string::npos);
  EXPECT_NE(complaint(with(2, bytes({0})), 2, 3).find("node 1 is visited 1 times forward and 0 times reverse"), std::string::npos);
  EXPECT_NE(complaint(with(0, bytes({1, 2, 0, 1})), 2, 4).find("2 visits step to node code 2, 1 step back on the other strand"), std::string::npos);
}

// Two paths over nodes 1 and 2 (codes 2 to 5): 1 2 and 2.
std::vector<std::string> two_paths() {
  return {bytes({3, 2, 0, 2, 0, 1, 0, 0, 2, 1, 2}), bytes({1, 4, 1, 0}), bytes({1, 0, 0, 0}), bytes({1, 0, 0, 1}), bytes({2, 0, 0, 3, 0, 1, 0})};
}

TEST(Bwt, VerifyChecksEveryBaseAgainstTheOtherStrand) {
  Made good(two_paths());
  good.facts.sequences = 4;
  good.facts.size = 10;
  EXPECT_NO_THROW(good.bwt().verify(Elements({}, "f"), 0));
  for (const int base : {0, 2, 3, 100}) {
    auto records = two_paths();
    records[1] = bytes({1, 4, base, 0});
    EXPECT_NE(complaint(records, 4, 10).find(fmt::format("record 1 (byte 11 of the BWT): 1 visits of node code 4 come before its own, it says {}", base)), std::string::npos);
  }
}

TEST(Bwt, ExpandsTheEndmarkerInSequenceOrder) {
  const Record endmarker{{{2, 0}, {5, 0}}, {{1, 2}, {0, 1}, {1, 1}}};
  EXPECT_EQ(expand_endmarker(endmarker), (std::vector<Visit>{{5, 0}, {5, 1}, {2, 0}, {5, 2}}));
}

}  // namespace
}  // namespace haploom::gbz
