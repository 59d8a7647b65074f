// Whose haplotype each row is: Reader::owners().
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "haplotypes/fixtures.h"
#include "haplotypes/haplotypes.h"

namespace haploom::haplotypes {
namespace {

namespace fs = std::filesystem;

using Owner = std::pair<std::string, uint32_t>;  // sample, phase

Reader reader_of(const Image& image) { return Reader(image.pangenome(), choose_reference(image.pangenome(), {}, "")); }

// The slow way: each row of the reader's window is looked up by itself.
std::vector<Owner> looked_up(const Image& image, const Reader::Window& window) {
  std::vector<Owner> out;
  for (const Piece& piece : window.haplotypes.pieces) {
    if (piece.is_reference) continue;
    const auto path = image.pangenome().path(image.pangenome().owner(piece.start).path);
    out.emplace_back(path.sample, path.phase);
  }
  return out;
}

// Numbers that stand for owners: one of each for one of the other.
class Numbering {
 public:
  void expect(const std::vector<uint32_t>& numbers, const std::vector<Owner>& owners) {
    ASSERT_EQ(numbers.size(), owners.size());
    for (size_t i = 0; i < numbers.size(); ++i) {
      ASSERT_EQ(owner_of_.try_emplace(numbers[i], owners[i]).first->second, owners[i]) << "row " << i;
      ASSERT_EQ(number_of_.try_emplace(owners[i], numbers[i]).first->second, numbers[i]) << "row " << i;
    }
  }
  size_t owners() const { return number_of_.size(); }

 private:
  std::map<uint32_t, Owner> owner_of_;
  std::map<Owner, uint32_t> number_of_;
};

// Four nodes of 1500 bases, so that windows of the ends have no node in common.
std::string long_nodes() {
  std::string out = "H\tVN:Z:1.1\tRS:Z:GRCh38\n";
  for (int id = 1; id <= 4; ++id) out += fmt::format("S\t{}\t{}\n", id, std::string(1500, "ACGT"[id - 1]));
  return out + "W\tGRCh38\t0\tchr1\t0\t6000\t>1>2>3>4\n";
}
constexpr genome::Region kFirst{0, 0, 200};
constexpr genome::Region kLast{0, 5800, 6000};

TEST(Owners, TwoFragmentsOfOneHaplotypeHaveOneNumberAndPhasesHaveTheirOwn) {
  const Image image = image_of_gfa(long_nodes() +
                                   "W\tHG1\t1\tc\t0\t1500\t>1\n"
                                   "W\tHG1\t2\tc\t0\t1500\t>1\n"
                                   "W\tHG1\t1\tc\t9000\t10500\t>4\n"
                                   "W\tHG2\t1\tc\t0\t1500\t>4\n");
  Reader reader = reader_of(image);
  ASSERT_EQ(reader.reads(kFirst, "chr1").size(), 2U);
  const auto first = reader.owners();
  ASSERT_EQ(reader.reads(kLast, "chr1").size(), 2U);
  const auto last = reader.owners();
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(last.size(), 2U);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(std::count(last.begin(), last.end(), first[0]) + std::count(last.begin(), last.end(), first[1]), 1);
}

TEST(Owners, AHaplotypeThatIsReadBackwardsKeepsItsNumber) {
  const Image image = image_of_gfa(long_nodes() +
                                   "W\tHG1\t1\tc\t0\t6000\t<4<3<2<1\n"
                                   "W\tHG2\t1\tc\t0\t6000\t>1>2>3>4\n");
  Reader reader = reader_of(image);
  Numbering numbering;
  for (int64_t start = 0; start < 6000; start += 500) {
    const auto* window = reader.window({0, start, start + 500}, "chr1");
    ASSERT_NE(window, nullptr);
    ASSERT_NO_FATAL_FAILURE(numbering.expect(reader.owners(), looked_up(image, *window)));
  }
  EXPECT_EQ(numbering.owners(), 2U);
}

TEST(Owners, AreThoseOfTheRowsThatAreGiven) {
  const Image image = image_of_gfa(long_nodes() + "W\tHG1\t1\tc\t0\t1500\t>1\nW\tHG1\t2\tc\t0\t1500\t<1\n");
  Reader reader = reader_of(image);
  EXPECT_TRUE(reader.owners().empty()) << "nothing was asked yet";
  EXPECT_EQ(reader.reads(kFirst, "chr1").size(), 2U) << "the reference's own row is left out";
  EXPECT_EQ(reader.owners().size(), 2U);
  EXPECT_EQ(reader.owners(), reader.owners()) << "of one window they may be asked for twice";
}

TEST(Owners, ThereAreNoneWhereThereAreNoRows) {
  const Image image = image_of_gfa(
      "H\tVN:Z:1.1\tRS:Z:GRCh38\nS\t1\tACGTACGTAC\n"
      "W\tGRCh38\t0\tchr1\t1000\t1010\t>1\nW\tHG1\t1\tc\t0\t10\t>1\n");
  const std::vector<std::pair<genome::Region, std::string>> nowhere = {
      {{0, 0, 10}, "chr1"}, {{0, 1010, 1020}, "chr1"}, {{0, 1000, 1010}, "chrEBV"}};
  for (const auto& [region, contig] : nowhere) {
    Reader reader = reader_of(image);
    ASSERT_EQ(reader.reads({0, 1000, 1010}, "chr1").size(), 1U);
    ASSERT_EQ(reader.owners().size(), 1U);
    EXPECT_TRUE(reader.reads(region, contig).empty());
    EXPECT_TRUE(reader.owners().empty()) << "those of the window before are no longer the last";
  }
}

// 40 places of two nodes each along a reference; haplotypes with one or two of these at random, some backwards, some in
// fragments, some that come from nowhere and go nowhere.
std::string random_panel(std::mt19937& draw) {
  constexpr uint32_t kPlaces = 40;
  std::string out = "H\tVN:Z:1.1\tRS:Z:GRCh38\n";
  std::vector<uint32_t> lengths;
  for (uint32_t id = 1; id <= 2 * kPlaces; ++id) {
    lengths.push_back(1 + draw() % 400);
    std::string bases;
    for (uint32_t i = 0; i < lengths.back(); ++i) bases += "ACGT"[draw() % 4];
    out += fmt::format("S\t{}\t{}\n", id, bases);
  }
  const auto walk = [&](const std::string& head, uint32_t offset, const std::vector<uint32_t>& ids, bool backwards) {
    uint32_t bases = 0;
    std::string text;
    for (const uint32_t id : ids) {
      bases += lengths[id - 1];
      text = backwards ? fmt::format("<{}{}", id, text) : fmt::format("{}>{}", text, id);
    }
    out += fmt::format("W\t{}\t{}\t{}\t{}\n", head, offset, offset + bases, text);
  };
  std::vector<uint32_t> reference;
  for (uint32_t place = 0; place < kPlaces; ++place) reference.push_back(2 * place + 1);
  walk("GRCh38\t0\tchr1", 0, reference, false);
  for (uint32_t haplotype = 0; haplotype < 8; ++haplotype) {
    const std::string head = fmt::format("HG{}\t{}\tc{}", haplotype / 2, haplotype % 2, haplotype);
    for (uint32_t place = draw() % 20, fragment = 0; place < kPlaces; ++fragment) {
      const auto to = std::min<uint32_t>(kPlaces, place + 1 + draw() % 30);
      std::vector<uint32_t> ids;
      for (; place < to; ++place) {
        const uint32_t way = draw() % 4;
        if (way != 1) ids.push_back(2 * place + 1);
        if (way < 2) ids.push_back(2 * place + 2);
      }
      if (!ids.empty()) walk(head, 50'000 * fragment, ids, draw() % 2 == 0);
      place += draw() % 3;
    }
  }
  return out;
}

TEST(Owners, AreThoseOfALookUpWhateverWasAskedBefore) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 draw(seed);
    const Image image = image_of_gfa(random_panel(draw));
    Reader reader = reader_of(image);
    const int64_t end = *reader.contig_end("chr1");
    Numbering numbering;
    for (int64_t start = 0; start < end; start += 500) {
      if (draw() % 5 == 0) start = static_cast<int64_t>(draw() % static_cast<uint32_t>(end));  // elsewhere, back or ahead
      const auto* window = reader.window({0, start, std::min(end, start + 500)}, "chr1");
      ASSERT_NE(window, nullptr);
      if (draw() % 6 == 0) continue;  // a window whose owners nobody asks for
      ASSERT_NO_FATAL_FAILURE(numbering.expect(reader.owners(), looked_up(image, *window)));
    }
    EXPECT_GT(numbering.owners(), 2U);
  }
}

TEST(Owners, NumbersAreThePangenomesNotTheReaders) {
  std::mt19937 draw(5);
  const Image image = image_of_gfa(random_panel(draw));
  Reader in_order = reader_of(image);
  const int64_t end = *in_order.contig_end("chr1");
  for (int64_t start = 0; start + 400 <= end; start += 400) {
    Reader apart = reader_of(image);
    ASSERT_EQ(in_order.reads({0, start, start + 400}, "chr1").size(), apart.reads({0, start, start + 400}, "chr1").size());
    ASSERT_EQ(in_order.owners(), apart.owners()) << start;
  }
}

TEST(Owners, AreThoseOfALookUpInRealGraphsOverPartitionsInOrder) {
  const fs::path folder = shared_data() / "gbz" / "files";
  if (!fs::exists(folder)) GTEST_SKIP() << "no graphs at " << shared_data();
  size_t windows = 0, rows = 0;
  for (const auto& [name, sample] : {std::pair("micb-kir3dl1", "GRCh38"), std::pair("odgi.chr6.C4", "grch38"), std::pair("own.ref_fragments", "GRCh38")}) {
    SCOPED_TRACE(name);
    const Image image(folder / (std::string(name) + ".v1.gbz"));
    const ReferenceNaming naming = choose_reference(image.pangenome(), sample, "");
    std::set<std::string> contigs;
    for (const uint32_t path : image.pangenome().indexed_paths()) contigs.emplace(image.pangenome().path(path).contig);
    Reader reader(image.pangenome(), naming);
    Numbering numbering;
    for (const std::string& contig : contigs) {
      for (const ReferenceFragment& fragment : reference_fragments(image.pangenome(), naming, contig)) {
        const auto from = static_cast<int64_t>(fragment.start), to = from + static_cast<int64_t>(image.pangenome().path(fragment.path).bases);
        for (int64_t start = from; start < to; start += 1000) {
          const auto* window = reader.window({0, start, std::min(to, start + 1000)}, contig);
          ASSERT_NE(window, nullptr) << contig << ":" << start;
          ASSERT_NO_FATAL_FAILURE(numbering.expect(reader.owners(), looked_up(image, *window))) << contig << ":" << start;
          ++windows;
          rows += window->haplotypes.pieces.size() - 1;
        }
      }
    }
  }
  EXPECT_GT(windows, 100U);
  EXPECT_GT(rows, 5000U);
}

}  // namespace
}  // namespace haploom::haplotypes
