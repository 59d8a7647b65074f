#include "candidates/importer.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace haploom::candidates {
namespace {

using formats::VcfRecord;
using pileup::AlleleType;
using pileup::PositionCounts;
using Strings = std::vector<std::string>;
using Ints = std::vector<int>;

//                         0123456789
constexpr char kBases[] = "ACGTTTGCAN";
constexpr pileup::ReferenceWindow kReference{0, std::string_view(kBases, 10)};

VcfRecord record(int64_t start, const std::string& ref, const Strings& alts) {
  VcfRecord out;
  out.start = start;
  out.end = start + static_cast<int64_t>(ref.size());
  out.ref = ref;
  out.alts = alts;
  return out;
}

// Reads at position 2 (G): five of the reference, then `seen`.
std::vector<PositionCounts> counts_with(const std::vector<pileup::AlleleObservation>& seen) {
  std::vector<PositionCounts> counts(10);
  counts[2] = {5, seen};
  return counts;
}

std::vector<genome::Candidate> import(const std::vector<VcfRecord>& records, const std::vector<PositionCounts>& counts = std::vector<PositionCounts>(10),
                                      const ImportOptions& options = {"in.vcf", false}) {
  return import_candidates({0, 0, 10}, counts, kReference, {}, records, options);
}

}  // namespace

TEST(ImportCandidates, TakesSitesWithoutAnyRead) {
  const auto found = import({record(1, "C", {"T", "A"}), record(2, "GTT", {"G"}), record(2, "G", {"C"})});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].alts, (Strings{"T", "A"}));  // in the file's order
  EXPECT_EQ(found[0].allele_depth, (Ints{0, 0, 0}));
  EXPECT_EQ(found[0].depth, 0);
  EXPECT_EQ(found[0].read_support.size(), 2U);
  EXPECT_EQ(found[1].ref, "GTT");
  EXPECT_EQ(found[1].end(), 5);
}

TEST(ImportCandidates, CountsReadsThatShowTheProposedAllele) {
  const auto counts = counts_with({{0, AlleleType::kSubstitution, false, 30, "A"}, {1, AlleleType::kSubstitution, false, 30, "A"},
                                   {2, AlleleType::kSubstitution, false, 30, "C"}, {3, AlleleType::kSubstitution, false, 30, "C"},
                                   {4, AlleleType::kSoftClip, false, 30, "GA"}});
  const auto found = import({record(2, "G", {"A"}), record(2, "GT", {"AT"})}, counts);
  EXPECT_EQ(found[0].depth, 10);
  EXPECT_EQ(found[0].allele_depth, (Ints{5, 2}));
  EXPECT_EQ(found[0].read_support, (std::vector<genome::Support>{{0, 1}}));
  EXPECT_EQ(found[0].read_uncalled, (genome::Support{2, 3, 4}));
  EXPECT_EQ(found[1].alts, Strings{"AT"});  // the same allele over a longer REF
  EXPECT_EQ(found[1].allele_depth, (Ints{5, 2}));
  EXPECT_EQ(found[1].read_support, (std::vector<genome::Support>{{0, 1}}));
}

TEST(ImportCandidates, LengthensRefToTheReadsDeletion) {
  const auto counts = counts_with({{0, AlleleType::kDeletion, false, 30, "GTT"}, {1, AlleleType::kDeletion, false, 30, "GTT"}});
  const auto found = import({record(2, "G", {"A"}), record(2, "GTTTG", {"GTG"})}, counts);
  EXPECT_EQ(found[0].ref, "GTT");
  EXPECT_EQ(found[0].alts, Strings{"ATT"});
  EXPECT_EQ(found[0].read_uncalled, (genome::Support{0, 1}));
  EXPECT_EQ(found[1].ref, "GTTTG");
  EXPECT_EQ(found[1].allele_depth, (Ints{5, 2}));
  EXPECT_EQ(found[1].read_support, (std::vector<genome::Support>{{0, 1}}));
}

TEST(ImportCandidates, PassesOverWhatIsNotItsOwn) {
  VcfRecord uncalled = record(1, "C", {"T"});
  uncalled.genotypes = {{{-1, -1}, false}};
  VcfRecord foreign = record(1, "C", {"T"});
  foreign.contig = 1;
  EXPECT_TRUE(import({record(-1, "NA", {"N"}), record(1, "C", {}), record(1, "C", {"<DEL>"}), record(1, "C", {"T", "*"}), record(9, "N", {"A"}), foreign}).empty());
  EXPECT_EQ(import({uncalled}).size(), 1U);
  EXPECT_TRUE(import({uncalled}, std::vector<PositionCounts>(10), {"in.vcf", true}).empty());
}

TEST(ImportCandidates, RefusesARefThatIsNotTheReferences) {
  try {
    import({record(2, "A", {"C"})});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kVariants);
    EXPECT_NE(error.message().find("position 3 of 'in.vcf' has REF A, the reference G"), std::string::npos) << error.message();
  }
  EXPECT_EQ(import({record(2, "g", {"c"})})[0].alts, Strings{"C"});
}

}  // namespace haploom::candidates
