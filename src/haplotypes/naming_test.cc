#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "haplotypes/fixtures.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

// A graph of one node with W-lines `sample phase contig start` and P-lines.
Image graph_of(const std::string& reference_samples, const std::vector<std::string>& walks, const std::vector<std::string>& paths = {}) {
  std::string gfa = fmt::format("H\tVN:Z:1.1{}\nS\t1\tACGTACGT\n", reference_samples.empty() ? "" : "\tRS:Z:" + reference_samples);
  for (const std::string& walk : walks) {
    std::string fields = walk;
    std::replace(fields.begin(), fields.end(), ' ', '\t');
    const uint64_t start = std::stoull(walk.substr(walk.rfind(' ') + 1));
    gfa += fmt::format("W\t{}\t{}\t>1\n", fields, start + 8);
  }
  for (const std::string& path : paths) gfa += fmt::format("P\t{}\t1+\t*\n", path);
  return image_of_gfa(gfa);
}

std::string chosen(const Image& image, const std::optional<std::string>& wanted = {}) { return choose_reference(image.pangenome(), wanted, "").sample; }

std::string refusal(const Image& image, const std::optional<std::string>& wanted = {}) {
  try {
    choose_reference(image.pangenome(), wanted, "");
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::kInput);
    EXPECT_EQ(error.reason(), Reason::kNoReferenceSample);
    return error.text();
  }
  return "";
}

TEST(Naming, Grch38IsTakenWhereItIs) {
  const Image image = graph_of("CHM13 GRCh38", {"CHM13 0 chr20 0", "GRCh38 0 chr20 0", "HG002 1 c 0"});
  EXPECT_EQ(chosen(image), "GRCh38");
  EXPECT_EQ(chosen(image, "CHM13"), "CHM13");
  EXPECT_EQ(chosen(image, "chm13"), "CHM13");
}

TEST(Naming, TheOnlyReferenceSampleIsTakenElse) {
  EXPECT_EQ(chosen(graph_of("GRCh37", {"GRCh37 0 20 0", "HG002 1 c 0"})), "GRCh37");
  EXPECT_EQ(chosen(graph_of("grch38", {"grch38 0 20 0"})), "grch38");
  EXPECT_EQ(chosen(graph_of("", {"HG002 1 c 0"}, {"x"})), gbz::kGenericSample);
  EXPECT_EQ(chosen(graph_of("GRCh37", {"GRCh37 0 20 0"}, {"x"})), "GRCh37");
}

TEST(Naming, ElseTheChoicesAreListed) {
  EXPECT_THAT(refusal(graph_of("A B", {"A 0 chr20 0", "B 0 chr20 0"})), testing::HasSubstr("it has A, B"));
  EXPECT_THAT(refusal(graph_of("GRCh38", {"GRCh38 0 chr20 0"}), "CHM13"), testing::HasSubstr("try:   --ref_name_pangenome GRCh38"));
  EXPECT_THAT(refusal(graph_of("", {"HG002 1 c 0", "HG002 2 c 0"})), testing::HasSubstr("samples: HG002"));
  // A sample that is there but not marked has no positions, as upstream.
  EXPECT_THAT(refusal(graph_of("CHM13", {"CHM13 0 c 0", "GRCh38 0 c 0"}), "GRCh38"), testing::HasSubstr("it has CHM13"));
}

TEST(Naming, TheAssemblyMayStandInTheNamesOfPLines) {
  const Image image = graph_of("", {}, {"CHM13#0#chr20", "GRCh38#0#chr20"});
  EXPECT_EQ(match_contig(image.pangenome(), choose_reference(image.pangenome(), {}, ""), "chr20"), "GRCh38#0#chr20");
  EXPECT_EQ(match_contig(image.pangenome(), choose_reference(image.pangenome(), "CHM13", ""), "chr20"), "CHM13#0#chr20");
}

std::optional<std::string> matched(const std::string& sample, const std::vector<std::string>& contigs, const std::string& name, const std::string& prefix = "") {
  std::vector<std::string> walks;
  for (const std::string& contig : contigs) walks.push_back(sample + " 0 " + contig + " 0");
  const Image image = graph_of(sample, walks);
  return match_contig(image.pangenome(), choose_reference(image.pangenome(), {}, prefix), name);
}

TEST(Naming, ContigsMeetInTheUsualSpellings) {
  for (const std::string name : {"chr20", "20", "GRCh38#0#chr20", "GRCh38.chr20", "Chr20"}) {
    EXPECT_EQ(matched("GRCh38", {"chr2", "chr20"}, name), "chr20") << name;
    EXPECT_EQ(matched("GRCh38", {"2", "20"}, name), "20") << name;
    EXPECT_EQ(matched("GRCh38", {"GRCh38.chr2", "GRCh38.chr20"}, name), "GRCh38.chr20") << name;
  }
  EXPECT_EQ(matched("GRCh38", {"chrM"}, "MT"), "chrM");
}

TEST(Naming, AnotherContigIsNoContig) {
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "chr2"), std::nullopt);
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "chrEBV"), std::nullopt);
  EXPECT_EQ(matched("GRCh38", {"chr1"}, "KI270706.1"), std::nullopt);
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "CHM13#0#chr20"), std::nullopt);
  EXPECT_EQ(matched("GRCh38", {"chr20"}, ""), std::nullopt);
}

TEST(Naming, TheEqualNameWinsAndTwoLikeOnesAreRefused) {
  EXPECT_EQ(matched("GRCh38", {"20", "chr20"}, "chr20"), "chr20");
  EXPECT_EQ(matched("GRCh38", {"20", "chr20"}, "20"), "20");
  EXPECT_THROW(matched("GRCh38", {"20", "chr20"}, "GRCh38#0#chr20"), Error);
}

TEST(Naming, APrefixGivenIsCutOffAndNothingElse) {
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "hg38.chr20", "hg38."), "chr20");
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "chr20", "hg38."), "chr20");
  EXPECT_EQ(matched("GRCh38", {"chr20"}, "20", "hg38."), std::nullopt);
}

}  // namespace
}  // namespace haploom::haplotypes
