#include "formats/alignments.h"

#include <chrono>
#include <random>

#include "formats/reads_fixture.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;
using genome::Read;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const genome::ContigList kContigs({{"chr2", 16}, {"chr1", 30}});  // the reference's order, not the file's
constexpr genome::Region kChr1{1, 0, 30};

class AlignmentsTest : public ReadsFixture {
 protected:
  std::vector<Read> all(const std::string& path, const ReadFilter& filter = {}, const genome::Region& region = kChr1) const {
    std::vector<Read> out;
    Alignments(path, at("ref.fa")).for_each(region, kContigs, filter, [&out](Read&& read) { out.push_back(std::move(read)); });
    return out;
  }
  std::vector<std::string> names(const std::string& path, const ReadFilter& filter = {}, const genome::Region& region = kChr1) const {
    std::vector<std::string> out;
    for (const Read& read : all(path, filter, region)) out.push_back(read.key());
    return out;
  }
  std::string refusal(const std::string& path) const {
    return error_of([&] { all(path); });
  }
  std::string simple(const std::string& name = "a.bam", const std::string& mode = "wb") const {
    return reads(name, header() + line("r1", 0, "chr1", 3, "4M", "GTAC") + line("r2", 16, "chr1", 9, "4M", "ACGT"), mode);
  }
};

TEST_F(AlignmentsTest, DecodesARecord) {
  const std::string path = indexed(reads("a.bam", header() + "pair\t147\tchr1\t5\t37\t1S2M1I2M2D1M3H\t=\t1\t-11\tNACGTRA\tABCDEFG\tHP:i:2\n"));
  const std::vector<Read> found = all(path);
  ASSERT_EQ(found.size(), 1U);
  const Read& read = found[0];
  EXPECT_EQ(read.key(), "pair/1");
  EXPECT_EQ(read.mapq, 37);
  EXPECT_TRUE(read.reverse);
  EXPECT_EQ(read.haplotype_tag, 2);
  EXPECT_EQ(read.contig, 1);
  EXPECT_EQ(read.start, 4);
  EXPECT_EQ(read.end, 11);
  EXPECT_EQ(read.template_length, -11);
  EXPECT_EQ(genome::text(read.cigar), "1S2M1I2M2D1M3H");
  EXPECT_EQ(read.bases, "NACGTRA");
  EXPECT_THAT(read.quality, ElementsAre(32, 33, 34, 35, 36, 37, 38));
}

TEST_F(AlignmentsTest, TakesAHaplotypeTagOnlyWhenItIsAnInteger) {
  std::string text = header();
  for (const char* tag : {"", "\tHP:i:0", "\tHP:i:-1", "\tHP:Z:1", "\tHP:f:1.0", "\tHP:i:3000000000", "\tXY:Z:q\tHP:i:1"}) {
    text += line("r", 0, "chr1", 3, "4M", "GTAC", 60, tag);
  }
  std::vector<int> tags;
  for (const Read& read : all(indexed(reads("a.bam", text)))) tags.push_back(read.haplotype_tag);
  EXPECT_THAT(tags, ElementsAre(genome::kNoHaplotypeTag, 0, -1, genome::kNoHaplotypeTag, genome::kNoHaplotypeTag, genome::kNoHaplotypeTag, 1));
}

TEST_F(AlignmentsTest, FiltersAsMakeExamplesDoes) {
  std::string text = header();
  const auto add = [&text](const std::string& name, int flag, int mapq = 60) { text += line(name, flag, "chr1", 3, "4M", "GTAC", mapq); };
  add("plain", 0);
  add("mapq4", 0, 4);
  add("mapq5", 0, 5);
  add("duplicate", 1024);
  add("failed", 512);
  add("secondary", 256);
  add("supplementary", 2048);
  add("unmapped", 4);
  text += "away\t1\tchr1\t3\t60\t4M\tchr2\t1\t0\tGTAC\tIIII\n";        // mate elsewhere, not proper
  text += "awayproper\t67\tchr1\t3\t60\t4M\tchr2\t1\t0\tGTAC\tIIII\n";
  text += "matelost\t73\tchr1\t3\t60\t4M\tchr2\t1\t0\tGTAC\tIIII\n";    // mate unmapped
  text += "second\t129\tchr1\t3\t60\t4M\t=\t1\t0\tGTAC\tIIII\n";
  const std::string path = indexed(reads("a.bam", text));
  EXPECT_THAT(names(path), ElementsAre("plain/0", "mapq5/0", "awayproper/0", "matelost/0", "second/1"));
  EXPECT_THAT(names(path, {.min_mapq = 60, .keep_duplicates = true, .keep_secondary = true, .keep_supplementary = true}),
              ElementsAre("plain/0", "duplicate/0", "secondary/0", "supplementary/0", "awayproper/0", "matelost/0", "second/1"));
}

TEST_F(AlignmentsTest, GivesReadsThatOverlapTheRegionInFileOrder) {
  const std::string path = indexed(simple());
  EXPECT_THAT(names(path), ElementsAre("r1/0", "r2/0"));
  EXPECT_THAT(names(path, {}, {1, 5, 8}), ElementsAre("r1/0"));
  EXPECT_THAT(names(path, {}, {1, 6, 8}), IsEmpty());
  EXPECT_THAT(names(path, {}, {1, 5, 9}), ElementsAre("r1/0", "r2/0"));
  EXPECT_THAT(names(path, {}, {0, 0, 16}), IsEmpty());
}

TEST_F(AlignmentsTest, HasNoReadsOnAContigThatTheHeaderLacks) {
  Alignments alignments(indexed(simple()), at("ref.fa"));
  alignments.for_each({0, 0, 5}, genome::ContigList({{"chr9", 5}}), {}, [](Read&&) { FAIL(); });
}

TEST_F(AlignmentsTest, MayBeAskedAgainAndBackwards) {
  Alignments alignments(indexed(simple()), at("ref.fa"));
  for (const int64_t start : {8, 2, 8}) {
    int found = 0;
    alignments.for_each({1, start, start + 1}, kContigs, {}, [&found](Read&&) { ++found; });
    EXPECT_EQ(found, 1);
  }
}

TEST_F(AlignmentsTest, ReadsCramAsItReadsBam) {
  const std::string text = header() + line("r1", 0, "chr1", 3, "4M2I2M1D3M", "GTACTTGTTCG", 60, "\tHP:i:1") + line("r2", 2064, "chr1", 9, "2S4M", "NNACGA");
  const auto bam = all(indexed(reads("a.bam", text)), {.keep_supplementary = true});
  const auto cram = all(indexed(reads("a.cram", text, "wc")), {.keep_supplementary = true});
  ASSERT_EQ(bam.size(), 2U);
  ASSERT_EQ(cram.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(cram[i].key(), bam[i].key());
    EXPECT_EQ(cram[i].bases, bam[i].bases);
    EXPECT_EQ(cram[i].quality, bam[i].quality);
    EXPECT_EQ(cram[i].cigar, bam[i].cigar);
    EXPECT_EQ(cram[i].start, bam[i].start);
    EXPECT_EQ(cram[i].haplotype_tag, bam[i].haplotype_tag);
  }
}

TEST_F(AlignmentsTest, RefusesACramOnAnotherReference) {
  const std::string path = indexed(simple("a.cram", "wc"));
  write("ref.fa", ">chr1\nTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT\n>chr2\nTTTTTTTTTTTTTTTT\n");
  ASSERT_EQ(fai_build(at("ref.fa").c_str()), 0);
  EXPECT_THAT(refusal(path), HasSubstr("or the reference"));
  fs::remove(at("ref.fa.fai"));
  EXPECT_THAT(refusal(path), HasSubstr("samtools faidx"));
  EXPECT_FALSE(fs::exists(at("ref.fa.fai")));
}

TEST_F(AlignmentsTest, ReadsACramThatHoldsItsReferenceWithoutTheFasta) {
  const std::string path = indexed(simple("own.cram", "own"));
  fs::remove(at("ref.fa"));
  std::vector<std::string> bases;
  Alignments(path, "").for_each(kChr1, kContigs, {}, [&bases](Read&& read) { bases.push_back(read.bases); });
  EXPECT_THAT(bases, ElementsAre("GTAC", "ACGT"));
}

TEST_F(AlignmentsTest, AsksForTheFastaOfACramThatNeedsIt) {
  const std::string path = indexed(simple("a.cram", "wc"));
  fs::remove(at("ref.fa"));
  EXPECT_THAT(error_of([&] { Alignments(path, "").for_each(kChr1, kContigs, {}, [](Read&&) {}); }), HasSubstr("--use_ref_for_cram"));
}

TEST_F(AlignmentsTest, TakesOriginalQualitiesWhereTheyAreAskedFor) {
  const std::string path = indexed(reads("a.bam", header() + line("r", 0, "chr1", 3, "4M", "GTAC", 60, "\tOQ:Z:!5?~")));
  EXPECT_THAT(all(path, {.original_qualities = true}).at(0).quality, ElementsAre(0, 20, 30, 93));
  EXPECT_THAT(all(path).at(0).quality, ElementsAre(40, 40, 40, 40));
}

TEST_F(AlignmentsTest, RefusesReadsWhoseOriginalQualitiesAreNone) {
  for (const auto& [tag, what] : {std::pair("", "has no original qualities"), std::pair("\tOQ:i:5", "has no original qualities"),
                                  std::pair("\tOQ:Z:III", "4 bases but 3 original qualities"), std::pair("\tOQ:Z:II I", "no qualities")}) {
    const std::string path = indexed(reads("a.bam", header() + line("r", 0, "chr1", 3, "4M", "GTAC", 60, tag)));
    EXPECT_THAT(error_of([&] { all(path, {.original_qualities = true}); }), HasSubstr(what));
  }
}

TEST_F(AlignmentsTest, NamesTheSample) {
  const auto sample = [&](const std::string& groups) {
    return Alignments(indexed(reads("s.bam", "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:30\n" + groups)), at("ref.fa")).header().sample_name;
  };
  EXPECT_EQ(sample("@RG\tID:a\tSM:donor\n@RG\tID:b\tSM:donor\n"), "donor");
  EXPECT_EQ(sample("@RG\tID:a\n@RG\tID:b\tSM:first\n@RG\tID:c\tSM:second\n"), "first");
  EXPECT_EQ(sample(""), "default");
}

TEST_F(AlignmentsTest, PassesOverRecordsWithoutBasesOrCigar) {
  const std::string text = header() + line("nobases", 0, "chr1", 3, "4M", "*") + line("nocigar", 0, "chr1", 3, "*", "GTAC") + line("r", 0, "chr1", 4, "4M", "TACG");
  EXPECT_THAT(names(indexed(reads("a.bam", text))), ElementsAre("r/0"));
}

TEST_F(AlignmentsTest, RefusesReadsWithoutQualities) {
  const std::string path = indexed(reads("a.bam", header() + "bare\t0\tchr1\t3\t60\t4M\t*\t0\t0\tGTAC\t*\n"));
  EXPECT_THAT(refusal(path), HasSubstr("read 'bare' in '" + path + "', chr1:3 has no base qualities"));
}

TEST_F(AlignmentsTest, NamesAReadWhoseCigarDoesNotFitItsBases) {
  const std::string path = indexed(simple("a.bam", "wb0"));  // an index of the same places
  simple("a.bam", "wb0");
  reads("a.bam", header() + line("r1", 0, "chr1", 3, "4M", "GTAC") + line("r2", 16, "chr1", 9, "4M", "ACGT"), "wb0", [](bam1_t& record) {
    if (record.core.pos == 8) *bam_get_cigar(&record) = bam_cigar_gen(400, BAM_CMATCH);
  });
  EXPECT_THAT(refusal(path), HasSubstr("read 'r2'"));
  EXPECT_THAT(refusal(path), HasSubstr("has 4 bases but a CIGAR for 400"));
}

TEST_F(AlignmentsTest, AsksForAMissingIndexAndDoesNotMakeIt) {
  const std::string path = simple();
  EXPECT_THAT(refusal(path), HasSubstr("samtools index " + path));
  EXPECT_FALSE(fs::exists(path + ".bai"));
  EXPECT_THAT(refusal(simple("a.cram", "wc")), HasSubstr(".crai' does not exist"));
}

TEST_F(AlignmentsTest, FindsAnIndexUnderBothOfItsNames) {
  const std::string path = indexed(simple());
  fs::rename(path + ".bai", at("a.bai"));
  EXPECT_EQ(names(path).size(), 2U);
}

TEST_F(AlignmentsTest, RefusesADamagedIndex) {
  const std::string path = indexed(simple());
  const std::string whole = contents(path + ".bai");
  for (size_t keep : {size_t{0}, size_t{3}, size_t{7}, size_t{20}, whole.size() / 2}) {
    write("a.bam.bai", whole.substr(0, keep));
    EXPECT_THAT(refusal(path), HasSubstr("samtools index")) << keep << " of " << whole.size() << " bytes";
  }
  write("a.bam.bai", "no index at all, but text");
  EXPECT_THAT(refusal(path), HasSubstr("samtools index"));
  write("a.bam.bai", contents(path));
  EXPECT_THAT(refusal(path), HasSubstr("samtools index"));
}

TEST_F(AlignmentsTest, RefusesADamagedCramIndex) {
  const std::string path = indexed(simple("a.cram", "wc"));
  write("a.cram.crai", "no index at all, but text\n");
  EXPECT_THAT(refusal(path), HasSubstr("samtools index"));
  write("a.cram.crai", "0\t3\t10\t99999999\t10\t10\n");
  EXPECT_THAT(refusal(path), HasSubstr("past the file's end"));
  write("a.cram.crai", "0\t3\t10\t1\t10\t10\n");
  EXPECT_THAT(refusal(path), HasSubstr("samtools index"));
  write("a.cram.crai", "7\t3\t10\t1\t10\t10\n");
  EXPECT_THAT(refusal(path), HasSubstr("header lacks"));
}

TEST_F(AlignmentsTest, RefusesTheIndexOfAnotherFile) {
  const std::string path = indexed(simple());
  std::string more = header();
  for (int i = 0; i < 2000; ++i) more += line(fmt::format("read{}{}", i, i * int64_t{7919}), 0, "chr1", 1 + i / 100, "4M", "ACGT");
  const std::string other = indexed(reads("b.bam", more));
  fs::copy_file(other + ".bai", path + ".bai", fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal(path), HasSubstr("does not belong"));  // points past the end
  simple();
  indexed(path);
  fs::copy_file(path + ".bai", other + ".bai", fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal(other), HasSubstr("does not belong"));  // the file goes on behind it
  const std::string contigs = indexed(reads("c.bam", "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:30\n" + line("r1", 0, "chr1", 3, "4M", "GTAC")));
  fs::copy_file(path + ".bai", contigs + ".bai", fs::copy_options::overwrite_existing);
  EXPECT_THAT(refusal(contigs), HasSubstr("does not belong"));
}

TEST_F(AlignmentsTest, RefusesAnIndexOfTheFileBeforeItGrew) {
  const std::string path = indexed(simple());
  const std::string before = contents(path);
  const std::string more = contents(reads("b.bam", header() + line("r3", 0, "chr1", 12, "4M", "TACG")));
  const auto header_block = static_cast<size_t>(static_cast<unsigned char>(more[16]) | static_cast<unsigned char>(more[17]) << 8) + 1;
  write("a.bam", before.substr(0, before.size() - 28) + more.substr(header_block));  // 28: the end-of-file mark
  EXPECT_THAT(refusal(path), HasSubstr("mapped reads follow the last one that it knows"));
}

TEST_F(AlignmentsTest, WarnsOfAnIndexOlderThanTheFile) {
  const std::string path = indexed(simple());
  fs::last_write_time(path + ".bai", fs::last_write_time(path) - std::chrono::hours(1));
  testing::internal::CaptureStderr();
  EXPECT_EQ(names(path).size(), 2U);
  EXPECT_EQ(names(path).size(), 2U);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("is older than"));
  EXPECT_EQ(said.find("is older than"), said.rfind("is older than")) << "once";
}

TEST_F(AlignmentsTest, RefusesATruncatedFile) {
  for (const auto& [name, mode] : {std::pair{"a.bam", "wb"}, std::pair{"a.cram", "wc"}}) {
    const std::string path = indexed(simple(name, mode));
    const std::string whole = contents(path);
    for (const size_t cut : {size_t{1}, size_t{28}, size_t{60}, whole.size() - 40}) {
      write(name, whole.substr(0, whole.size() - cut));
      EXPECT_THAT(refusal(path), HasSubstr(path)) << cut << " bytes less";
    }
    write(name, whole.substr(0, whole.size() - 28));
    EXPECT_THAT(refusal(path), HasSubstr("truncated"));
  }
}

TEST_F(AlignmentsTest, RefusesDamageInTheMiddle) {
  std::string text = header();
  for (int i = 0; i < 3000; ++i) text += line(fmt::format("read{}{}", i, i * int64_t{7919}), 0, "chr1", 1 + i / 150, "4M", "ACGT");
  const std::string path = indexed(reads("a.bam", text));
  std::string bytes = contents(path);
  for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 40; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x5a);
  write("a.bam", bytes);
  EXPECT_THAT(refusal(path), HasSubstr("damaged"));
}

// Whatever bytes change, an answer or an Error comes back.
TEST_F(AlignmentsTest, SurvivesRandomDamage) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto& [name, index, mode] : {std::tuple{"a.bam", "a.bam.bai", "wb0"}, std::tuple{"a.cram", "a.cram.crai", "wc"}}) {
    const std::string path = indexed(simple(name, mode));
    for (const std::string victim : {name, index}) {
      const std::string whole = contents(at(victim));
      for (int round = 0; round < 40; ++round) {
        std::string bytes = whole;
        for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
        write(victim, bytes);
        error_of([&] { all(path); });
      }
      write(victim, whole);
    }
    EXPECT_EQ(names(path).size(), 2U);
  }
}

TEST_F(AlignmentsTest, RefusesWhatIsNeitherBamNorCram) {
  EXPECT_THAT(refusal(at("absent.bam")), HasSubstr("do not exist"));
  EXPECT_THAT(refusal(folder_.string()), HasSubstr("are a directory"));
  EXPECT_THAT(refusal(at("ref.fa")), HasSubstr("neither BAM nor CRAM"));
  EXPECT_THAT(refusal(write("empty.bam", "")), HasSubstr("empty.bam"));
  EXPECT_THAT(refusal(write("text.bam", header() + line("r1", 0, "chr1", 3, "4M", "GTAC"))), HasSubstr("are SAM"));
}

TEST_F(AlignmentsTest, RefusesFilesThatAreNotSortedByCoordinate) {
  const std::string lines = line("r1", 0, "chr1", 3, "4M", "GTAC") + line("r2", 0, "chr1", 9, "4M", "ACGT");
  EXPECT_THAT(refusal(reads("name.bam", header("queryname") + lines)), HasSubstr("samtools sort"));
  const std::string path = indexed(reads("word.bam", header("unsorted") + lines));  // better than its word
  EXPECT_EQ(names(path).size(), 2U);
  EXPECT_FALSE(Alignments(path, at("ref.fa")).header().coordinate_sorted);
}

TEST_F(AlignmentsTest, WatchesTheOrderOfRecords) {
  const std::string path = indexed(simple("a.bam", "wb0"));
  reads("a.bam", header() + line("r1", 0, "chr1", 3, "4M", "GTAC") + line("r2", 16, "chr1", 9, "4M", "ACGT"), "wb0",
        [](bam1_t& record) { record.core.pos = 11 - record.core.pos; });  // 9, 3 under an index of 2, 8
  EXPECT_THAT(refusal(path), HasSubstr("read 'r2'"));
  EXPECT_THAT(refusal(path), HasSubstr("the file is not sorted"));
}

}  // namespace
}  // namespace haploom::formats
