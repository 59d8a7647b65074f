#include "gbz/elements.h"

#include <random>

#include "gbz/element_writer.h"
#include "gbz/scratch_test.h"
#include "gbz/strings.h"

namespace haploom::gbz {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

template <typename Write>
std::string written(Write write) {
  std::string out;
  ElementWriter writer([&](std::string_view part) { out += part; });
  write(writer);
  writer.flush();
  return out;
}

std::string words(std::initializer_list<uint64_t> values) {
  return written([&](ElementWriter& out) {
    for (const uint64_t value : values) out.element(value);
  });
}

std::string message(const std::string& file, const std::function<void(Elements&)>& read) {
  return refusal([&] {
    Elements in(bytes_of(file), "f");
    read(in);
  });
}

TEST(Elements, ReadPackedIntsAcrossWords) {
  const std::string file = words({3, 40, 120, 2, 0xABCDEF0123 | uint64_t{0x456789} << 40, 0x1234567890AA});
  Elements in(bytes_of(file), "f");
  const PackedInts ints = in.packed_ints("p");
  EXPECT_EQ(ints[0], 0xABCDEF0123U);
  EXPECT_EQ(ints[1], 0xAA456789U | uint64_t{0x90} << 32);
  EXPECT_EQ(ints[2], 0x12345678U);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Elements, ReadASparseVectorAsSpecified) {
  // 2, 2, 9 below 10 with 2 low bits: high parts 0, 0, 2 -> bits 0, 1 and 4 of 3 + ceil(10 / 4)
  const std::string file = words({10, 3, 6, 1, 0b010011, 0, 0, 0, 3, 2, 6, 1, 0b011010});
  Elements in(bytes_of(file), "f");
  EXPECT_EQ(in.sparse_ints("p").values, (std::vector<uint64_t>{2, 2, 9}));
}

TEST(Elements, SkipSupportStructures) {
  const std::string file = words({10, 3, 6, 1, 0b010011, 2, 77, 78, 0, 1, 79, 3, 2, 6, 1, 0b011010});
  Elements in(bytes_of(file), "f");
  EXPECT_EQ(in.sparse_ints("p").values.size(), 3U);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Elements, RefuseWhatDoesNotAddUp) {
  const auto ints = [](Elements& in) { in.packed_ints("p"); };
  const auto sparse = [](Elements& in) { in.sparse_ints("p"); };
  EXPECT_EQ(message(words({3, 0, 0, 0}), ints), "'f' is not a readable GBZ: p at byte 8: items of 0 bits");
  EXPECT_NE(message(words({3, 65, 195, 4, 0, 0, 0, 0}), ints).find("items of 65 bits"), std::string::npos);
  EXPECT_NE(message(words({3, 2, 7, 1, 0}), ints).find("3 items of 2 bits are not 7 bits"), std::string::npos);
  EXPECT_NE(message(words({3, 2, 6, 2, 0, 0}), ints).find("6 bits do not take 2 words"), std::string::npos);
  EXPECT_NE(message(words({uint64_t{1} << 60, 8, uint64_t{1} << 63, uint64_t{1} << 57}), ints).find("0 bytes are left"), std::string::npos);
  EXPECT_NE(message(words({10, 2, 6, 1, 0b010011, 0, 0, 0, 3, 2, 6, 1, 0b011010}), sparse).find("2 set bits are declared, 3 are set"), std::string::npos);
  EXPECT_NE(message(words({10, 3, 6, 1, 0b1010001, 0, 0, 0, 3, 2, 6, 1, 0}), sparse).find("bits past its end"), std::string::npos);
  EXPECT_NE(message(words({10, 3, 6, 1, 0b010011, 0, 0, 0, 3, 2, 6, 1, 0b010110}), sparse).find("smaller than the one before"), std::string::npos);
  EXPECT_NE(message(words({99, 3, 6, 1, 0b010011, 0, 0, 0, 3, 2, 6, 1, 0b011010}), sparse).find("do not have 6 high bits"), std::string::npos);
  EXPECT_NE(message(words({10, 3, 6, 1, 0b010011, uint64_t{1} << 40}), sparse).find("words are declared"), std::string::npos);
  EXPECT_NE(message(words({9, 0}), [](Elements& in) { in.byte_vector("p"); }).find("9 bytes are declared, 8 are left"), std::string::npos);
  EXPECT_NE(message(words({1, 0x0100}), [](Elements& in) { in.byte_vector("p"); }).find("padding"), std::string::npos);
}

TEST(Elements, ReadWhatIsWritten) {
  const unsigned seed = 7;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    const uint64_t size = random() % 200;
    const unsigned shift = static_cast<unsigned>(random() % 64);
    std::vector<uint64_t> values(size), rising(size);
    for (uint64_t& value : values) value = random() >> shift;
    uint64_t at = 0;
    for (uint64_t& value : rising) value = at += random() % 3 == 0 ? 0 : (random() >> 24) % (uint64_t{1} << (shift % 40));
    const std::string file = written([&](ElementWriter& out) {
      out.packed_ints(values);
      out.sparse_ints(rising);
      out.byte_vector(std::string(size, 'b'));
    });
    EXPECT_EQ(file.size() % 8, 0U);
    Elements in(bytes_of(file), "f");
    const PackedInts ints = in.packed_ints("p");
    ASSERT_EQ(ints.size, size);
    for (uint64_t i = 0; i < size; ++i) ASSERT_EQ(ints[i], values[i]);
    ASSERT_EQ(in.sparse_ints("s").values, rising);
    EXPECT_EQ(in.byte_vector("b").size(), size);
    EXPECT_EQ(in.remaining(), 0U);
  }
}

TEST(Strings, ReadWhatIsWritten) {
  const std::vector<std::string> texts = {"GATTACA", "", "N", "acgt", ""};
  const std::string file = written([&](ElementWriter& out) {
    out.strings(texts);
    out.strings(std::vector<std::string>{});
    out.dictionary({"b", "a", "ab"});
    out.tags({{"key", "value"}, {"other", ""}});
    out.compressed_strings(std::vector<uint64_t>{0, 3, 3}, "GATTACA");
  });
  Elements in(bytes_of(file), "f");
  const Strings strings = read_strings(in, "s");
  ASSERT_EQ(strings.size(), texts.size());
  for (uint64_t i = 0; i < texts.size(); ++i) EXPECT_EQ(strings[i], texts[i]);
  EXPECT_EQ(read_strings(in, "s").size(), 0U);
  EXPECT_EQ(read_dictionary(in, "d")[2], "ab");
  EXPECT_EQ(read_tags(in, "t"), (Tags{{"key", "value"}, {"other", ""}}));
  const Strings labels = read_compressed_strings(in, "z");
  EXPECT_EQ(labels[0], "GAT");
  EXPECT_EQ(labels[1], "");
  EXPECT_EQ(labels[2], "TACA");
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Strings, RefuseWhatIsOutsideTheAlphabetOrTheText) {
  const auto made = [](uint64_t start, uint64_t letter) {
    return written([&](ElementWriter& out) {
      out.sparse_ints(std::vector<uint64_t>{start, start});
      out.byte_vector("ACG");
      out.packed_ints(std::vector<uint64_t>{0, letter}, 2);
    });
  };
  const auto read = [](Elements& in) { read_strings(in, "s"); };
  EXPECT_NE(message(made(0, 3), read).find("letter 3 of an alphabet of 3"), std::string::npos);
  EXPECT_NE(message(made(3, 2), read).find("does not start at 0"), std::string::npos);
  const std::string beyond = written([](ElementWriter& out) {
    out.sparse_ints(std::vector<uint64_t>{0, 3});
    out.byte_vector("ACG");
    out.packed_ints(std::vector<uint64_t>{0, 1}, 2);
  });
  EXPECT_NE(message(beyond, read).find("a string starts at 3 of 2 bytes"), std::string::npos);
}

TEST(Strings, RefuseANameThatOccursTwice) {
  const std::string file = written([](ElementWriter& out) { out.dictionary({"a", "b", "a"}); });
  EXPECT_NE(message(file, [](Elements& in) { read_dictionary(in, "d"); }).find("a name occurs twice"), std::string::npos);
}

TEST(Strings, RefuseTagsWithoutValue) {
  const std::string file = written([](ElementWriter& out) { out.strings(std::vector<std::string>{"key", "value", "alone"}); });
  EXPECT_NE(message(file, [](Elements& in) { read_tags(in, "t"); }).find("3 strings are not keys and values"), std::string::npos);
}

TEST(Inflate, StopsAtTheDeclaredSize) {
  const std::string bomb = compressed(std::string(size_t{256} << 20, 'A'));
  ASSERT_LT(bomb.size(), size_t{1} << 16);
  const auto inflated = [&](uint64_t size) {
    return message(bomb, [&](Elements& in) { inflate(in, "z", in.raw("z", in.remaining() / 8 * 8), size); });
  };
  EXPECT_NE(inflated(1000).find("more than the 1000 bytes declared"), std::string::npos);
  EXPECT_NE(inflated(uint64_t{1} << 40).find("are declared for a zstd stream of"), std::string::npos);
  EXPECT_NE(inflated(uint64_t{256} << 20).find("are declared for a zstd stream of"), std::string::npos);
}

TEST(Inflate, WantsTheWholeStreamAndNothingElse) {
  const std::string stream = compressed("GATTACA");
  const auto inflated = [&](const std::string& bytes, uint64_t size) {
    return message(bytes, [&](Elements& in) { inflate(in, "z", std::as_bytes(std::span(bytes.data(), bytes.size())), size); });
  };
  Elements in({}, "f");
  EXPECT_EQ(inflate(in, "z", bytes_of(stream), 7), "GATTACA");
  EXPECT_EQ(inflate(in, "z", bytes_of(compressed("")), 0), "");
  EXPECT_NE(inflated(stream, 8).find("holds 7 of the 8 bytes declared"), std::string::npos);
  EXPECT_NE(inflated(stream, 6).find("more than the 6"), std::string::npos);
  EXPECT_NE(inflated(stream.substr(0, stream.size() - 1), 7).find("cut short"), std::string::npos);
  EXPECT_FALSE(inflated(stream + "x", 7).empty());
  EXPECT_FALSE(inflated(stream + "trailing bytes", 7).empty());
  EXPECT_NE(inflated("", 7).find("cut short"), std::string::npos);
}

}  // namespace
}  // namespace haploom::gbz
