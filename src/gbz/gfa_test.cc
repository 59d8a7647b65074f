#include "gbz/gfa.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "gbz/scratch_test.h"

namespace haploom::gbz {
namespace {

PathGraph graph_of(std::string_view text, uint32_t max_node = kMaxNodeBases) {
  const Scratch scratch;
  return read_gfa(scratch.file("g.gfa", text), max_node);
}

std::vector<Walk> walks_of(const PathGraph& graph) {
  std::vector<Walk> out;
  for (const CompactWalk& walk : graph.walks) out.push_back(steps_of(walk));
  return out;
}

// The message behind the file's name.
std::string complaint(std::string_view text) {
  const std::string message = refusal([&] { graph_of(text); });
  return message.substr(message.find("g.gfa'") + 7);
}

constexpr std::string_view kSegments = "S\t1\tACGT\nS\t2\tGG\n";
std::string with(std::string_view line) { return std::string(kSegments) + std::string(line) + "\n"; }

TEST(Gfa, TakesWalksWithTheirFourNames) {
  const PathGraph graph = graph_of("H\tVN:Z:1.1\tRS:Z:ref other\n" + with("W\tref\t0\tchr1\t17\t23\t>1<2\tXX:Z:y\nW\ts\t3\tctg\t*\t*\t<1"));
  EXPECT_EQ(graph.reference_samples, (std::vector<std::string>{"ref", "other"}));
  EXPECT_EQ(graph.samples, (std::vector<std::string>{"ref", "s"}));
  EXPECT_EQ(graph.contigs, (std::vector<std::string>{"chr1", "ctg"}));
  ASSERT_EQ(graph.paths.size(), 2U);
  EXPECT_EQ(graph.paths[0].fragment, 17U);
  EXPECT_EQ(graph.paths[1].phase, 3U);
  EXPECT_EQ(graph.paths[1].fragment, 0U);
  EXPECT_EQ(walks_of(graph), (std::vector<Walk>{{2, 5}, {3}}));
}

TEST(Gfa, TakesPathsAsGeneric) {
  const PathGraph graph = graph_of(with("P\tHG#1#x\t1+,2-,1+\t0M,*"));
  EXPECT_EQ(graph.samples, (std::vector<std::string>{std::string(kGenericSample)}));
  EXPECT_EQ(graph.contigs, (std::vector<std::string>{"HG#1#x"}));
  EXPECT_EQ(graph.paths[0].phase, kNoPhase);
  EXPECT_EQ(walks_of(graph)[0], (Walk{2, 5, 2}));
}

TEST(Gfa, TakesLinesInAnyOrder) { EXPECT_EQ(walks_of(graph_of("W\ts\t1\tc\t0\t*\t>1>2\nL\t1\t+\t2\t+\t0M\n" + with("#comment")))[0], (Walk{2, 4})); }

TEST(Gfa, KeepsNumbersAsNodeIdsAndBasesInUpperCase) {
  const PathGraph graph = graph_of("S\t30\taCgN\nS\t10\tT\nW\ts\t1\tc\t0\t*\t>30>10\n");
  EXPECT_EQ(graph.first_id, 10U);
  EXPECT_EQ(graph.labels.size(), 21U);
  EXPECT_EQ(graph.label(30), "ACGN");
  EXPECT_EQ(graph.label(10), "T");
  EXPECT_EQ(graph.label(11), "");
  EXPECT_TRUE(graph.segment_firsts.empty());
}

TEST(Gfa, CutsLongSegmentsAndRemembersTheirNames) {
  const PathGraph graph = graph_of("S\t7\tAAAAC\nS\t8\tGG\nS\t9\tTTTT\nW\ts\t1\tc\t0\t*\t>7<9<7\n", 2);
  EXPECT_EQ(graph.segment_firsts, (std::vector<uint32_t>{1, 4, 5}));
  EXPECT_EQ(graph.labels.size(), 6U);
  EXPECT_EQ(graph.segments[2], "9");
  EXPECT_EQ(graph.label(3), "C");
  EXPECT_EQ(walks_of(graph)[0], (Walk{2, 4, 6, 13, 11, 7, 5, 3}));
}

TEST(Gfa, NumbersNodesAnewWhereNamesAreNoIds) {
  for (const char* name : {"x", "007", "0", "+1", "99999999999", "1.5"}) {
    const PathGraph graph = graph_of(fmt::format("S\t5\tAC\nS\t{}\tGT\nW\ts\t1\tc\t0\t*\t>{}\n", name, name));
    EXPECT_EQ(walks_of(graph)[0], Walk{4}) << name;
    EXPECT_EQ(graph.segments[1], name);
  }
  EXPECT_EQ(graph_of("S\t5\tAC\nS\t2000000000\tGT\nW\ts\t1\tc\t0\t*\t>5\n").segment_firsts.size(), 2U);  // too far apart
}

TEST(Gfa, TakesLinesThatEndAsInWindows) {
  const PathGraph graph = graph_of("H\tVN:Z:1.1\tRS:Z:ref\r\nS\t1\tAC\r\n\r\nW\tref\t0\tc\t0\t2\t>1\r\n");
  EXPECT_EQ(graph.reference_samples, std::vector<std::string>{"ref"});
  EXPECT_EQ(graph.label(1), "AC");
  EXPECT_EQ(walks_of(graph)[0], Walk{2});
}

TEST(Gfa, RefusesWhatCannotBeReadTwice) {
  const Scratch scratch;
  const std::string pipe = scratch.file("pipe", "");
  std::filesystem::remove(pipe);
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(refusal([&] { read_gfa(pipe); }).find("pipe' is not a file that can be read twice"), std::string::npos);
}

TEST(Gfa, SaysWhichLineIsWrong) {
  EXPECT_EQ(complaint(with("S\t2\tA")), "line 3: segment '2' stands twice");
  EXPECT_EQ(complaint(with("S\t3\t*")), "line 3: the sequence of segment '3' is not letters");
  EXPECT_EQ(complaint(with("S\t3")), "line 3: segment '3' without a sequence");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t>1>9")), "line 3: segment '9' is not in the file");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t1>2")), "line 3: a walk is made of > or < and a segment name, again and again");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t*")), "line 3: a walk is made of > or < and a segment name, again and again");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t>1>>2")), "line 3: segment '' is not in the file");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*")), "line 3: a W line needs sample, haplotype, sequence name, start, end and walk");
  EXPECT_EQ(complaint(with("W\ts\tone\tc\t0\t*\t>1")), "line 3: 'one' is no haplotype number");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t-4\t*\t>1")), "line 3: '-4' is no start of a walk");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t4294967296\t*\t>1")), "line 3: a walk that starts at 4294967296: a GBZ holds starts below 2^32");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t>1\nW\ts\t1\tc\t0\t*\t>2")), "line 4: a second path of sample 's', haplotype 1, sequence 'c' that starts at 0");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\tend\t>1")), "line 3: 'end' is no end of a walk");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t3\t9\t>1")), "line 3: a walk of 4 bases that is said to go from 3 to 9: is the line cut short?");
  EXPECT_EQ(complaint(with("W\ts\t99999999999\tc\t0\t*\t>1")), "line 3: '99999999999' is no haplotype number");
  EXPECT_EQ(complaint(with("W\ts\t1\tc\t0\t*\t>99999999999999999999")), "line 3: segment '99999999999999999999' is not in the file");
  EXPECT_EQ(complaint(with("S\t3\tAC-GT")), "line 3: the sequence of segment '3' is not letters");
  EXPECT_EQ(complaint(with("S\t\tACGT")), "line 3: a segment without a name");
  EXPECT_EQ(complaint("W\ts\t1\tc\t0\t*\t>1\n"), "line 1: segment '1' is not in the file");
  EXPECT_EQ(complaint(with("P\tp\t1+,2\t*")), "line 3: path 'p': '2' is no segment with an orientation");
  EXPECT_EQ(complaint(with("P\tp\t1+,2+\t5M")), "line 3: overlap '5M': only graphs without overlaps (0M or *) can become a GBZ");
  EXPECT_EQ(complaint(with("P\tp\t\t*")), "line 3: path 'p' has no steps");
  EXPECT_EQ(complaint(with("L\t1\t+\t2\t+\t4M")), "line 3: overlap '4M': only graphs without overlaps (0M or *) can become a GBZ");
  EXPECT_EQ(complaint(with("L\t1\t+\t7\t+\t0M")), "line 3: segment '7' is not in the file");
  EXPECT_EQ(complaint(with("L\t1\t>\t2\t+\t0M")), "line 3: '>' is no orientation");
  EXPECT_EQ(complaint("H\tVN:Z:2.0\n"), "line 1: version 2.0 is not 1.x");
  EXPECT_EQ(complaint(">chr1\nACGT\n"), "line 1: '>chr1' is no GFA record");
  EXPECT_EQ(complaint(std::string(kSegments)), "has no P or W lines: a GBZ needs paths");
  EXPECT_EQ(complaint(""), "has no P or W lines: a GBZ needs paths");
}

}  // namespace
}  // namespace haploom::gbz
