// Source: VARIANT_TYPE_SELECTORS in make_examples_core.py, nucleus/util/variant_utils.py (DeepVariant 1.9)
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "candidates/candidates.h"

namespace haploom::candidates {
namespace {

constexpr std::array<std::string_view, 6> kWords = {"snps", "indels", "insertions", "deletions", "multi-allelics", "all"};
enum : size_t { kSnps, kIndels, kInsertions, kDeletions, kMultiAllelics, kAll };

constexpr unsigned bit(size_t type) { return 1U << type; }

unsigned types_of(const genome::Candidate& candidate) {
  if (candidate.alts.size() > 1) return bit(kMultiAllelics) | bit(kAll);
  if (candidate.alts.empty() || candidate.alts.front() == kNoAlt) return bit(kAll);
  const size_t ref = candidate.ref.size();
  const size_t alt = candidate.alts.front().size();
  if (ref == 1 && alt == 1) return bit(kSnps) | bit(kAll);
  return bit(kIndels) | bit(kAll) | (ref < alt ? bit(kInsertions) : 0) | (ref > alt ? bit(kDeletions) : 0);
}

}  // namespace

VariantTypes::VariantTypes(std::string_view words) {
  constexpr std::string_view kBlank = " \t\n";
  while (true) {
    words.remove_prefix(std::min(words.find_first_not_of(kBlank), words.size()));
    if (words.empty()) return;
    const std::string_view word = words.substr(0, words.find_first_of(kBlank));
    words.remove_prefix(word.size());
    const auto found = std::find(kWords.begin(), kWords.end(), word);
    if (found == kWords.end()) {
      throw Error{Exit::kUsage, Reason::kUsage, "candidates", fmt::format("--select_variant_types '{}' is not known", word),
                  "words of: snps indels insertions deletions multi-allelics all"};
    }
    types_ |= bit(static_cast<size_t>(found - kWords.begin()));
  }
}

bool VariantTypes::selects(const genome::Candidate& candidate) const { return types_ == 0 || (types_ & types_of(candidate)) != 0; }

}  // namespace haploom::candidates
