#include "genome/region.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/error.h"

namespace haploom::genome {
namespace {

[[noreturn]] void refuse(std::string message, std::string remedy) {
  throw Error{Exit::kUsage, Reason::kRegions, "genome", std::move(message), std::move(remedy)};
}

// A 1-based position with optional commas; nullopt when it is none.
std::optional<int64_t> position(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ',') digits += c;
  }
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::string names(const ContigList& contigs) {
  std::string out;
  for (int i = 0; i < std::min(contigs.size(), 5); ++i) out += (i ? ", " : "") + contigs[i].name;
  return contigs.size() > 5 ? fmt::format("{}, ... ({} in all)", out, contigs.size()) : out;
}

std::string with_commas(int64_t value) {
  std::string out = std::to_string(value);
  for (auto i = static_cast<int64_t>(out.size()) - 3; i > 0; i -= 3) out.insert(static_cast<size_t>(i), ",");
  return out;
}

// Walks the sorted, merged `other` beside each region and hands out the pieces inside and outside of it.
template <typename Take>
void split(const std::vector<Region>& regions, const std::vector<Region>& other, Take take) {
  for (const Region& region : regions) {
    int64_t at = region.start;
    auto first = std::lower_bound(other.begin(), other.end(), region, [](const Region& a, const Region& b) {
      return a.contig != b.contig ? a.contig < b.contig : a.end <= b.start;
    });
    for (; first != other.end() && first->contig == region.contig && first->start < region.end; ++first) {
      const int64_t start = std::max(first->start, region.start);
      const int64_t end = std::min(first->end, region.end);
      if (at < start) take(Region{region.contig, at, start}, false);
      take(Region{region.contig, start, end}, true);
      at = end;
    }
    if (at < region.end) take(Region{region.contig, at, region.end}, false);
  }
}

}  // namespace

ContigList::ContigList(std::vector<Contig> contigs) : contigs_(std::move(contigs)), by_name_(contigs_.size()) {
  std::iota(by_name_.begin(), by_name_.end(), 0);
  std::stable_sort(by_name_.begin(), by_name_.end(),
                   [this](int a, int b) { return (*this)[a].name < (*this)[b].name; });
}

std::optional<int> ContigList::index_of(std::string_view name) const {
  const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                      [this](int index, std::string_view wanted) { return (*this)[index].name < wanted; });
  if (found == by_name_.end() || (*this)[*found].name != name) return std::nullopt;
  return *found;
}

int64_t overlap(const Region& a, const Region& b) {
  if (a.contig != b.contig) return 0;
  return std::max<int64_t>(0, std::min(a.end, b.end) - std::max(a.start, b.start));
}

std::string text(const Region& region, const ContigList& contigs) {
  return fmt::format("{}:{}-{}", contigs[region.contig].name, with_commas(region.start + 1), with_commas(region.end));
}

std::string plain_text(const Region& region, const ContigList& contigs) {
  return fmt::format("{}:{}-{}", contigs[region.contig].name, region.start + 1, region.end);
}

Region parse_region(std::string_view literal, const ContigList& contigs) {
  if (const auto whole = contigs.index_of(literal)) return {*whole, 0, contigs[*whole].length};
  const size_t colon = literal.rfind(':');
  const auto contig = contigs.index_of(literal.substr(0, colon));
  if (!contig) {
    refuse(fmt::format("region '{}' names a contig that the reference does not have", literal),
           fmt::format("one of {}", names(contigs)));
  }
  const std::string_view interval = literal.substr(colon + 1);
  const size_t dash = interval.find('-');
  const auto first = position(interval.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : position(interval.substr(dash + 1));
  if (!first || !last) refuse(fmt::format("region '{}' is not contig:first-last", literal), "write chr20:10,000,001-10,100,000");
  const int64_t length = contigs[*contig].length;
  if (*first < 1 || *last < *first || *last > length) {
    refuse(fmt::format("region '{}' lies outside contig {} of {} bases, or ends before it starts", literal,
                       contigs[*contig].name, with_commas(length)),
           fmt::format("positions are 1-based and closed, 1-{}", with_commas(length)));
  }
  return {*contig, *first - 1, *last};
}

std::vector<Region> merged(std::vector<Region> regions) {
  std::erase_if(regions, [](const Region& region) { return region.length() <= 0; });
  std::sort(regions.begin(), regions.end());
  std::vector<Region> out;
  for (const Region& region : regions) {
    if (!out.empty() && out.back().contig == region.contig && region.start <= out.back().end) {
      out.back().end = std::max(out.back().end, region.end);
    } else {
      out.push_back(region);
    }
  }
  return out;
}

std::vector<Region> without(std::vector<Region> regions, std::vector<Region> other) {
  std::vector<Region> out;
  split(merged(std::move(regions)), merged(std::move(other)), [&out](const Region& piece, bool inside) {
    if (!inside) out.push_back(piece);
  });
  return out;
}

std::vector<Region> intersection(std::vector<Region> regions, std::vector<Region> other) {
  std::vector<Region> out;
  split(merged(std::move(regions)), merged(std::move(other)), [&out](const Region& piece, bool inside) {
    if (inside) out.push_back(piece);
  });
  return out;
}

}  // namespace haploom::genome
