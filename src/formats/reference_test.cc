#include "formats/reference.h"

#include <htslib/bgzf.h>

#include "formats/reads_fixture.h"

namespace haploom::formats {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReferenceTest : public ReadsFixture {
 protected:
  // mode: of bgzf_open, "w" or "wg" (plain gzip)
  std::string compressed(const char* mode = "w") const {
    const std::string text = contents(at("ref.fa"));
    const std::string path = at("ref.fa.gz");
    BGZF* out = bgzf_open(path.c_str(), mode);
    EXPECT_EQ(bgzf_write(out, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(bgzf_close(out), 0);
    return path;
  }
};

TEST_F(ReferenceTest, GivesUpperCaseBasesAcrossLines) {
  const Reference reference(at("ref.fa"));
  ASSERT_EQ(reference.contigs().size(), 2);
  EXPECT_EQ(reference.contigs()[0], (genome::Contig{"chr1", 30}));
  EXPECT_EQ(reference.bases({0, 8, 22}), "ACGTACGTACGTNN");
  EXPECT_EQ(reference.bases({1, 0, 3}), "TTT");
}

TEST_F(ReferenceTest, ClipsToTheContig) {
  const Reference reference(at("ref.fa"));
  EXPECT_EQ(reference.bases({0, -5, 3}), "ACG");
  EXPECT_EQ(reference.bases({0, 27, 99}), "ACG");
  EXPECT_EQ(reference.bases({0, 30, 40}), "");
  EXPECT_EQ(reference.bases({0, 9, 9}), "");
}

TEST_F(ReferenceTest, ReadsBgzippedFilesAsPlainOnes) {
  const std::string path = compressed();
  ASSERT_EQ(fai_build(path.c_str()), 0);
  EXPECT_EQ(Reference(path).bases({0, 0, 30}), Reference(at("ref.fa")).bases({0, 0, 30}));
}

TEST_F(ReferenceTest, AsksForAMissingIndexAndDoesNotMakeIt) {
  const std::string path = compressed();
  EXPECT_THAT(error_of([&] { Reference{path}; }), HasSubstr("samtools faidx " + path));
  EXPECT_FALSE(fs::exists(path + ".fai"));
  ASSERT_EQ(fai_build(path.c_str()), 0);
  fs::remove(path + ".gzi");
  EXPECT_THAT(error_of([&] { Reference{path}; }), HasSubstr("no index '" + path + ".gzi'"));
  EXPECT_FALSE(fs::exists(path + ".gzi"));
}

TEST_F(ReferenceTest, RefusesWhatIsNoFasta) {
  EXPECT_THAT(error_of([&] { Reference{at("absent.fa")}; }), HasSubstr("does not exist"));
  EXPECT_THAT(error_of([&] { Reference{folder_.string()}; }), HasSubstr("is a directory"));
  EXPECT_THAT(error_of([&] { Reference{write("x.fa", "@HD\n")}; }), HasSubstr("is no FASTA"));
  EXPECT_THAT(error_of([&] { Reference{write("empty.fa", "")}; }), HasSubstr("is no FASTA"));
}

TEST_F(ReferenceTest, SaysHowToMendPlainGzip) {
  const std::string path = compressed("wg");
  EXPECT_THAT(error_of([&] { Reference{path}; }), HasSubstr("bgzip"));
}

TEST_F(ReferenceTest, RefusesADamagedOrForeignIndex) {
  write("ref.fa.fai", "this is no index\n");
  EXPECT_NE(error_of([&] { Reference{at("ref.fa")}; }), "");
  write("ref.fa.fai", "");
  EXPECT_THAT(error_of([&] { Reference{at("ref.fa")}; }), HasSubstr("samtools faidx"));
  write("ref.fa.fai", "chr1\t60\t12\t10\t11\n");  // runs into the next header line
  EXPECT_THAT(error_of([&] { Reference(at("ref.fa")).bases({0, 0, 60}); }), HasSubstr("another's"));
  write("ref.fa.fai", "chr1\t3000\t12\t10\t11\n");  // and past the end of the file
  EXPECT_THAT(error_of([&] { Reference(at("ref.fa")).bases({0, 40, 3000}); }), HasSubstr("truncated"));
}

}  // namespace
}  // namespace haploom::formats
