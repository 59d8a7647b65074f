#include <gtest/gtest.h>

#include "haplotypes/haplotypes.h"
#include "haplotypes/oracle.h"
#include "haplotypes/pieces.h"

namespace haploom::haplotypes {
namespace {

void expect_equal(const SmallGraph& graph, const shared_image::Pangenome& pangenome, const WindowHaplotypes& got, const OracleAnswer& want) {
  ASSERT_EQ(got.node_ids, want.node_ids);
  ASSERT_EQ(got.reference_start, want.reference_start);
  ASSERT_EQ(got.pieces.size(), want.rows.size());
  for (size_t i = 0; i < want.rows.size(); ++i) {
    SCOPED_TRACE(fmt::format("row {}", i));
    const OracleRow& row = want.rows[i];
    const Sequence& sequence = got.sequences.at(got.pieces[i].sequence);
    ASSERT_EQ(got.pieces[i].is_reference, row.is_reference);
    ASSERT_EQ(got.reference_piece == i, row.is_reference);
    ASSERT_EQ(sequence.walk, row.walk);
    ASSERT_EQ(sequence.bases, graph.spelled(row.walk));
    ASSERT_EQ(genome::text(sequence.cigar), row.cigar);
    const auto owner = pangenome.owner(got.pieces[i].start);
    ASSERT_EQ(2 * owner.path + (owner.reverse ? 1 : 0), row.sequence);
    ASSERT_EQ(owner.offset, row.offset);
  }
  std::set<Codes> distinct;
  for (const Sequence& sequence : got.sequences) distinct.insert(sequence.walk);
  ASSERT_EQ(distinct.size(), got.sequences.size()) << "pieces of one walk share a sequence";
}

TEST(Haplotypes, EqualTheOracleOnRandomGraphs) {
  for (uint32_t seed = 1; seed <= 400; ++seed) {
    const SmallGraph graph = SmallGraph::random(seed);
    const Image image = image_of_gfa(graph.gfa());
    Oracle oracle(graph);
    std::mt19937 draw(seed);
    for (int repeat = 0; repeat < 4; ++repeat) {
      const uint32_t offset = draw() % graph.bases(graph.walks[0]), context = draw() % 40;
      SCOPED_TRACE(fmt::format("seed {} offset {} context {}\n{}", seed, offset, context, graph.gfa()));
      const auto answer = query(image.pangenome(), 0, offset, context);
      ASSERT_TRUE(answer);
      ASSERT_NO_FATAL_FAILURE(expect_equal(graph, image.pangenome(), *answer, oracle.ask(offset, context)));
    }
  }
}

TEST(Haplotypes, OneDirectionOfEachPieceIsCanonical) {
  EXPECT_TRUE(is_canonical(4, 8));
  EXPECT_FALSE(is_canonical(9, 5));
  EXPECT_TRUE(is_canonical(4, 9));   // both ways read > then <: the smaller id first
  EXPECT_FALSE(is_canonical(8, 5));
  EXPECT_TRUE(is_canonical(5, 8));
  EXPECT_TRUE(is_canonical(4, 5));   // its own reversal: both are kept
  EXPECT_TRUE(is_canonical(5, 4));
}

TEST(Haplotypes, AHaplotypeThatLeavesAndReturnsGivesTwoPieces) {
  SmallGraph graph;
  graph.labels = {"AAAAAAAAAA", "C", "GGGGGGGGGG", std::string(100, 'T'), "ACACACAC", std::string(100, 'G')};
  graph.walks = {{2, 4, 6}, {2, 8, 10, 12, 6}};
  const Image image = image_of_gfa(graph.gfa());
  const auto answer = query(image.pangenome(), 0, 10, 5);
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->node_ids, (std::vector<uint64_t>{1, 2, 3, 4, 6})) << "the search turns round in 1 and 3, and ends in 4 and 6";
  ASSERT_EQ(answer->pieces.size(), 3U);
  EXPECT_EQ(genome::text(answer->sequences[answer->pieces[1].sequence].cigar), "10M100I11D");
  EXPECT_EQ(genome::text(answer->sequences[answer->pieces[2].sequence].cigar), "100I11D10M");
}

TEST(Haplotypes, NoneBeyondThePathOrOnAnUnindexedPath) {
  SmallGraph graph;
  graph.labels = {"ACGT"};
  graph.walks = {{2}, {2}};
  const Image image = image_of_gfa(graph.gfa());
  EXPECT_TRUE(query(image.pangenome(), 0, 3, 10));
  EXPECT_FALSE(query(image.pangenome(), 0, 4, 10));
  EXPECT_FALSE(query(image.pangenome(), 1, 0, 10));
  EXPECT_FALSE(query(image.pangenome(), 7, 0, 10));
}

TEST(Haplotypes, ADamagedImageGivesAnErrorOrAnAnswerButNoCrash) {
  SmallGraph graph = SmallGraph::random(6);
  const Image image = image_of_gfa(graph.gfa());
  for (uint32_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937 draw(seed);
    std::vector<uint64_t> words = image.space();
    for (int damage = 0; damage < 3; ++damage) words[draw() % words.size()] ^= uint64_t{1} << draw() % 64;
    try {
      const shared_image::Pangenome pangenome(std::as_bytes(std::span(words)));
      const auto answer = query(pangenome, 0, draw() % graph.bases(graph.walks[0]), draw() % 40);
      if (answer)
        for (const Piece& piece : answer->pieces) (void)pangenome.owner(piece.start);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), error.reason() == Reason::kCorrupt ? Exit::kInput : Exit::kResource) << "seed " << seed << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace haploom::haplotypes
