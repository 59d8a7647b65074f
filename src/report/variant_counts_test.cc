#include "report/variant_counts.h"

#include <gtest/gtest.h>

namespace haploom::report {

TEST(VariantCounts, TellsKindsByTheLengthsOfTheAlleles) {
  EXPECT_EQ(kind_of("A", {"C"}), VariantKind::kSnp);
  EXPECT_EQ(kind_of("A", {"C", "G"}), VariantKind::kSnp);
  EXPECT_EQ(kind_of("A", {"AC"}), VariantKind::kInsertion);
  EXPECT_EQ(kind_of("ACG", {"A", "AC"}), VariantKind::kDeletion);
  EXPECT_EQ(kind_of("AC", {"GT"}), VariantKind::kOther);
  EXPECT_EQ(kind_of("AC", {"GC"}), VariantKind::kSnp);  // one base differs, written long
  EXPECT_EQ(kind_of("AC", {"A", "ACC"}), VariantKind::kOther);
  EXPECT_EQ(kind_of("AC", {"A", "GC"}), VariantKind::kOther);
  EXPECT_EQ(kind_of("A", {}), VariantKind::kOther);
}

TEST(VariantCounts, AddUpByFilterAndKind) {
  VariantCounts one, two;
  one.add(VariantKind::kSnp, "PASS");
  one.add(VariantKind::kSnp, "PASS");
  one.add(VariantKind::kDeletion, "PASS");
  two.add(VariantKind::kSnp, "RefCall", 5);
  two.add(VariantKind::kSnp, "PASS");
  one.add(two);
  EXPECT_EQ(one.total(), 9);
  EXPECT_EQ(one.of("PASS"), 4);
  EXPECT_EQ(one.of("PASS", VariantKind::kSnp), 3);
  EXPECT_EQ(one.of("RefCall"), 5);
  EXPECT_EQ(one.of("LowQual"), 0);
  EXPECT_EQ(one.filters(), (std::vector<std::string>{"PASS", "RefCall"}));
}

}  // namespace haploom::report
