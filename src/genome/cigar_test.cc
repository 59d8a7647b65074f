#include "genome/cigar.h"

#include <gtest/gtest.h>

#include "genome/candidate.h"
#include "genome/dna.h"

namespace haploom::genome {

TEST(Cigar, CountsReferenceAndReadBasesApart) {
  const Cigar cigar = parse_cigar("5S10M2I3D4=1X6N2H");
  EXPECT_EQ(read_length(cigar), 5 + 10 + 2 + 4 + 1);
  EXPECT_EQ(reference_length(cigar), 10 + 3 + 4 + 1 + 6);
  EXPECT_EQ(text(cigar), "5S10M2I3D4=1X6N2H");
}

TEST(Cigar, AppendMergesEqualNeighbours) {
  Cigar cigar;
  append(cigar, 'M', 3);
  append(cigar, 'M', 4);
  append(cigar, 'D', 0);
  append(cigar, 'I', 1);
  EXPECT_EQ(text(cigar), "7M1I");
}

TEST(Dna, ComplementsOnlyACGT) { EXPECT_EQ(reverse_complement_acgt("ACGTNay"), "yaNACGT"); }

TEST(Candidate, AltSetsAreAllAlonesThenAllPairs) {
  EXPECT_EQ(alt_sets(1), (std::vector<AltSet>{{0}}));
  EXPECT_EQ(alt_sets(3), (std::vector<AltSet>{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}}));
}

}  // namespace haploom::genome
