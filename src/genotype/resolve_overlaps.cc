// Calls that overlap and together ask for three or more copies of the contig at some base cannot all hold. Of all ways to
// choose genotypes that fit two copies, the likeliest is taken if every call's own best genotype over all ways agrees.
//
// haplotypes.py walks through every combination of genotypes. Which combinations fit depends on the number of alt copies
// of each call alone, so we walk through those numbers (0, 1, 2 for each call) and carry the genotypes of one number as
// one sum: the same answer, and 3^n steps however many alts a call has.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>

#include "base/error.h"
#include "genotype/genotype.h"
#include "genotype/merge.h"

namespace haploom::genotype {
namespace {

constexpr size_t kMostCalls = 12;  // upstream's limit too: _MAX_OVERLAPPING_VARIANTS_TO_RESOLVE
constexpr int kCopies = 2;
constexpr double kNever = -std::numeric_limits<double>::infinity();

int alt_copies(const Call& call) { return (call.genotype[0] > 0) + (call.genotype[1] > 0); }

// log10(10^a + 10^b)
double log10_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kNever ? a : a + std::log10(1.0 + std::pow(10.0, b - a));
}

// The genotypes of one call that have the same number of alt copies.
struct Choice {
  double sum = kNever;   // log10 of the sum of their likelihoods
  double best = kNever;  // the likeliest one's, the first of equals
  std::array<int, 2> genotype = {0, 0};
};
using Choices = std::array<Choice, kCopies + 1>;

void offer(Choice& choice, const Call& call, int a, int b) {
  const double likelihood = call.likelihoods[static_cast<size_t>(genotype_index(a, b))];
  choice.sum = log10_sum(choice.sum, likelihood);
  if (likelihood > choice.best) choice.best = likelihood, choice.genotype = {a, b};
}

Choices choices_of(const Call& call) {
  const int alts = static_cast<int>(call.alts.size());
  check(call.likelihoods.size() == static_cast<size_t>(genotype_count(alts + 1)), "a call has one likelihood a genotype");
  Choices out;
  offer(out[0], call, 0, 0);
  for (int i = 1; i <= alts; ++i) offer(out[1], call, 0, i);
  for (int i = 1; i <= alts; ++i)
    for (int j = i; j <= alts; ++j) offer(out[2], call, i, j);
  return out;
}

// Whether no base where call `at` starts has too many copies of it and the calls before it. Enough for the whole: calls
// are sorted by start, and the sum over the bases of a group is largest at some call's start.
bool fits_at(std::span<const Call> calls, std::span<const int> copies, size_t at) {
  int sum = 0;
  for (size_t i = 0; i <= at; ++i)
    if (calls[at].start < calls[i].end()) sum += copies[i];
  return sum <= kCopies;
}

bool fits(std::span<const Call> calls) {
  std::vector<int> copies;
  for (const Call& call : calls) copies.push_back(alt_copies(call));
  for (size_t at = 0; at < calls.size(); ++at)
    if (!fits_at(calls, copies, at)) return false;
  return true;
}

// The walk through all numbers of copies that fit, in lexicographic order.
class Walk {
 public:
  explicit Walk(std::span<const Call> calls)
      : calls_(calls), copies_(calls.size(), 0), marginal_(calls.size()), best_copies_(calls.size(), 0) {
    for (const Call& call : calls) choices_.push_back(choices_of(call));
    for (auto& sums : marginal_) sums.fill(kNever);
    step(0, 0.0, 0.0);
  }

  std::array<int, 2> best_genotype(size_t i) const { return choices_[i][static_cast<size_t>(best_copies_[i])].genotype; }

  // Of call i: log10 of each genotype's sum over all that fits, divided by the sum over its genotypes; VCF order.
  std::vector<double> marginal_likelihoods(size_t i) const {
    const Call& call = calls_[i];
    std::vector<double> out(call.likelihoods.size());
    double total = kNever;
    // Every number of copies fits if the other calls have none, so each marginal is a number.
    for (int b = 0; b <= static_cast<int>(call.alts.size()); ++b) {
      for (int a = 0; a <= b; ++a) {
        const auto copies = static_cast<size_t>((a > 0) + (b > 0));
        const auto index = static_cast<size_t>(genotype_index(a, b));
        // marginal_ holds the sum over this call's genotypes of so many copies; this genotype has its part of it
        out[index] = marginal_[i][copies] - choices_[i][copies].sum + call.likelihoods[index];
        total = log10_sum(total, out[index]);
      }
    }
    for (double& value : out) value = std::min(0.0, value - total);
    return out;
  }

 private:
  void step(size_t i, double sum, double best) {
    if (i == calls_.size()) {
      for (size_t k = 0; k < i; ++k) {
        double& marginal = marginal_[k][static_cast<size_t>(copies_[k])];
        marginal = log10_sum(marginal, sum);
      }
      if (best > best_) best_ = best, best_copies_ = copies_;
      return;
    }
    for (int copies = 0; copies <= kCopies; ++copies) {
      copies_[i] = copies;
      if (!fits_at(calls_, copies_, i)) break;  // more copies fit even less
      const Choice& choice = choices_[i][static_cast<size_t>(copies)];
      step(i + 1, sum + choice.sum, best + choice.best);
    }
    copies_[i] = 0;
  }

  std::span<const Call> calls_;
  std::vector<Choices> choices_;
  std::vector<int> copies_;
  std::vector<std::array<double, kCopies + 1>> marginal_;
  double best_ = kNever;
  std::vector<int> best_copies_;
};

std::array<int, 2> likeliest(const std::vector<double>& likelihoods) {
  const auto index = static_cast<int>(std::max_element(likelihoods.begin(), likelihoods.end()) - likelihoods.begin());
  int b = 0;
  while (genotype_count(b + 1) <= index) ++b;
  return {index - genotype_count(b), b};
}

// Calls with alt alleles, each overlapping another.
void resolve_variants(std::span<Call> calls) {
  if (calls.size() < 2 || calls.size() > kMostCalls || fits(calls)) return;
  const Walk walk(calls);
  std::vector<std::vector<double>> likelihoods;
  for (size_t i = 0; i < calls.size(); ++i) {
    likelihoods.push_back(walk.marginal_likelihoods(i));
    if (likeliest(likelihoods.back()) != walk.best_genotype(i)) return;
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    calls[i].genotype = walk.best_genotype(i);
    calls[i].likelihoods = std::move(likelihoods[i]);
  }
}

// Where the group that starts at `first` ends: the first call that none of the group overlaps.
size_t group_end(std::span<const Call> calls, size_t first) {
  int64_t end = calls[first].end();
  size_t next = first + 1;
  for (; next < calls.size() && calls[next].contig == calls[first].contig && calls[next].start < end; ++next)
    end = std::max(end, calls[next].end());
  return next;
}

void resolve_group(std::span<Call> group) {
  const auto variants = std::stable_partition(group.begin(), group.end(), [](const Call& call) { return alt_copies(call) == 0; });
  const std::span<Call> with_alt(variants, group.end());
  for (size_t first = 0; first < with_alt.size();) {
    const size_t last = group_end(with_alt, first);
    resolve_variants(with_alt.subspan(first, last - first));
    first = last;
  }
  std::stable_sort(group.begin(), group.end(),
                   [](const Call& a, const Call& b) { return std::tuple(a.start, a.end()) < std::tuple(b.start, b.end()); });
}

}  // namespace

void resolve_overlaps(std::vector<Call>& calls) {
  for (size_t first = 0; first < calls.size();) {
    const size_t last = group_end(calls, first);
    if (last - first > 1) resolve_group(std::span(calls).subspan(first, last - first));
    first = last;
  }
}

size_t last_group(const std::vector<Call>& calls) {
  size_t first = 0;
  for (size_t next = 0; next < calls.size(); next = group_end(calls, next)) first = next;
  return first;
}

}  // namespace haploom::genotype
