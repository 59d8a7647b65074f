#include "labels/genotype_order.h"

#include <gtest/gtest.h>

#include <set>

namespace haploom::labels {

using Genotypes = std::vector<Genotype>;

// python3 -c 'n = 2; print(list({(i, j) for j in range(n + 1) for i in range(j + 1)}))'
TEST(Labels, TriesGenotypesInTheOrderOfPythonsSets) {
  EXPECT_EQ(genotype_order(1), (Genotypes{{0, 1}, {1, 1}, {0, 0}}));
  EXPECT_EQ(genotype_order(2), (Genotypes{{0, 1}, {1, 2}, {0, 0}, {1, 1}, {0, 2}, {2, 2}}));
  EXPECT_EQ(genotype_order(3), (Genotypes{{0, 1}, {1, 2}, {0, 0}, {1, 1}, {0, 3}, {2, 3}, {0, 2}, {3, 3}, {2, 2}, {1, 3}}));
  EXPECT_EQ(genotype_order(4), (Genotypes{{0, 1}, {4, 4}, {2, 4}, {1, 2}, {0, 4}, {3, 4}, {0, 0}, {1, 1}, {0, 3}, {1, 4}, {2, 3},
                                          {0, 2}, {3, 3}, {2, 2}, {1, 3}}));
  EXPECT_EQ(genotype_order(5), (Genotypes{{3, 4}, {0, 2}, {0, 5}, {2, 2}, {2, 5}, {1, 3}, {4, 5}, {3, 3}, {0, 1}, {2, 4}, {1, 2},
                                          {0, 4}, {1, 5}, {3, 5}, {4, 4}, {5, 5}, {0, 0}, {1, 1}, {0, 3}, {1, 4}, {2, 3}}));
}

TEST(Labels, TriesEveryGenotypeOnce) {
  for (size_t alts = 1; alts < 30; ++alts) {
    const auto all = genotype_order(alts);
    EXPECT_EQ(all.size(), (alts + 1) * (alts + 2) / 2);
    EXPECT_EQ(std::set<Genotype>(all.begin(), all.end()).size(), all.size());
  }
}

}  // namespace haploom::labels
