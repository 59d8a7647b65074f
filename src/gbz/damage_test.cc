// Files that are damaged: refused with a message, or harmless.
#include <gmock/gmock.h>

#include <cstring>
#include <random>

#include "gbz/scratch_test.h"

namespace haploom::gbz {
namespace {

// Parses and, where that succeeds, walks every sequence: all steps together may not exceed the declared total.
// False when the file is refused.
bool survives(const std::string& bytes) {
  try {
    const Gbz gbz = parsed(bytes);
    Walker walker(gbz);
    uint64_t steps = 0;
    for (const Visit start : gbz.sequence_starts()) {
      std::optional<Visit> at = start;
      if (start.node == kEndmarker) at.reset();
      for (; at; at = walker.next(*at))
        if (++steps > gbz.visit_total()) {
          ADD_FAILURE() << "a walk without end";
          return true;
        }
    }
    for (uint64_t path = 0; path < gbz.path_count(); ++path) gbz.composed_name(path);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput) << error.text();
    EXPECT_NE(error.message().find("at byte"), std::string::npos) << error.text();
    return false;
  }
}

std::string message_of(const std::string& bytes) {
  return refusal([&] { parsed(bytes); });
}

void put(std::string& bytes, size_t offset, uint64_t value) { std::memcpy(bytes.data() + offset, &value, 8); }

TEST(DamagedGbz, IsRefusedAtEveryLength) {
  for (int version = 1; version <= 3; ++version) {
    const std::string whole = built(kGraph, version);
    ASSERT_TRUE(survives(whole));
    for (size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(survives(whole.substr(0, size))) << "version " << version << " cut to " << size;
    EXPECT_FALSE(survives(whole + std::string(8, '\0')));
    EXPECT_FALSE(survives(whole + whole));
  }
}

TEST(DamagedGbz, NeverEscapesWithOneBitChanged) {
  for (int version = 1; version <= 3; ++version) {
    const std::string whole = built(kGraph, version, version == 2 ? 3 : kMaxNodeBases);
    size_t refused = 0;
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string bad = whole;
      bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
      refused += !survives(bad);
    }
    EXPECT_GT(refused, 4 * whole.size());  // the rest are letters of names and bases
  }
}

TEST(DamagedGbz, NeverEscapesWithAnAbsurdNumber) {
  for (int version = 1; version <= 3; ++version) {
    const std::string whole = built(kGraph, version);
    for (size_t at = 0; at < whole.size(); at += 8)
      for (const uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32, uint64_t{1} << 40, uint64_t{1} << 63, ~uint64_t{0}}) {
        std::string bad = whole;
        put(bad, at, value);
        survives(bad);
      }
  }
}

TEST(DamagedGbz, NeverEscapesWithRandomBytes) {
  const unsigned seed = 20240611;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int version = 1; version <= 3; ++version) {
    const std::string whole = built(kGraph, version);
    for (int round = 0; round < 5000; ++round) {
      std::string bad = whole;
      for (unsigned left = 1 + random() % 8; left > 0; --left) bad[random() % bad.size()] = static_cast<char>(random());
      survives(bad);
    }
  }
}

TEST(DamagedGbz, SaysWhatIsWrongAndWhere) {
  const std::string whole = built(kGraph);
  EXPECT_EQ(message_of("GBZ"), "'test.gbz' is not a readable GBZ: GBZ header at byte 0: the file ends here (3 bytes)");
  EXPECT_EQ(message_of("\x1f\x8b\x08" + whole.substr(3)), "'test.gbz' is not a readable GBZ: GBZ header at byte 0: it does not start with 'GBZ '");
  std::string bad = whole;
  bad[4] = 4;
  EXPECT_EQ(message_of(bad), "'test.gbz' is not a readable GBZ: GBZ header at byte 4: version 4 is unknown");
  bad[4] = 2;  // the content is version 1
  EXPECT_NE(message_of(bad).find("graph header at byte"), std::string::npos);
  bad = whole;
  bad[8] = 1;
  EXPECT_NE(message_of(bad).find("unknown flags 0x1"), std::string::npos);
  EXPECT_NE(message_of(whole + std::string(8, '\0')).find("8 bytes follow the last piece"), std::string::npos);
}

TEST(DamagedGbz, HasNoBasesThatCannotBePrinted) {
  for (int version = 1; version <= 3; ++version)
    for (const char odd : {'\n', '\0', '\t', ' ', '\x7f', '\xd4'}) {
      std::string bad = built("S\t1\tGATTACA\nP\tp\t1+\t*\n", version);
      const size_t at = version == 1 ? bad.rfind("ACGT") : bad.find("GATTACA");  // an alphabet, or a block that zstd did not shrink
      ASSERT_NE(at, std::string::npos);
      bad[at] = odd;
      EXPECT_THAT(message_of(bad), testing::HasSubstr("node sequences at byte")) << "version " << version << ", letter " << int{odd};
    }
}

}  // namespace
}  // namespace haploom::gbz
