#include "labels/labels.h"

#include <gmock/gmock.h>

#include "formats/reads_fixture.h"
#include "formats/vcf_fixture.h"

namespace haploom::labels {
namespace {

using testing::HasSubstr;

class LabelerTest : public formats::ReadsFixture {  // chr1: ACGTACGTACGTACGTACGTNNNNNRYACG
 protected:
  void SetUp() override {
    ReadsFixture::SetUp();
    reference_ = std::make_unique<formats::Reference>(at("ref.fa"));
  }

  std::string truth(const std::string& lines, const std::string& sample = "donor") const {
    formats::write_indexed_vcf(at("truth.vcf.gz"),
                               "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=30>\n##contig=<ID=chr2,length=16>\n"
                               "##FILTER=<ID=low,Description=\"low\">\n##INFO=<ID=KIND,Number=1,Type=String,Description=\"kind\">\n"
                               "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"genotype\">\n"
                               "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + sample + "\n" + lines);
    return at("truth.vcf.gz");
  }
  // start is 0-based, as the candidates have it.
  static std::string record(int64_t start, const std::string& ref, const std::string& alts, const std::string& genotype,
                            const std::string& filter = "PASS", const std::string& info = ".") {
    return fmt::format("chr1\t{}\t.\t{}\t{}\t50\t{}\t{}\tGT\t{}\n", start + 1, ref, alts, filter, info, genotype);
  }
  static genome::Candidate candidate(int64_t start, const std::string& ref, const std::vector<std::string>& alts) {
    genome::Candidate out;
    out.start = start;
    out.ref = ref;
    out.alts = alts;
    return out;
  }

  std::vector<Label> label(const std::string& path, const std::vector<genome::Candidate>& candidates, const Options& options = {}) {
    Labeler labeler(options, path, confident_, *reference_);
    auto out = labeler.label(kAll, candidates);
    metrics_ = labeler.metrics();
    return out;
  }
  // "0/1 1/1 -": a dash where the label is not confident.
  std::string genotypes(const std::string& path, const std::vector<genome::Candidate>& candidates, const Options& options = {}) {
    std::string out;
    for (const Label& one : label(path, candidates, options)) {
      out += one.confident ? fmt::format("{} ", fmt::join(one.genotype, "/")) : "- ";
    }
    if (!out.empty()) out.pop_back();
    return out;
  }

  static constexpr genome::Region kAll{0, 0, 30};
  std::vector<genome::Region> confident_{{0, 2, 15}};
  std::unique_ptr<formats::Reference> reference_;
  Metrics metrics_;
};

}  // namespace

TEST(Labels, CountsCopiesOfAnAlleleSet) {
  const auto value = [](std::vector<int> genotype, const genome::AltSet& alts) { return Label{true, std::move(genotype)}.value(alts); };
  EXPECT_EQ(value({0, 1}, {0}), 1);
  EXPECT_EQ(value({0, 1}, {1}), 0);
  EXPECT_EQ(value({0, 1}, {0, 1}), 1);
  EXPECT_EQ(value({1, 2}, {0, 1}), 2);
  EXPECT_EQ(value({1, 1}, {0}), 2);
  EXPECT_EQ(value({1}, {0}), 1);
  EXPECT_EQ(value({0, 0}, {0}), 0);
}

TEST(Labels, AnswersWithTheClassOfTheAltOnly) {
  const Label label{true, {}, 3, 1};
  EXPECT_EQ(label.value({1}), 3);
  EXPECT_EQ(label.value({0, 1}), 3);
  EXPECT_EQ(label.value({0}), 0);
  EXPECT_EQ((Label{true, {}, 3, -1}.value({0})), 0);
}

TEST(Labels, KnowsUpstreamsNamesOfAlgorithms) {
  EXPECT_EQ(parse_algorithm("haplotype_labeler"), Algorithm::kHaplotype);
  EXPECT_EQ(parse_algorithm("positional_labeler"), Algorithm::kPositional);
  EXPECT_EQ(parse_algorithm("customized_classes_labeler"), Algorithm::kCustomizedClasses);
  EXPECT_THROW(parse_algorithm("HAPLOTYPE"), Error);
}

TEST_F(LabelerTest, TrustsACandidateThatStartsInTheConfidentRegions) {
  const auto path = truth(record(2, "G", "T", "0/1") + record(15, "T", "A", "1/1"));
  EXPECT_EQ(genotypes(path, {candidate(1, "C", {"A"}), candidate(2, "G", {"T"}), candidate(14, "G", {"A"}), candidate(15, "T", {"A"})}),
            "- 0/1 0/0 -");
}

TEST_F(LabelerTest, PassesOverTruthsThatAFilterMarksOrThatHaveNoCopies) {
  const auto path = truth(record(3, "T", "A", "0/1", "low") + record(5, "C", "A", "0/0") + record(7, "T", "A", "./.") +
                          record(9, "C", "A", "./1") + record(11, "T", "A", "0|1", "."));
  EXPECT_EQ(genotypes(path, {candidate(3, "T", {"A"}), candidate(5, "C", {"A"}), candidate(7, "T", {"A"}), candidate(9, "C", {"A"}),
                             candidate(11, "T", {"A"})}),
            "0/0 0/0 0/0 0/0 0/1");
}

TEST_F(LabelerTest, TakesAHaploidTruthForTwoEqualCopiesOfAHaplotype) {
  const auto path = truth(record(3, "T", "A", "1"));
  EXPECT_EQ(genotypes(path, {candidate(3, "T", {"A"})}), "1/1");
  EXPECT_EQ(genotypes(path, {candidate(3, "T", {"A"})}, {.algorithm = Algorithm::kPositional}), "1");
}

TEST_F(LabelerTest, ReadsLowerCaseTruths) {
  EXPECT_EQ(genotypes(truth(record(3, "t", "a", "0/1")), {candidate(3, "T", {"A"})}), "0/1");
}

TEST_F(LabelerTest, SeesATruthThatReachesIntoTheRegionFromBefore) {
  Labeler labeler({}, truth(record(3, "TACG", "T", "1/1")), confident_, *reference_);
  // The deletion explains the substitution's absence; the candidate of the same deletion lies in the region before.
  const auto labels = labeler.label({0, 5, 10}, {candidate(5, "C", {"A"})});
  ASSERT_EQ(labels.size(), 1U);
  EXPECT_EQ(labels[0].genotype, (std::vector<int>{0, 0}));
  EXPECT_EQ(labeler.metrics().truth_sites, 1);
  EXPECT_EQ(labeler.label({0, 7, 10}, {}).size(), 0U);
  EXPECT_EQ(labeler.metrics().truth_sites, 1);  // it ends at 7
}

TEST_F(LabelerTest, LabelsByHaplotypeWhatPositionsCannotTell) {
  const auto path = truth(record(3, "TA", "AG", "0/1"));
  const std::vector<genome::Candidate> candidates{candidate(3, "T", {"A"}), candidate(4, "A", {"G"})};
  EXPECT_EQ(genotypes(path, candidates), "0/1 0/1");
  EXPECT_EQ(genotypes(path, candidates, {.algorithm = Algorithm::kPositional}), "0/0 0/0");
}

TEST_F(LabelerTest, CountsWhatItMet) {
  const auto path = truth(record(3, "T", "A", "1/1") + record(9, "C", "A,G", "1/2"));
  genotypes(path, {candidate(1, "C", {"A"}), candidate(3, "T", {"A", "C"}), candidate(9, "C", {"A"}), candidate(12, "A", {"T"})});
  Metrics expected;
  expected.truth_sites = 2;
  expected.truth_alleles = 3;
  expected.true_positive_sites = 2;
  expected.truth_multiallelics_with_missed_alleles = 1;
  expected.true_positive_alleles = 3;
  expected.false_negative_alleles = 1;
  expected.candidate_sites = 3;
  expected.candidate_alleles = 4;
  expected.non_confident_candidate_sites = 1;
  expected.false_positive_sites = 1;
  expected.false_positive_alleles = 2;
  expected.exact_positions = 2;
  // As in upstream, {0, allele} stands for what is left of 1/2: the copy of the first ALT counts as missed, in place.
  EXPECT_EQ(metrics_.true_positive_alleles + metrics_.false_negative_alleles, 4);
  EXPECT_EQ(metrics_, expected);
}

TEST_F(LabelerTest, ClassesByAnInfoField) {
  const Options classes{Algorithm::kCustomizedClasses, {"ref", "germline", "somatic"}, "KIND", {}};
  const auto path = truth(record(3, "T", "A", "0/1", "PASS", "KIND=somatic") + record(5, "C", "A", "0/1", "PASS", "KIND=germline") +
                          record(7, "T", "C", "0/1", "PASS", "KIND=odd"));
  const auto labels = label(path, {candidate(3, "T", {"A"}), candidate(5, "C", {"G"}), candidate(9, "C", {"G"})}, classes);
  EXPECT_EQ(labels[0].value({0}), 2);
  EXPECT_EQ(labels[1].value({0}), 0);  // another allele
  EXPECT_EQ(labels[2].value({0}), 0);
  EXPECT_TRUE(labels[2].confident);
  EXPECT_TRUE(labels[0].genotype.empty());
  EXPECT_THAT(error_of([&] { label(path, {candidate(7, "T", {"C"})}, classes); }), HasSubstr("INFO KIND at chr1:8-8 is 'odd'"));
}

TEST_F(LabelerTest, KeepsTheShareOfEachClass) {
  Options classes{Algorithm::kCustomizedClasses, {"ref", "germline"}, "KIND", {0, 1}};
  const auto path = truth(record(3, "T", "A", "0/1", "PASS", "KIND=germline"));
  const std::vector<genome::Candidate> candidates{candidate(3, "T", {"A"}), candidate(5, "C", {"G"})};
  EXPECT_TRUE(label(path, candidates, classes)[0].confident);
  EXPECT_FALSE(label(path, candidates, classes)[1].confident);
  classes.class_shares = {1};
  EXPECT_THROW(label(path, candidates, classes), Error);
  EXPECT_THROW(label(path, candidates, {.class_shares = {1}}), Error);
}

TEST_F(LabelerTest, AsksForClassesAndTheirFieldTogether) {
  const auto path = truth("");
  EXPECT_THROW(label(path, {}, {Algorithm::kCustomizedClasses, {"a"}, "", {}}), Error);
  EXPECT_THROW(label(path, {}, {Algorithm::kCustomizedClasses, {}, "KIND", {}}), Error);
  EXPECT_THROW(label(path, {}, {Algorithm::kPositional, {"a"}, "KIND", {}}), Error);
}

TEST_F(LabelerTest, RefusesConfidentRegionsWithoutABase) {
  confident_.clear();
  EXPECT_THAT(error_of([&] { label(truth(""), {}); }), HasSubstr("confident regions hold no base"));
}

TEST_F(LabelerTest, RefusesATruthOfThreeCopies) {
  EXPECT_THAT(error_of([&] { label(truth(record(3, "T", "A", "0/1/1")), {}); }), HasSubstr("a genotype of 3 copies"));
}

TEST_F(LabelerTest, RefusesATruthOfAnotherReference) {
  EXPECT_THAT(error_of([&] { label(truth(record(3, "G", "A", "0/1")), {candidate(4, "A", {"C"})}); }), HasSubstr("REF of the truth set"));
}

TEST_F(LabelerTest, LabelsPartitionAfterPartitionAsAllAtOnce) {
  const auto path = truth(record(3, "T", "A", "1/1") + record(12, "A", "T", "0/1"));
  Labeler labeler({}, path, confident_, *reference_);
  EXPECT_EQ(labeler.label({0, 10, 20}, {candidate(12, "A", {"T"})})[0].genotype, (std::vector<int>{0, 1}));
  EXPECT_EQ(labeler.label({0, 0, 10}, {candidate(3, "T", {"A"})})[0].genotype, (std::vector<int>{1, 1}));
  EXPECT_FALSE(labeler.label({1, 0, 10}, {}).size());
}

}  // namespace haploom::labels
