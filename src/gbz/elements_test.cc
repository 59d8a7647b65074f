#include "gbz/elements.h"

#include <random>

#include "gbz/element_writer.h"
#include "gbz/scratch_test.h"
#include "gbz/strings.h"
#include "gbz/texts.h"

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

std::vector<uint64_t> values_of(const SparseInts& ints) {
  std::vector<uint64_t> out;
  SparseCursor cursor(ints);
  for (uint64_t i = 0; i < ints.size(); ++i) out.push_back(cursor.next());
  return out;
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
  EXPECT_EQ(values_of(in.sparse_ints("p")), (std::vector<uint64_t>{2, 2, 9}));
}

TEST(Elements, SkipSupportStructures) {
  const std::string file = words({10, 3, 6, 1, 0b010011, 2, 77, 78, 0, 1, 79, 3, 2, 6, 1, 0b011010});
  Elements in(bytes_of(file), "f");
  EXPECT_EQ(in.sparse_ints("p").size(), 3U);
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Elements, ReadASparseVectorFromAnyPlace) {
  std::vector<uint64_t> rising;
  for (uint64_t i = 0; i < 1000; ++i) rising.push_back((i < 500 ? i : 100'000 + 7 * i) / 3);  // dense, a gap of many words, sparse
  const std::string file = written([&](ElementWriter& out) { out.sparse_ints(rising); });
  const SparseInts sparse = Elements(bytes_of(file), "f").sparse_ints("s");
  EXPECT_EQ(sparse.last(), rising.back());
  for (uint64_t from = 0; from < rising.size(); from += 37) {
    SparseCursor cursor(sparse, from);
    for (uint64_t i = from; i < rising.size(); ++i) ASSERT_EQ(cursor.next(), rising[i]) << i << " from " << from;
    EXPECT_EQ(cursor.next(), sparse.universe());
  }
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
    const SparseInts sparse = in.sparse_ints("s");
    ASSERT_EQ(values_of(sparse), rising);
    for (uint64_t i = 0; i < size; ++i) ASSERT_EQ(sparse[i], rising[i]);
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
  Texts labels = Texts::read_compressed(in, "z", Letters::kBases);
  labels.unpack();
  EXPECT_EQ(labels[0], "GAT");
  EXPECT_EQ(labels[1], "");
  EXPECT_EQ(labels[2], "TACA");
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(Texts, AreReadWhereTheyStandWithLettersOfAnyWidth) {
  const unsigned seed = 11;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (const size_t letters : {1, 2, 3, 4, 5, 8, 9, 16, 17, 26}) {
    std::vector<std::string> texts(300);
    for (std::string& text : texts)
      for (size_t left = random() % 40; left > 0; --left) text += static_cast<char>('A' + random() % letters);
    const std::string file = written([&](ElementWriter& out) { out.strings(texts); });
    Elements in(bytes_of(file), "f");
    const Texts read = Texts::read(in, "s", Letters::kBases);
    ASSERT_EQ(read.size(), texts.size());
    for (uint64_t from = 0; from < texts.size(); from += 13) {
      EXPECT_EQ(read[from], texts[from]);
      TextReader reader(read, from);
      for (uint64_t i = from; i < texts.size(); ++i) {
        std::string text(read.length(i), '?');
        reader.read(text.size(), text.data());
        ASSERT_EQ(text, texts[i]) << letters << " letters, text " << i << " from " << from;
      }
    }
  }
}

TEST(Texts, OfAZstdStreamAreReadInPieces) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "ACGT"[i * i % 7 % 4];
  const std::vector<uint64_t> starts = {0, 10, 200'000};
  const std::string whole = written([&](ElementWriter& out) { out.compressed_strings(starts, text); });
  Elements in(bytes_of(whole), "f");
  const Texts read = Texts::read_compressed(in, "z", Letters::kBases);
  TextReader reader(read, 0);
  std::string out(text.size(), '?');
  for (uint64_t i = 0; i < read.size(); ++i) reader.read(read.length(i), out.data() + starts[i]);
  reader.finish();
  EXPECT_EQ(out, text);
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
