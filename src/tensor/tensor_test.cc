#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"

namespace haploom::tensor {
namespace {

// A window of 21 columns around position 50 of a contig of 100: the reference is all A, rows are told apart by channel.
class Picture : public testing::Test {
 protected:
  static constexpr int kWidth = 21;
  static constexpr int kReferenceRows = 5;

  Picture() {
    shape_.height_pangenome = 9;
    shape_.height_reads = 10;
    shape_.width = kWidth;
    candidate_.start = 50;
    candidate_.ref = "A";
    candidate_.alts = {"C", "G"};
    candidate_.read_support.resize(2);
    candidate_.haplotype_support.resize(2);
  }

  static genome::Read read(const std::string& name, int64_t start, const std::string& cigar, char base = 'A') {
    genome::Read made;
    made.name = name;
    made.start = start;
    made.cigar = genome::parse_cigar(cigar);
    made.end = start + genome::reference_length(made.cigar);
    made.mapq = 60;
    made.bases.assign(static_cast<size_t>(genome::read_length(made.cigar)), base);
    made.quality.assign(made.bases.size(), 40);
    return made;
  }

  bool draw(const genome::AltSet& alts = {0}) {
    image_.assign(shape_.bytes(), 77);
    Painter painter(shape_, options_);
    painter.begin(&reads_, &haplotypes_, {0, contig_}, static_cast<int64_t>(contig_.size()));
    return painter.draw(candidate_, alts, image_);
  }

  uint8_t pixel(int row, int64_t position, Channel channel) const {
    const auto c = std::find(shape_.channels.begin(), shape_.channels.end(), channel) - shape_.channels.begin();
    const int64_t column = position - (candidate_.start - kWidth / 2);
    return image_[static_cast<size_t>((row * kWidth + column) * static_cast<int64_t>(shape_.channels.size()) + c)];
  }
  int read_row(int i) const { return shape_.height_pangenome + kReferenceRows + i; }
  bool black(int row) const {
    const size_t stride = kWidth * shape_.channels.size();
    const auto from = image_.begin() + static_cast<int64_t>(static_cast<size_t>(row) * stride);
    return std::all_of(from, from + static_cast<int64_t>(stride), [](uint8_t b) { return b == 0; });
  }
  int rows_drawn(int first, int count) const {
    int drawn = 0;
    for (int row = first; row < first + count; ++row) drawn += black(row) ? 0 : 1;
    return drawn;
  }

  ImageShape shape_;
  DrawOptions options_;
  std::string contig_ = std::string(100, 'A');
  std::vector<genome::Read> reads_;
  std::vector<genome::Read> haplotypes_;
  genome::Candidate candidate_;
  std::vector<uint8_t> image_;
};

}  // namespace

TEST_F(Picture, OpensEachBlockWithFiveReferenceRowsAndEndsItBlack) {
  contig_[45] = 'T';
  ASSERT_TRUE(draw());
  for (const int row : {0, 4, 9, 13}) {
    EXPECT_EQ(pixel(row, 45, Channel::kReadBase), 100);
    EXPECT_EQ(pixel(row, 46, Channel::kReadBase), 250);
    EXPECT_EQ(pixel(row, 60, Channel::kInsertSize), 254);
  }
  for (const int row : {5, 8, 14, 18}) EXPECT_TRUE(black(row)) << row;
}

TEST_F(Picture, ShowsAReadWhereItLies) {
  reads_ = {read("a", 44, "20M", 'C')};
  ASSERT_TRUE(draw());
  EXPECT_EQ(pixel(read_row(0), 43, Channel::kReadBase), 0);
  EXPECT_EQ(pixel(read_row(0), 44, Channel::kReadBase), 30);
  EXPECT_EQ(pixel(read_row(0), 60, Channel::kReadBase), 30);
  EXPECT_EQ(pixel(read_row(0), 60, Channel::kBaseDiffersFromRef), 254);
  EXPECT_EQ(pixel(read_row(0), 60, Channel::kMappingQuality), 254);
  EXPECT_TRUE(black(read_row(1)));
}

TEST_F(Picture, MarksAnIndelOnItsAnchorBaseAlone) {
  reads_ = {read("a", 40, "8M2I16M"), read("b", 40, "8M3D16M")};
  reads_[0].quality[8] = 20;  // of the first inserted base
  reads_[1].quality[7] = 10;  // of the base before the deletion
  ASSERT_TRUE(draw());
  for (const int row : {read_row(0), read_row(1)}) {
    EXPECT_EQ(pixel(row, 46, Channel::kReadBase), 250);
    EXPECT_EQ(pixel(row, 47, Channel::kReadBase), 0);
    EXPECT_EQ(pixel(row, 47, Channel::kBaseDiffersFromRef), 254);
  }
  EXPECT_EQ(pixel(read_row(0), 47, Channel::kBaseQuality), 127);
  EXPECT_EQ(pixel(read_row(1), 47, Channel::kBaseQuality), 63);
  EXPECT_EQ(pixel(read_row(0), 48, Channel::kReadBase), 250);
  for (const int64_t gap : {48, 49, 50}) EXPECT_EQ(pixel(read_row(1), gap, Channel::kStrand), 0);
  EXPECT_EQ(pixel(read_row(1), 51, Channel::kReadBase), 250);
}

TEST_F(Picture, MarksNoDeletionThatOpensARead) {
  reads_ = {read("a", 45, "3D20M")};
  ASSERT_TRUE(draw());
  EXPECT_EQ(pixel(read_row(0), 44, Channel::kStrand), 0);
  EXPECT_EQ(pixel(read_row(0), 48, Channel::kStrand), 70);
}

TEST_F(Picture, LeavesOutAReadThatIsPoorAtTheVariantStart) {
  reads_ = {read("base", 40, "20M"),      read("inserted", 40, "11M2I9M"), read("before deletion", 40, "11M2D9M"),
            read("elsewhere", 40, "20M"), read("good", 40, "20M")};
  reads_[0].quality[10] = 9;
  reads_[1].quality[11] = 9;
  reads_[2].quality[10] = 9;
  reads_[3].quality[11] = 9;
  reads_[4].quality[10] = 10;
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(read_row(0), 5), 2);
}

TEST_F(Picture, LeavesOutAReadOfLowMappingQuality) {
  options_.min_mapq = 5;
  reads_ = {read("a", 40, "20M"), read("b", 40, "20M")};
  reads_[0].mapq = 4;
  reads_[1].mapq = 5;
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(read_row(0), 5), 1);
}

TEST_F(Picture, TakesReadsThatComeWithinFiveBasesOfTheVariant) {
  reads_ = {read("ends just there", 26, "20M"), read("ends too early", 25, "20M"), read("begins just there", 55, "20M"),
            read("begins too late", 56, "20M")};
  shape_.width = 61;  // so that 15 bases of each are inside
  contig_.assign(200, 'A');
  image_.assign(shape_.bytes(), 0);
  Painter painter(shape_, options_);
  painter.begin(&reads_, nullptr, {0, contig_}, 200);
  ASSERT_TRUE(painter.draw(candidate_, {0}, image_));
  const size_t stride = 61 * shape_.channels.size();
  int any = 0;
  for (int row = read_row(0); row < shape_.rows(); ++row) {
    const auto from = image_.begin() + static_cast<int64_t>(static_cast<size_t>(row) * stride);
    any += std::any_of(from, from + static_cast<int64_t>(stride), [](uint8_t b) { return b != 0; });
  }
  EXPECT_EQ(any, 2);
}

TEST_F(Picture, ColoursSupportByTheFirstAltThatListsARead) {
  reads_ = {read("a", 40, "20M"), read("b", 40, "20M"), read("c", 40, "20M")};
  candidate_.read_support = {{0, 2}, {1, 2}};
  ASSERT_TRUE(draw({1}));
  EXPECT_EQ(pixel(read_row(0), 50, Channel::kReadSupportsVariant), 152);
  EXPECT_EQ(pixel(read_row(1), 50, Channel::kReadSupportsVariant), 254);
  EXPECT_EQ(pixel(read_row(2), 50, Channel::kReadSupportsVariant), 152);
  ASSERT_TRUE(draw({0, 1}));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pixel(read_row(i), 50, Channel::kReadSupportsVariant), 254);
}

TEST_F(Picture, ColoursAllRecordsOfAReadThatSupports) {
  reads_ = {read("a", 40, "20M"), read("b", 40, "20M"), read("a", 41, "20M")};
  candidate_.read_support[0] = {2};
  ASSERT_TRUE(draw());
  EXPECT_EQ(pixel(read_row(0), 50, Channel::kReadSupportsVariant), 254);
  EXPECT_EQ(pixel(read_row(1), 50, Channel::kReadSupportsVariant), 152);
  EXPECT_EQ(pixel(read_row(2), 50, Channel::kReadSupportsVariant), 254);
}

TEST_F(Picture, SortsRowsByHaplotypeStartNameAndNumber) {
  reads_ = {read("b", 42, "20M"), read("a", 42, "20M"), read("c", 41, "20M"), read("a", 42, "20M"), read("z", 30, "40M")};
  for (size_t i = 0; i < reads_.size(); ++i) reads_[i].mapq = static_cast<uint8_t>(10 * i);
  reads_[1].number = 1;
  reads_[4].haplotype_tag = 1;
  const auto order = [&] {
    std::string names;
    for (int i = 0; i < 5; ++i) names += std::to_string(pixel(read_row(i), 50, Channel::kMappingQuality) / 42);
    return names;
  };
  ASSERT_TRUE(draw());
  EXPECT_EQ(order(), "23104");
  options_.sort_by_haplotypes = false;
  ASSERT_TRUE(draw());
  EXPECT_EQ(order(), "42310");
}

TEST_F(Picture, SortsHaplotypesByNameAsText) {
  for (const char* name : {"haplotype_1", "haplotype_2", "haplotype_10"}) haplotypes_.push_back(read(name, 30, "50M"));
  haplotypes_[2].bases.assign(50, 'G');
  ASSERT_TRUE(draw());
  EXPECT_EQ(pixel(kReferenceRows + 1, 50, Channel::kReadBase), 180);
}

TEST_F(Picture, ShowsOnlyHaplotypesThatSpanTheWindow) {
  haplotypes_ = {read("whole", 40, "21M"), read("short", 41, "40M"), read("gap counts", 20, "22D39M")};
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(kReferenceRows, 4), 2);
  options_.only_window_spanning_haplotypes = false;
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(kReferenceRows, 4), 3);
}

TEST_F(Picture, BlanksQualitiesOfHaplotypes) {
  haplotypes_ = {read("h", 30, "50M", 'T')};
  candidate_.haplotype_support[0] = {0};
  ASSERT_TRUE(draw());
  EXPECT_EQ(pixel(kReferenceRows, 50, Channel::kBaseQuality), 0);
  EXPECT_EQ(pixel(kReferenceRows, 50, Channel::kMappingQuality), 0);
  EXPECT_EQ(pixel(kReferenceRows, 50, Channel::kReadBase), 100);
  EXPECT_EQ(pixel(kReferenceRows, 50, Channel::kStrand), 70);
  EXPECT_EQ(pixel(kReferenceRows, 50, Channel::kReadSupportsVariant), 254);
  EXPECT_EQ(pixel(0, 50, Channel::kBaseQuality), 254);
}

TEST_F(Picture, FillsAllRowsWhenThereAreMoreReadsAndSkipsThePoorOnes) {
  for (int i = 0; i < 9; ++i) reads_.push_back(read("r" + std::to_string(i), 40, "20M"));
  for (const size_t poor : {1U, 3U, 5U}) reads_[poor].quality[10] = 2;
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(read_row(0), 5), 5);  // 6 good ones for 5 rows
  reads_[7].quality[10] = 2;
  reads_[8].quality[10] = 2;
  ASSERT_TRUE(draw());
  EXPECT_EQ(rows_drawn(read_row(0), 5), 4);
}

TEST_F(Picture, DrawsNothingWhenTheWindowLeavesTheContig) {
  candidate_.start = 9;
  EXPECT_FALSE(draw());
  EXPECT_EQ(image_, std::vector<uint8_t>(shape_.bytes(), 77));
  candidate_.start = 10;
  EXPECT_TRUE(draw());
  candidate_.start = 89;
  EXPECT_TRUE(draw());
  candidate_.start = 90;
  EXPECT_FALSE(draw());
}

TEST_F(Picture, HasNoPangenomeBlockWhenItsHeightIsZero) {
  reads_ = {read("a", 40, "20M")};
  haplotypes_ = {read("h", 30, "50M")};
  ASSERT_TRUE(draw());
  const std::vector<uint8_t> both = image_;
  shape_.height_pangenome = 0;
  ASSERT_TRUE(draw());
  const int64_t block = static_cast<int64_t>(9 * kWidth * shape_.channels.size());
  EXPECT_EQ(image_, std::vector<uint8_t>(both.begin() + block, both.end()));
}

TEST_F(Picture, DoesNotRememberTheImageBefore) {
  for (int i = 0; i < 30; ++i) reads_.push_back(read("r" + std::to_string(i), 30 + i % 12, "25M", "ACGT"[i % 4]));
  Painter painter(shape_, options_);
  painter.begin(&reads_, &haplotypes_, {0, contig_}, 100);
  candidate_.read_support = {{1, 2, 3}, {4, 5}};
  std::vector<uint8_t> first(shape_.bytes());
  std::vector<uint8_t> again(shape_.bytes(), 1);
  ASSERT_TRUE(painter.draw(candidate_, {0}, first));
  ASSERT_TRUE(painter.draw(candidate_, {0, 1}, again));
  ASSERT_TRUE(painter.draw(candidate_, {0}, again));
  EXPECT_EQ(first, again);
}

TEST_F(Picture, RefusesASupportThatIsNoReadOfThePartition) {
  candidate_.read_support[0] = {0};
  EXPECT_THROW(draw(), Error);
}

// Any CIGAR, whatever it says, stays inside its row: the sanitizer build watches, this build sees the neighbours black.
TEST_F(Picture, SurvivesRandomAlignments) {
  std::mt19937 random(20240611);
  const auto upto = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 2000; ++round) {
    std::string cigar;
    for (int op = 1 + upto(6); op > 0; --op) cigar += std::to_string(upto(30)) + "MIDNSHP=X"[upto(9)];
    reads_ = {read("random", upto(90), cigar)};
    haplotypes_ = reads_;
    candidate_.start = 10 + upto(80);
    candidate_.ref.assign(static_cast<size_t>(1 + upto(20)), 'A');
    ASSERT_TRUE(draw());
    ASSERT_LE(rows_drawn(read_row(0), 5), 1) << cigar;
    ASSERT_LE(rows_drawn(kReferenceRows, 4), 1) << cigar;
  }
}

TEST(Painter, RefusesImpossibleShapes) {
  ImageShape even;
  even.width = 220;
  EXPECT_THROW(Painter(even, {}), Error);
  ImageShape twice;
  twice.channels = {Channel::kStrand, Channel::kStrand};
  EXPECT_THROW(Painter(twice, {}), Error);
  ImageShape flat;
  flat.height_reads = 5;
  EXPECT_THROW(Painter(flat, {}), Error);
}

}  // namespace haploom::tensor
