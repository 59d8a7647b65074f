#include "formats/contig_match.h"

#include <cstdlib>

#include "base/shared_data_test.h"
#include "formats/reads_fixture.h"
#include "formats/line_reader.h"

namespace haploom::formats {
namespace {

using genome::ContigList;
using testing::HasSubstr;
using Ints = std::vector<int>;

std::string refusal(const ContigList& reference, const ContigList& reads) {
  try {
    callable_contigs(reference, "ref.fa", reads, "in.bam");
    return {};
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kContigs);
    return error.text();
  }
}

}  // namespace

TEST(ContigMatch, TakesContigsOfEqualNameAndLengthInTheReferencesOrder) {
  const ContigList reference({{"chr1", 1000}, {"chr2", 900}, {"chr3", 50}, {"chr4", 50}});
  const ContigList reads({{"chr4", 50}, {"chr2", 900}, {"chr1", 1000}, {"chr3", 51}, {"chr9", 7}});
  EXPECT_EQ(callable_contigs(reference, "ref.fa", reads, "in.bam"), (Ints{0, 1, 3}));
}

TEST(ContigMatch, LeavesExcludedContigsOutOfTheShare) {
  const ContigList reference({{"chr1", 100}, {"hs37d5", 5000}, {"chrUn_KI270302v1", 2000}});
  EXPECT_EQ(callable_contigs(reference, "ref.fa", ContigList({{"chr1", 100}, {"hs37d5", 5000}}), "in.bam"), (Ints{0}));
}

TEST(ContigMatch, AsksForNineTenthsOfTheBases) {
  const ContigList reference({{"a", 90}, {"b", 10}});
  EXPECT_EQ(callable_contigs(reference, "ref.fa", ContigList({{"a", 90}}), "in.bam"), (Ints{0}));
  EXPECT_NE(refusal(ContigList({{"a", 89}, {"b", 11}}), ContigList({{"a", 89}})), "");
}

TEST(ContigMatch, NamesWhatDiffers) {
  const std::string text = refusal(ContigList({{"20", 63025520}, {"21", 48129895}}), ContigList({{"chr20", 63025520}, {"21", 4}}));
  EXPECT_THAT(text, HasSubstr("reads 'in.bam' and reference 'ref.fa' do not fit each other: 0.0 %"));
  EXPECT_THAT(text, HasSubstr("20 (63025520 bases, absent from the reads), 21 (48129895 bases, the reads say 4)"));
  EXPECT_THAT(text, HasSubstr("The reads have chr20, 21"));
  EXPECT_THAT(text, HasSubstr("try:"));
  EXPECT_NE(refusal(ContigList(), ContigList()), "");
}

TEST(ContigMatch, KeepsTheChromosomesOfBothNamings) {
  for (const char* name : {"chr1", "chrX", "chrY", "chrM", "1", "22", "X", "MT", "chr6_GL000256v2_fix", "chrUn_gl000211", "GL0001"}) {
    EXPECT_FALSE(is_excluded_contig(name)) << name;
  }
  for (const char* name : {"chrEBV", "HLA-A*01:01:01:01", "GL000192.1", "chr1_KI270706v1_random", "chrUn_JTFH01000001v1_decoy",
                           "chr11_JH159136v1_alt", "NC_007605"}) {
    EXPECT_TRUE(is_excluded_contig(name)) << name;
  }
}

TEST(ContigMatch, ExcludesEveryNameOfDeepVariantsList) {
  const std::string list = base::shared_data() / "dv_goldens/inputs/excluded_human_contigs.txt";
  if (!std::filesystem::exists(list)) GTEST_SKIP() << "no shared data: " << list;
  int names = 0;
  LineReader lines(list, "formats", Reason::kContigs);
  while (const auto name = lines.next()) {
    EXPECT_TRUE(is_excluded_contig(*name)) << *name;
    ++names;
  }
  EXPECT_EQ(names, 3402);
}

}  // namespace haploom::formats
