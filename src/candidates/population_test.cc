#include "candidates/population.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace haploom::candidates {
namespace {

namespace fs = std::filesystem;

// A reference and cohorts made by samtools and bcftools.
class PopulationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "haploom_population_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    //                            01234567890123456789
    write("ref.fa", ">chr1\nACGTTTGCACACACATTGCA\n>chr2\nACGTACGTAC\n");
    run("samtools faidx ref.fa");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  void run(const std::string& command) const { ASSERT_EQ(std::system(("cd " + folder_.string() + " && " + command).c_str()), 0) << command; }

  std::string cohort(const std::string& name, const std::string& lines) const {
    write(name, "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=20>\n##contig=<ID=chr2,length=10>\n"
                "##INFO=<ID=AF,Number=A,Type=Float,Description=\"f\">\n##INFO=<ID=END,Number=1,Type=Integer,Description=\"e\">\n"
                "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + lines);
    run("bgzip -f " + name + " && bcftools index -t " + name + ".gz");
    return (folder_ / (name + ".gz")).string();
  }

  static genome::Candidate candidate(int64_t start, const std::string& ref, const std::vector<std::string>& alts, int contig = 0) {
    genome::Candidate out;
    out.contig = contig;
    out.start = start;
    out.ref = ref;
    out.alts = alts;
    return out;
  }
  std::vector<std::vector<float>> frequencies(const std::vector<std::string>& paths, std::vector<genome::Candidate> candidates) const {
    const formats::Reference reference((folder_ / "ref.fa").string());
    PopulationFrequencies(paths, reference).annotate(candidates);
    std::vector<std::vector<float>> out;
    for (const auto& each : candidates) out.push_back(each.population_frequency);
    return out;
  }

  fs::path folder_;
};

using Frequencies = std::vector<std::vector<float>>;

}  // namespace

TEST_F(PopulationTest, GivesEachAltItsOwn) {
  const std::string path = cohort("a.vcf", "chr1\t4\t.\tT\tA,C\t.\t.\tAF=0.25,0.125\nchr1\t7\t.\tG\tC\t.\t.\tAF=0.5\n");
  EXPECT_EQ(frequencies({path}, {candidate(3, "T", {"A", "C", "G"}), candidate(6, "G", {"C"}), candidate(10, "A", {"C"})}),
            (Frequencies{{0.25F, 0.125F, 0}, {0.5F}, {0}}));
}

TEST_F(PopulationTest, MatchesAllelesHoweverTheyAreSpelled) {
  // ACACACA at 8: the loss of one CA, wherever it is put, and inside a longer REF.
  const std::string path = cohort("a.vcf", "chr1\t9\t.\tACA\tA\t.\t.\tAF=0.5\nchr1\t13\t.\tACAT\tACCT,A\t.\t.\tAF=0.25,0.125\n");
  EXPECT_EQ(frequencies({path}, {candidate(8, "ACA", {"A"}), candidate(9, "CAC", {"C"}), candidate(14, "A", {"C"}), candidate(8, "ACACA", {"A", "ACA"})}),
            (Frequencies{{0.5F}, {0.5F}, {0.25F}, {0, 0.5F}}));
}

TEST_F(PopulationTest, TakesTheLastOfSeveralRecordsThatMatch) {
  const std::string path = cohort("a.vcf", "chr1\t4\t.\tT\tA\t.\t.\tAF=0.25\nchr1\t4\t.\tT\tA\t.\t.\tAF=0.75\n");
  EXPECT_EQ(frequencies({path}, {candidate(3, "T", {"A"})}), (Frequencies{{0.75F}}));
}

TEST_F(PopulationTest, FindsNothingWhereRecordsLeaveTheContig) {
  const std::string path = cohort("a.vcf", "chr1\t18\t.\tG\tA\t.\t.\tAF=0.25\nchr1\t18\t.\tG\t<DEL>\t.\t.\tEND=500;AF=0.1\n");
  EXPECT_EQ(frequencies({path}, {candidate(17, "G", {"A"})}), (Frequencies{{0}}));
}

TEST_F(PopulationTest, UsesTheFileOfTheContig) {
  const std::string one = cohort("a.vcf", "chr1\t4\t.\tT\tA\t.\t.\tAF=0.25\n");
  const std::string two = cohort("b.vcf", "chr2\t4\t.\tT\tA\t.\t.\tAF=0.75\n");
  const std::string none = cohort("c.vcf", "");
  EXPECT_EQ(frequencies({one, two, none}, {candidate(3, "T", {"A"}, 0)}), (Frequencies{{0.25F}}));
  EXPECT_EQ(frequencies({one, two, none}, {candidate(3, "T", {"A"}, 1)}), (Frequencies{{0.75F}}));
  EXPECT_EQ(frequencies({one, none}, {candidate(3, "T", {"A"}, 1)}), (Frequencies{{0}}));
  EXPECT_THROW(frequencies({one, one}, {}), Error);
}

TEST_F(PopulationTest, RefusesAMatchWithoutFrequency) {
  const std::string path = cohort("a.vcf", "chr1\t4\t.\tT\tA,C\t.\t.\tAF=0.25\nchr1\t7\t.\tG\tC\t.\t.\t.\n");
  EXPECT_EQ(frequencies({path}, {candidate(3, "T", {"A"}), candidate(6, "G", {"T"})}), (Frequencies{{0.25F}, {0}}));
  EXPECT_THROW(frequencies({path}, {candidate(3, "T", {"C"})}), Error);
  EXPECT_THROW(frequencies({path}, {candidate(6, "G", {"C"})}), Error);
}

}  // namespace haploom::candidates
