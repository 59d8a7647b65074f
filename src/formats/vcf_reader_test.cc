#include "formats/vcf_reader.h"

#include <htslib/bgzf.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include <algorithm>

#include "base/shared_data_test.h"
#include "formats/reads_fixture.h"
#include "formats/reference.h"

namespace haploom::formats {
namespace {

using testing::HasSubstr;

constexpr char kHead[] =
    "##fileformat=VCFv4.2\n"
    "##contig=<ID=chr1,length=30>\n##contig=<ID=other,length=99>\n##contig=<ID=chr2,length=16>\n"
    "##INFO=<ID=AF,Number=A,Type=Float,Description=\"frequency\">\n"
    "##INFO=<ID=END,Number=1,Type=Integer,Description=\"end\">\n"
    "##INFO=<ID=CLASS,Number=.,Type=String,Description=\"class\">\n"
    "##INFO=<ID=DB,Number=0,Type=Flag,Description=\"flag\">\n"
    "##FILTER=<ID=low,Description=\"low\">\n##FILTER=<ID=far,Description=\"far\">\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"genotype\">\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tmother\tchild\n";

class VcfReaderTest : public ReadsFixture {
 protected:
  const genome::ContigList contigs_{{{"chr1", 30}, {"chr2", 16}}};

  static std::string line(const std::string& contig, int position, const std::string& ref, const std::string& alts,
                          const std::string& rest = ".\tPASS\t.\tGT\t0/1\t0/0") {
    return fmt::format("{}\t{}\t.\t{}\t{}\t{}\n", contig, position, ref, alts, rest);
  }
  std::string bgzipped(const std::string& name, const std::string& text) const {
    BGZF* out = bgzf_open(at(name).c_str(), "w");
    EXPECT_EQ(bgzf_write(out, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(bgzf_close(out), 0);
    return at(name);
  }
  std::string indexed_vcf(const std::string& text, int min_shift = 0) const {
    const std::string path = bgzipped("in.vcf.gz", text);
    EXPECT_EQ(tbx_index_build(path.c_str(), min_shift, &tbx_conf_vcf), 0);
    return path;
  }
  // codes: of the genotypes of every record, instead of the text's
  std::string indexed_bcf(const std::string& text, const std::vector<int32_t>& codes = {}) const {
    const std::string from = write("in.vcf", text);
    htsFile* in = hts_open(from.c_str(), "r");
    htsFile* out = hts_open(at("in.bcf").c_str(), "wb");
    bcf_hdr_t* header = bcf_hdr_read(in);
    EXPECT_EQ(bcf_hdr_write(out, header), 0);
    bcf1_t* record = bcf_init();
    while (bcf_read(in, header, record) >= 0) {
      if (!codes.empty()) {
        EXPECT_EQ(bcf_update_genotypes(header, record, codes.data(), static_cast<int>(codes.size())), 0);
      }
      EXPECT_EQ(bcf_write(out, header, record), 0);
    }
    bcf_destroy(record);
    bcf_hdr_destroy(header);
    EXPECT_EQ(hts_close(out), 0);
    hts_close(in);
    EXPECT_EQ(bcf_index_build(at("in.bcf").c_str(), 14), 0);
    return at("in.bcf");
  }

  std::vector<VcfRecord> all(const std::string& path, VcfFields fields = {}) const {
    std::vector<VcfRecord> out;
    VcfReader(path, std::move(fields)).for_each(contigs_, [&out](VcfRecord&& record) { out.push_back(std::move(record)); });
    return out;
  }
  std::vector<int64_t> starts(VcfReader& reader, const genome::Region& region) const {
    std::vector<int64_t> out;
    reader.for_each(region, contigs_, [&out](VcfRecord&& record) { out.push_back(record.start); });
    return out;
  }
  std::string refusal(const std::string& path, VcfFields fields = {}) const {
    return error_of([&] {
      try {
        all(path, std::move(fields));
      } catch (const Error& error) {
        EXPECT_EQ(error.reason(), Reason::kVariants);
        throw;
      }
    });
  }
};

}  // namespace

TEST_F(VcfReaderTest, GivesSitesAllelesFiltersAndGenotypes) {
  const auto records = all(write("in.vcf", std::string(kHead) + line("chr1", 3, "GT", "G,<DEL>", "12.5\tlow;far\t.\tGT\t1|2\t.") +
                                               line("chr2", 1, "T", ".", ".\t.\t.\tGT\t0/0\t./0")));
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].contig, 0);
  EXPECT_EQ(records[0].start, 2);
  EXPECT_EQ(records[0].end, 4);
  EXPECT_EQ(records[0].ref, "GT");
  EXPECT_EQ(records[0].alts, (std::vector<std::string>{"G", "<DEL>"}));
  EXPECT_EQ(records[0].quality, 12.5F);
  EXPECT_EQ(records[0].filters, (std::vector<std::string>{"low", "far"}));
  EXPECT_FALSE(records[0].passes());
  EXPECT_EQ(records[0].genotypes, (std::vector<VcfGenotype>{{{1, 2}, true}, {{-1}, false}}));
  EXPECT_EQ(records[1].contig, 1);
  EXPECT_TRUE(records[1].alts.empty());
  EXPECT_FALSE(records[1].quality);
  EXPECT_TRUE(records[1].passes());
  EXPECT_EQ(records[1].genotypes, (std::vector<VcfGenotype>{{{0, 0}, false}, {{-1, 0}, false}}));
}

TEST_F(VcfReaderTest, GivesFrequenciesAndOneMoreInfoFieldWhenAsked) {
  const std::string path = write("in.vcf", std::string(kHead) + line("chr1", 3, "G", "A,C", ".\tPASS\tAF=0.25,.;CLASS=x,y;DB\tGT\t0/1\t0/0") +
                                               line("chr1", 4, "T", "A"));
  const auto records = all(path, {.genotypes = false, .allele_frequency = true, .info = "CLASS"});
  EXPECT_EQ(records[0].allele_frequency, (std::vector<float>{0.25F, 0.0F}));
  EXPECT_EQ(records[0].info, "x,y");
  EXPECT_TRUE(records[0].genotypes.empty());
  EXPECT_TRUE(records[1].allele_frequency.empty());
  EXPECT_FALSE(records[1].info);
  EXPECT_EQ(all(path, {.info = "DB"})[0].info, "");
}

TEST_F(VcfReaderTest, PassesOverContigsThatTheReferenceLacksAndTelomeres) {
  const auto records = all(write("in.vcf", std::string(kHead) + line("other", 3, "G", "A") + line("chr1", 0, "N", "A") + line("chr1", 3, "G", "A") +
                                               line("undeclared", 3, "G", "A")));
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].start, 2);
}

TEST_F(VcfReaderTest, FindsWhatOverlapsARegionThroughEitherIndex) {
  const std::string text = std::string(kHead) + line("chr1", 3, "GTAC", "G") + line("chr1", 8, "A", "C") +
                           line("chr1", 9, "C", "<DEL>", ".\tPASS\tEND=20\tGT\t0/1\t0/0") + line("chr1", 21, "A", "C");
  for (const std::string& path : {indexed_vcf(text), indexed_vcf(text, 14), indexed_bcf(text)}) {
    VcfReader reader(path);
    EXPECT_TRUE(reader.has_index());
    EXPECT_EQ(starts(reader, {0, 5, 8}), (std::vector<int64_t>{2, 7})) << path;
    EXPECT_EQ(starts(reader, {0, 19, 20}), (std::vector<int64_t>{8}));
    EXPECT_EQ(starts(reader, {0, 20, 30}), (std::vector<int64_t>{20}));
    EXPECT_TRUE(starts(reader, {0, 6, 7}).empty());
    EXPECT_TRUE(starts(reader, {1, 0, 16}).empty());
    EXPECT_EQ(starts(reader, {0, 0, 30}).size(), 4U);
  }
}

TEST_F(VcfReaderTest, StreamsAgainAfterAQuery) {
  VcfReader reader(indexed_vcf(std::string(kHead) + line("chr1", 3, "G", "C") + line("chr1", 8, "A", "C")));
  EXPECT_EQ(reader.samples(), (std::vector<std::string>{"mother", "child"}));
  EXPECT_EQ(reader.first_contig(), "chr1");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(starts(reader, {0, 7, 8}).size(), 1U);
    int count = 0;
    reader.for_each(contigs_, [&count](VcfRecord&&) { ++count; });
    EXPECT_EQ(count, 2);
  }
}

TEST_F(VcfReaderTest, HasNothingOnAContigThatTheHeaderLacks) {
  VcfReader reader(indexed_vcf(std::string(kHead) + line("chr1", 3, "G", "C")));
  const genome::ContigList more({{"chr1", 30}, {"chr3", 10}});
  reader.for_each(genome::Region{1, 0, 10}, more, [](VcfRecord&&) { FAIL(); });
}

TEST_F(VcfReaderTest, RefusesWhatIsNoVariantFileWithCauseAndRemedy) {
  EXPECT_THAT(refusal(at("absent.vcf")), HasSubstr("do not exist"));
  EXPECT_THAT(refusal(folder_.string()), HasSubstr("are a directory"));
  EXPECT_THAT(refusal(write("text.vcf", "hello\n")), HasSubstr("neither VCF nor BCF"));
  EXPECT_THAT(refusal(write("empty.vcf", "")), HasSubstr("neither VCF nor BCF"));
  EXPECT_THAT(refusal(write("head.vcf", "##fileformat=VCFv4.2\n")), HasSubstr("header"));
}

TEST_F(VcfReaderTest, RefusesATruncatedFile) {
  const std::string path = bgzipped("in.vcf.gz", std::string(kHead) + line("chr1", 3, "G", "C"));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 28);
  EXPECT_THAT(refusal(path), HasSubstr("are truncated"));
}

TEST_F(VcfReaderTest, RefusesRecordsThatMakeNoSenseAndNamesThem) {
  const auto with = [&](const std::string& record) { return refusal(write("in.vcf", std::string(kHead) + record)); };
  EXPECT_THAT(with(line("chr1", 29, "ACGT", "A")), HasSubstr("chr1:29"));
  EXPECT_THAT(with(line("chr1", 29, "ACGT", "A")), HasSubstr("leaves the reference's contig of 30 bases"));
  EXPECT_THAT(with(line("chr1", 3, "G", "A", ".\tPASS\t.\tGT\t0/2\t0/0")), HasSubstr("allele 2 of 1"));
  EXPECT_THAT(with("chr1\t3\t.\tG\n"), HasSubstr("try:"));
  EXPECT_THAT(with(line("chr1", 3, "G", "A", ".\tPASS\t.\tGT\tx\t0/0")), HasSubstr("try:"));
}

TEST_F(VcfReaderTest, RefusesAllelesBelowTheMissingOne) {
  const std::string text = std::string(kHead) + line("chr1", 3, "G", "A");
  EXPECT_THAT(refusal(indexed_bcf(text, {bcf_gt_unphased(1), -7})), HasSubstr("allele -5 of 1"));
  EXPECT_EQ(refusal(indexed_bcf(text, {bcf_gt_unphased(1), bcf_gt_missing})), "");
  EXPECT_EQ(refusal(indexed_bcf(text, {bcf_gt_unphased(1), bcf_int32_missing})), "");
}

TEST_F(VcfReaderTest, RefusesFrequenciesThatAreNoNumbers) {
  const std::string head = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=30>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const std::string path = write("in.vcf", head + "chr1\t3\t.\tG\tA\t.\t.\tAF=0.5\n");
  EXPECT_EQ(refusal(path), "");
  EXPECT_THAT(refusal(path, {.allele_frequency = true}), HasSubstr("Type=Float"));
}

TEST_F(VcfReaderTest, AsksForAnIndexBeforeARegion) {
  for (const std::string& path : {write("in.vcf", std::string(kHead) + line("chr1", 3, "G", "C")), bgzipped("x.vcf.gz", std::string(kHead))}) {
    VcfReader reader(path);
    EXPECT_THAT(error_of([&] { starts(reader, {0, 0, 30}); }), HasSubstr("have no index"));
  }
}

TEST_F(VcfReaderTest, ReadsTheTruthAndTheCohortOfTheGoldens) {
  const auto inputs = base::shared_data() / "dv_goldens/inputs";
  if (!std::filesystem::exists(inputs)) GTEST_SKIP() << "no shared data at " << inputs;
  const Reference reference((inputs / "ucsc.hg19.chr20.unittest.fasta.gz").string());
  std::vector<VcfRecord> truth;
  VcfReader((inputs / "test_nist.b37_chr20_100kbp_at_10mb.vcf.gz").string())
      .for_each(genome::Region{*reference.contigs().index_of("chr20"), 9999999, 10010000}, reference.contigs(),
                [&truth](VcfRecord&& record) { truth.push_back(std::move(record)); });
  EXPECT_GT(truth.size(), 40U);
  EXPECT_TRUE(std::all_of(truth.begin(), truth.end(), [](const VcfRecord& record) { return record.genotypes.size() == 1 && record.passes(); }));
  EXPECT_EQ(truth.front().start, 10000116);

  const Reference grch38((inputs / "grch38.chr20_and_21_10M.fa.gz").string());
  int64_t records = 0;
  VcfReader((inputs / "cohort-chr20_and_chr21_100k.vcf.gz").string(), {.allele_frequency = true})
      .for_each(grch38.contigs(), [&records](VcfRecord&& record) { records += record.allele_frequency.size() == record.alts.size(); });
  EXPECT_GT(records, 1000);
}

}  // namespace haploom::formats
