#include "evidence/repeat.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace haploom::evidence {
namespace {

struct Found {
  int unit = 0;
  int64_t tract = 0;
  bool operator==(const Found&) const = default;
};
void PrintTo(const Found& found, std::ostream* out) { *out << found.unit << "x, " << found.tract; }

Found found(const std::string& bases, int64_t position = 0) {
  const Repeat repeat = repeat_at({0, bases}, position);
  return {repeat.unit, repeat.tract};
}

TEST(RunLength, CountsEqualBasesToOneSide) {
  const genome::ReferenceWindow reference{100, "ACCCGT"};
  EXPECT_EQ(run_length(reference, 101), 3);
  EXPECT_EQ(run_length(reference, 102), 2);
  EXPECT_EQ(run_length(reference, 103, -1), 3);
  EXPECT_EQ(run_length(reference, 100, -1), 1) << "beyond the reference there are no bases";
  EXPECT_EQ(run_length(reference, 105), 1);
}

TEST(RunLength, IsNoneWhereThereIsNoBase) {
  EXPECT_EQ(run_length({0, "NNA"}, 0), 0);
  EXPECT_EQ(run_length({0, "AA"}, 2), 0);
  EXPECT_EQ(run_length({0, "AA"}, -1), 0);
}

TEST(RunLength, IsLookedAtSoFar) { EXPECT_EQ(run_length({0, std::string(500, 'A')}, 0), kLongestTract); }

TEST(Repeat, HasTwoUnitsAndFourBases) {
  EXPECT_EQ(found("AAAC"), Found());
  EXPECT_EQ(found("AAAAC"), (Found{1, 4}));
  EXPECT_EQ(found("ACAGG"), Found());
  EXPECT_EQ(found("ACACG"), (Found{2, 4}));
  EXPECT_EQ(found("ACGACT"), Found());
  EXPECT_EQ(found("ACGACGT"), (Found{3, 6}));
  EXPECT_EQ(found("ACGTCAACGTCAG"), (Found{6, 12}));
  EXPECT_EQ(found("ACGTCAGACGTCAG"), Found()) << "units have 6 bases at most";
}

TEST(Repeat, EndsWithinAUnitToo) {
  EXPECT_EQ(found("CACACAG"), (Found{2, 6}));
  EXPECT_EQ(found("CACACG"), (Found{2, 5}));
}

TEST(Repeat, BeginsAtThePosition) {
  EXPECT_EQ(found("GACACACT", 0), Found());
  EXPECT_EQ(found("GACACACT", 1), (Found{2, 6}));
  EXPECT_EQ(found("GACACACT", 2), (Found{2, 5}));
}

TEST(Repeat, IsTheLongestAndOfEqualOnesThatOfTheShortestUnit) {
  EXPECT_EQ(found("AAAAAAG"), (Found{1, 6})) << "it is one of units of 2 and 3 as well";
  EXPECT_EQ(found("AAAACAAAACG"), (Found{5, 10}));
  EXPECT_EQ(found("ACACACACG"), (Found{2, 8}));
}

TEST(Repeat, EndsAtWhatIsNoBase) {
  EXPECT_EQ(found("ACACNCAC"), (Found{2, 4}));
  EXPECT_EQ(found("NNNNNNNN"), Found());
  EXPECT_EQ(found("NANANANA"), Found());
  EXPECT_EQ(found("ACAC", 2), Found()) << "nor at the reference's end";
  EXPECT_EQ(found("ACGT", 9), Found());
}

TEST(Repeat, IsLookedAtSoFar) { EXPECT_EQ(found(std::string(500, 'T')), (Found{1, kLongestTract})); }

// The longest prefix that is its own unit again and again, spelled out.
Found spelled_out(const std::string& bases) {
  Found best;
  for (size_t unit = 1; unit <= 6; ++unit) {
    for (size_t tract = std::max<size_t>(4, 2 * unit); tract <= bases.size(); ++tract) {
      std::string tandem;
      while (tandem.size() < tract) tandem += bases.substr(0, unit);
      const bool bears_it = bases.compare(0, tract, tandem, 0, tract) == 0 && bases.find('N') >= tract;
      if (bears_it && static_cast<int64_t>(tract) > best.tract) best = {static_cast<int>(unit), static_cast<int64_t>(tract)};
    }
  }
  return best;
}

TEST(Repeat, IsWhatSpellingItOutFinds) {
  std::mt19937 draw(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string bases;
    for (uint32_t left = 1 + draw() % 24; left > 0; --left) bases += draw() % 30 == 0 ? 'N' : "AACG"[draw() % (round % 2 ? 3 : 4)];
    ASSERT_EQ(found(bases), spelled_out(bases)) << bases;
  }
}

}  // namespace
}  // namespace haploom::evidence
