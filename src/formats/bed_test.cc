#include "formats/bed.h"

#include <htslib/bgzf.h>

#include "formats/reads_fixture.h"

namespace haploom::formats {
namespace {

using testing::HasSubstr;
using Regions = std::vector<genome::Region>;

class BedTest : public ReadsFixture {
 protected:
  const genome::ContigList contigs_{{{"chr1", 30}, {"chr2", 16}}};
  std::string refusal(const std::string& text, Exit exit = Exit::kInput) const {
    return error_of([&] { read_bed(write("bad.bed", text), contigs_); }, exit);
  }
};

TEST_F(BedTest, ReadsIntervalsInTheFilesOrder) {
  const std::string text = "# made by hand\ntrack name=x\nbrowser position chr1\n\nchr2\t3\t16\tname\t0\t+\r\nchr1 0 5\nchr1\t7\t7\n";
  EXPECT_EQ(read_bed(write("a.bed", text), contigs_), (Regions{{1, 3, 16}, {0, 0, 5}}));
}

TEST_F(BedTest, ReadsALastLineWithoutItsEnd) { EXPECT_EQ(read_bed(write("a.bed", "chr1\t0\t5"), contigs_), (Regions{{0, 0, 5}})); }

TEST_F(BedTest, ReadsGzippedFiles) {
  const std::string path = at("a.bed.gz");
  BGZF* out = bgzf_open(path.c_str(), "w");
  EXPECT_EQ(bgzf_write(out, "chr1\t0\t5\n", 9), 9);
  EXPECT_EQ(bgzf_close(out), 0);
  EXPECT_EQ(read_bed(path, contigs_), (Regions{{0, 0, 5}}));
}

TEST_F(BedTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(refusal("chr1\t0\t5\nchr1\t5\n"), HasSubstr("line 2 of '" + at("bad.bed") + "': it is not contig, start, end"));
  EXPECT_THAT(refusal("chr1\t5\t4\n"), HasSubstr("reversed"));
  EXPECT_THAT(refusal("chr1\t-1\t4\n"), HasSubstr("before 0"));
  EXPECT_THAT(refusal("chr1\t5\n"), HasSubstr("is not contig, start, end"));
  EXPECT_THAT(refusal("chr1\t5\t99999999999999999999\n"), HasSubstr("is not contig, start, end"));
  EXPECT_THAT(refusal("chr1\tone\ttwo\n"), HasSubstr("is not contig, start, end"));
  EXPECT_THAT(refusal("chr1:1-5\n"), HasSubstr("is not contig, start, end"));
}

TEST_F(BedTest, AGoodLineForAnotherReferenceIsTheUsersChoiceOfFile) {
  EXPECT_THAT(refusal("chr9\t0\t5\n", Exit::kUsage), HasSubstr("line 1 of '" + at("bad.bed") + "': the reference has no contig 'chr9'"));
  EXPECT_THAT(refusal("chr1\t0\t31\n", Exit::kUsage), HasSubstr("leaves contig chr1 of 30 bases"));
}

TEST_F(BedTest, TakesTheFirstIntervalOfABedpeLine) {
  EXPECT_EQ(read_bed(write("a.bedpe", "chr1\t0\t5\tchr2\t7\t9\tname\t0\t+\t-\n"), contigs_), (Regions{{0, 0, 5}}));
}

TEST_F(BedTest, RefusesAFileThatCannotBeRead) {
  EXPECT_THAT(error_of([&] { read_bed(at("absent.bed"), contigs_); }), HasSubstr("absent.bed"));
  EXPECT_THAT(error_of([&] { read_bed(folder_.string(), contigs_); }), HasSubstr(folder_.string()));
}

}  // namespace
}  // namespace haploom::formats
