#include "gbz/bwt.h"

#include "gbz/scratch_test.h"

namespace haploom::gbz {
namespace {

// Records given as bytes, joined as a file has them.
struct Made {
  std::string data;
  std::vector<uint64_t> starts;
  BwtFacts facts;
  explicit Made(const std::vector<std::string>& records) {
    for (const std::string& record : records) {
      starts.push_back(data.size());
      data += record;
    }
    facts.offset = 1;
    facts.alphabet_size = records.size() + 1;
  }
  Bwt bwt() const { return Bwt(facts, starts, std::as_bytes(std::span(data.data(), data.size()))); }
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

TEST(Bwt, VerifyGivesTheVisits) {
  Made made(one_path());
  made.facts.sequences = 2;
  made.facts.size = 4;
  EXPECT_EQ(made.bwt().verify(Elements({}, "f"), 0), (std::vector<uint64_t>{2, 1, 1}));
}

TEST(Bwt, VerifyRefusesWhatCouldNotBeWalked) {
  const auto with = [](size_t record, const std::string& content) {
    auto records = one_path();
    records[record] = content;
    return records;
  };
  EXPECT_NE(complaint(one_path(), 2, 5).find("its records have 4 visits, the header says 5"), std::string::npos);
  EXPECT_NE(complaint(one_path(), 2, 3).find("more visits than the 3 declared"), std::string::npos);
  EXPECT_NE(complaint(one_path(), 4, 4).find("2 sequences start, the header says 4"), std::string::npos);
  EXPECT_NE(complaint(with(1, bytes({1, 2, 0, 0})), 2, 4).find("1 visits of node code 2 come before its own, it says 0"), std::string::npos);
  EXPECT_NE(complaint(with(1, bytes({1, 2, 1, 0})), 2, 4).find("1 sequences end, the header says 2"), std::string::npos);  // circles
  EXPECT_NE(complaint(with(1, bytes({1, 9, 0, 0})), 2, 4).find("successor 9 of an alphabet of 4"), std::string::npos);
  EXPECT_NE(complaint(with(1, bytes({1, 1, 0, 0})), 2, 4).find("unused codes"), std::string::npos);
  EXPECT_NE(complaint(with(2, bytes({0})), 2, 3).find("1 sequences end"), std::string::npos);
  EXPECT_NE(complaint(with(0, bytes({1, 2, 0, 1})), 2, 4).find("2 visits arrive, 1 leave"), std::string::npos);
}

TEST(Bwt, ExpandsTheEndmarkerInSequenceOrder) {
  const Record endmarker{{{2, 0}, {5, 0}}, {{1, 2}, {0, 1}, {1, 1}}};
  EXPECT_EQ(expand_endmarker(endmarker), (std::vector<Visit>{{5, 0}, {5, 1}, {2, 0}, {5, 2}}));
}

}  // namespace
}  // namespace haploom::gbz
