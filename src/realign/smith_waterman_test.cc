#include "realign/smith_waterman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace haploom::realign {
namespace {

constexpr Penalties kPenalties;

using Codes = std::vector<int8_t>;

std::string text(const std::optional<LocalAlignment>& alignment) {
  if (!alignment) return "none";
  return std::to_string(alignment->score) + " at " + std::to_string(alignment->reference_begin) + " " + genome::text(alignment->cigar);
}

std::string aligned(std::string_view query, std::string_view reference, const Penalties& penalties = kPenalties) {
  SmithWaterman aligner(penalties);
  const Codes codes = base_codes(query);
  aligner.set_query(codes);
  return text(aligner.align_to(base_codes(reference)));
}

// What the stripes must compute, one cell at a time: the lanes of the query one behind another, an insertion that reaches
// over the end of a lane seen by everything but the deletion that would begin right after it.
LocalEnd plain_end(const Codes& query, const Codes& reference, int lanes, const Penalties& penalties) {
  const int rows = static_cast<int>(query.size());
  const int segments = (rows + lanes - 1) / lanes;
  std::vector<int> before(query.size() + 1, 0);
  std::vector<int> deletion(query.size(), 0);
  LocalEnd best;
  best.lanes = lanes;
  for (size_t column = 0; column < reference.size(); ++column) {
    std::vector<int> now(query.size() + 1, 0);
    int insertion = 0;        // from anywhere above
    int insertion_here = 0;   // from this lane alone
    for (int row = 0; row < rows; ++row) {
      const auto at = static_cast<size_t>(row);
      if (row % segments == 0) insertion_here = 0;
      const bool same = query[at] == reference[column] && query[at] < 4;
      const int unbroken = std::max({0, before[at] + (same ? penalties.match : -penalties.mismatch), deletion[at]});
      const int seen = std::max(unbroken, insertion_here);
      const int cell = std::max(unbroken, insertion);
      now[at + 1] = cell;
      deletion[at] = std::max({0, deletion[at] - penalties.gap_extend, seen - penalties.gap_open});
      insertion = std::max({0, insertion - penalties.gap_extend, cell - penalties.gap_open});
      insertion_here = std::max({0, insertion_here - penalties.gap_extend, seen - penalties.gap_open});
    }
    const int highest = *std::max_element(now.begin(), now.end());
    if (highest > best.score) {
      best.score = highest;
      best.reference = static_cast<int>(column);
      best.query = static_cast<int>(std::find(now.begin() + 1, now.end(), highest) - now.begin()) - 1;
    }
    before = now;
  }
  return best;
}

// Gotoh's matrix whole, any order of gaps.
int best_score(const Codes& query, const Codes& reference, const Penalties& penalties) {
  std::vector<int> before(query.size() + 1, 0);
  std::vector<int> deletion(query.size() + 1, 0);
  int best = 0;
  for (const int8_t base : reference) {
    std::vector<int> now(query.size() + 1, 0);
    int insertion = 0;
    for (size_t row = 1; row <= query.size(); ++row) {
      const bool same = query[row - 1] == base && base < 4;
      deletion[row] = std::max(deletion[row] - penalties.gap_extend, before[row] - penalties.gap_open);
      insertion = std::max(insertion - penalties.gap_extend, now[row - 1] - penalties.gap_open);
      now[row] = std::max({0, before[row - 1] + (same ? penalties.match : -penalties.mismatch), deletion[row], insertion});
      best = std::max(best, now[row]);
    }
    before = now;
  }
  return best;
}

int score_of(const LocalAlignment& alignment, const Codes& query, const Codes& reference, const Penalties& penalties) {
  int score = 0;
  size_t q = 0;
  auto r = static_cast<size_t>(alignment.reference_begin);
  for (const auto& [op, length] : alignment.cigar) {
    const auto n = static_cast<size_t>(length);
    if (op == 'I' || op == 'D') score -= penalties.gap_open + (length - 1) * penalties.gap_extend;
    if (op == '=' || op == 'X') {
      for (size_t i = 0; i < n; ++i) {
        EXPECT_EQ(query[q + i] == reference[r + i], op == '=');
        score += query[q + i] == reference[r + i] && query[q + i] < 4 ? penalties.match : -penalties.mismatch;
      }
    }
    if (op != 'D') q += n;
    if (op == 'D' || op == '=' || op == 'X') r += n;
  }
  EXPECT_EQ(q, query.size());
  EXPECT_LE(r, reference.size());
  return score;
}

// Sequences with something in common, repeats among them.
struct Sequences {
  explicit Sequences(uint64_t seed) : random(seed) {}
  int below(int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); }
  std::string bases(int length, int letters = 4) {
    std::string out;
    for (int i = 0; i < length; ++i) out += "ACGT"[below(letters)];
    return out;
  }
  std::string edited(std::string from, int edits) {
    for (int i = 0; i < edits && !from.empty(); ++i) {
      const auto at = static_cast<size_t>(below(static_cast<int>(from.size())));
      const int kind = below(8);
      if (kind < 4) from[at] = "ACGTN"[below(kind == 0 ? 5 : 4)];
      else if (kind < 6) from.erase(at, static_cast<size_t>(1 + below(kind == 4 ? 3 : 25)));
      else from.insert(at, bases(1 + below(kind == 6 ? 3 : 25)));
    }
    return from.empty() ? "A" : from;
  }
  std::pair<std::string, std::string> pair() {
    const std::string reference = edited(bases(20 + below(300), below(3) == 0 ? 2 : 4), 1);
    const auto from = static_cast<size_t>(below(static_cast<int>(reference.size())));
    const size_t length = below(3) == 0 ? reference.size() : static_cast<size_t>(5 + below(150));
    return {edited(below(6) == 0 ? bases(5 + below(80)) : reference.substr(length < reference.size() ? from : 0, length), below(8)), reference};
  }
  Penalties penalties() {
    if (below(2) == 0) return kPenalties;
    const int extend = 1 + below(3);
    return {1 + below(5), 1 + below(8), extend + 1 + below(9), extend};
  }
  std::mt19937_64 random;
};

}  // namespace

TEST(SmithWaterman, MarksWhatIsEqualAndWhatIsNot) {
  EXPECT_EQ(aligned("ACGTACGTTT", "GGACGTACGTTTGG"), "40 at 2 10=");
  EXPECT_EQ(aligned("ACGTAGGTTTCC", "ACGTACGTTTCC"), "38 at 0 5=1X6=");
}

TEST(SmithWaterman, ClipsWhatDoesNotPay) {
  EXPECT_EQ(aligned("TTTTACGTACGTAC", "GGACGTACGTACGG"), "40 at 2 4S10=");
  EXPECT_EQ(aligned("ACGTACGTACTTTT", "GGACGTACGTACGG"), "40 at 2 10=4S");
}

TEST(SmithWaterman, OpensAGapWhereItIsCheaper) {
  EXPECT_EQ(aligned("ACGTACGTGGCATTACAG", "ACGTACGTTTGGCATTACAG"), "62 at 0 7=2D11=");
  EXPECT_EQ(aligned("ACGTACGTTTGGCATTACAG", "ACGTACGTGGCATTACAG"), "62 at 0 7=2I11=");
}

TEST(SmithWaterman, PutsAGapInARepeatToTheLeft) {
  EXPECT_EQ(aligned("GATTACAAAAAACCGTGATT", "GATTACAAAAAAAACCGTGATT"), "70 at 0 6=2D14=");
  EXPECT_EQ(aligned("GATTACAAAAAAAACCGTGATT", "GATTACAAAAAACCGTGATT"), "70 at 0 6=2I14=");
}

TEST(SmithWaterman, EndsAtTheFirstOfEqualPlaces) { EXPECT_EQ(aligned("GATTACA", "CCGATTACACCGATTACACC"), "28 at 2 7="); }

TEST(SmithWaterman, PairsNWithNothing) {
  EXPECT_EQ(aligned("ACGTANGTACGTAC", "ACGTACGTACGTAC"), "46 at 0 5=1X8=");
  EXPECT_EQ(aligned("ACGTANGTACGTAC", "ACGTANGTACGTAC"), "46 at 0 14=");  // spelled alike, scored as a mismatch
  EXPECT_EQ(aligned("NNNN", "NNNN"), "none");
}

TEST(SmithWaterman, HasNoAnswerForNothing) {
  EXPECT_EQ(aligned("", "ACGT"), "none");
  EXPECT_EQ(aligned("ACGT", ""), "none");
  EXPECT_EQ(aligned("AAAA", "CCCC"), "none");
  EXPECT_EQ(aligned(std::string(9000, 'A'), std::string(9000, 'A')), "none");  // 36,000 does not fit the lanes
}

TEST(SmithWaterman, AgreesWithOneCellAtATime) {
  Sequences from(20261125);
  for (int i = 0; i < 700; ++i) {
    SCOPED_TRACE("pair " + std::to_string(i));
    const auto [query, reference] = from.pair();
    const Codes q = base_codes(query);
    const Codes r = base_codes(reference);
    const Penalties penalties = from.penalties();
    StripedQuery striped;
    striped.assign(q, penalties);
    striped.begin<8>();
    ASSERT_EQ(striped.find<8>(r), plain_end(q, r, 8, penalties)) << query << " " << reference;
    striped.begin<16>();
    ASSERT_EQ(striped.find<16>(r), plain_end(q, r, 16, penalties)) << query << " " << reference;
  }
}

TEST(SmithWaterman, ReportsAPathThatIsWorthItsScore) {
  Sequences from(7);
  int equal_to_the_best = 0;
  for (int i = 0; i < 700; ++i) {
    SCOPED_TRACE("pair " + std::to_string(i));
    const auto [query, reference] = from.pair();
    const Codes q = base_codes(query);
    const Codes r = base_codes(reference);
    SmithWaterman aligner(kPenalties);
    aligner.set_query(q);
    const auto alignment = aligner.align_to(r);
    const int best = best_score(q, r, kPenalties);
    if (!alignment) continue;
    EXPECT_LE(alignment->score, best);
    EXPECT_GE(score_of(*alignment, q, r, kPenalties), alignment->score);
    equal_to_the_best += alignment->score == best;
  }
  EXPECT_GT(equal_to_the_best, 650);
}

TEST(SmithWaterman, AlignsSimilarSequencesAsAllOthers) {
  Sequences from(99);
  int proved = 0;
  for (int i = 0; i < 700; ++i) {
    const std::string reference = from.edited(from.bases(40 + from.below(500), from.below(4) == 0 ? 2 : 4), 1);
    const std::string query = from.edited(reference, from.below(6));
    const Codes q = base_codes(query);
    const Codes r = base_codes(reference);
    const Penalties penalties = from.penalties();
    SmithWaterman aligner(penalties);
    aligner.set_query(q);
    const std::string expected = text(aligner.align_to(r));
    ASSERT_EQ(text(aligner.align_similar(q, r)), expected) << query << " " << reference;
    CornerProof corners;
    proved += corners.score(q, r, penalties).has_value();
  }
  EXPECT_GT(proved, 200);  // else the proof is of no use
}

TEST(SmithWaterman, KnowsALoneMismatchAtOnceAndOnlyWhereItIsCertain) {
  Sequences from(4);
  int known = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string unit = from.bases(1 + from.below(4));
    std::string reference;
    if (from.below(2) == 0) {
      while (reference.size() < 30) reference += unit;
    } else {
      reference = from.bases(1 + from.below(60), 1 + from.below(3));
    }
    std::string query = reference;
    query[static_cast<size_t>(from.below(static_cast<int>(query.size())))] = "ACGTN"[from.below(5)];
    const Codes q = base_codes(query);
    const Codes r = base_codes(reference);
    const Penalties penalties = from.penalties();
    if (!lone_mismatch(q, r, penalties)) continue;
    ++known;
    SmithWaterman aligner(penalties);
    aligner.set_query(q);
    ASSERT_EQ(text(aligner.align_similar(q, r)), text(aligner.align_to(r))) << query << " " << reference;
  }
  EXPECT_GT(known, 300);
}

TEST(SmithWaterman, DoesNotProveWhatIsFalse) {
  CornerProof corners;
  const auto proves = [&](const std::string& query, const std::string& reference) {
    return corners.score(base_codes(query), base_codes(reference), kPenalties).has_value();
  };
  const std::string left = "GATTACAGGCATCCAGTTGACCA";
  const std::string right = "TTGCATGCCAAGTCCTTAGAGGC";
  EXPECT_TRUE(proves(left + "A" + right, left + "C" + right));
  EXPECT_TRUE(proves(left + right, left + "CAT" + right));
  EXPECT_FALSE(proves("G" + left + right, "C" + left + right));                    // its end is clipped
  EXPECT_FALSE(proves(std::string(40, 'A'), std::string(41, 'A')));                 // fits without the gap
  EXPECT_FALSE(proves(left + right, right + left));
}

TEST(RelatedScores, AreThoseOfEachReferenceAlone) {
  Sequences from(5);
  RelatedScores related;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const std::string first = from.bases(60 + from.below(300), from.below(3) == 0 ? 2 : 4);
    std::vector<std::string> haplotypes = {first};
    for (int i = from.below(12); i > 0; --i) {
      haplotypes.push_back(from.edited(haplotypes[static_cast<size_t>(from.below(static_cast<int>(haplotypes.size())))], 1 + from.below(2)));
    }
    std::sort(haplotypes.begin(), haplotypes.end());
    if (from.below(10) == 0) haplotypes.insert(haplotypes.begin() + from.below(static_cast<int>(haplotypes.size())), "");
    const std::string query = from.edited(first.substr(static_cast<size_t>(from.below(40)), static_cast<size_t>(20 + from.below(140))), from.below(9));
    const Penalties penalties = from.penalties();

    const Codes q = base_codes(query);
    std::vector<Codes> codes;
    for (const std::string& haplotype : haplotypes) codes.push_back(base_codes(haplotype));
    const std::vector<std::span<const int8_t>> references(codes.begin(), codes.end());
    const auto ends = related.score(q, references, penalties);
    ASSERT_EQ(ends.size(), haplotypes.size());
    SmithWaterman aligner(penalties);
    aligner.set_query(q);
    int best = 0;
    for (size_t i = 0; i < ends.size(); ++i) {
      const LocalEnd expected = aligner.end_in(codes[i]);
      EXPECT_EQ(ends[i].score, expected.score) << query << " " << haplotypes[i];
      EXPECT_TRUE(ends[i].reference < 0 || ends[i] == expected) << query << " " << haplotypes[i];
      best = std::max(best, expected.score);
    }
    const auto winner = std::find_if(ends.begin(), ends.end(), [best](const LocalEnd& end) { return end.score == best; });
    EXPECT_TRUE(best == 0 || winner->reference >= 0);
  }
}

}  // namespace haploom::realign
