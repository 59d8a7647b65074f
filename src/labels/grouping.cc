#include "labels/grouping.h"

#include <algorithm>
#include <span>

namespace haploom::labels {
namespace {

struct Entry {
  Span span;
  bool is_truth = false;
};

// By start; a candidate before a truth at the same place.
std::vector<Entry> merged(const std::vector<Span>& candidates, const std::vector<Span>& truths) {
  std::vector<Entry> out;
  out.reserve(candidates.size() + truths.size());
  size_t c = 0;
  for (const Span& truth : truths) {
    for (; c < candidates.size() && candidates[c].start <= truth.start; ++c) out.push_back({candidates[c], false});
    out.push_back({truth, true});
  }
  for (; c < candidates.size(); ++c) out.push_back({candidates[c], false});
  return out;
}

double genotypes(size_t alts) { return static_cast<double>((alts + 1) * (alts + 2)) / 2; }

double genotypes(std::span<const Entry> entries) {
  double product = 1;
  for (const Entry& entry : entries) product *= genotypes(entry.span.alts);
  return product;
}

bool fits(std::span<const Entry> group, const Entry& entry, const GroupLimits& limits) {
  const auto same = std::count_if(group.begin(), group.end(), [&](const Entry& e) { return e.is_truth == entry.is_truth; });
  if (static_cast<size_t>(same) >= limits.variants) return false;
  return std::any_of(group.begin(), group.end(), [&](const Entry& e) { return entry.span.start - e.span.end + 1 <= limits.separation; });
}

}  // namespace

std::vector<Group> group(const std::vector<Span>& candidates, const std::vector<Span>& truths, const GroupLimits& limits) {
  const std::vector<Entry> all = merged(candidates, truths);
  std::vector<Group> out;
  size_t first = 0;       // of the open group
  double combinations = 1;
  int64_t last_end = 0;
  const auto close = [&](size_t last) {
    Group next;
    if (!out.empty()) next = {out.back().last_candidate, out.back().last_candidate, out.back().last_truth, out.back().last_truth};
    for (size_t i = first; i < last; ++i) ++(all[i].is_truth ? next.last_truth : next.last_candidate);
    out.push_back(next);
    first = last;
  };
  for (size_t i = 0; i < all.size();) {
    size_t behind = i + 1;  // of the run with one end
    while (behind < all.size() && all[behind].span.end == all[i].span.end) ++behind;
    const std::span<const Entry> open(all.data() + first, i - first);
    const std::span<const Entry> run(all.data() + i, behind - i);
    const double own = genotypes(run);
    const bool forced = all[i].span.end - last_end <= 0;
    const bool joins = open.empty() || forced ||
                       (combinations * own < limits.combinations &&
                        std::all_of(run.begin(), run.end(), [&](const Entry& entry) { return fits(open, entry, limits); }));
    if (!joins) close(i);
    combinations = joins ? combinations * own : own;
    last_end = all[i].span.end;
    i = behind;
  }
  if (first < all.size()) close(all.size());
  return out;
}

}  // namespace haploom::labels
