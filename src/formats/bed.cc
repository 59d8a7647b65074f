#include "formats/bed.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/line_reader.h"

namespace haploom::formats {
namespace {

constexpr std::string_view kBlank = " \t";

// Cuts the next column off the front of `line`.
std::string_view column(std::string_view& line) {
  const size_t start = std::min(line.find_first_not_of(kBlank), line.size());
  const size_t end = std::min(line.find_first_of(kBlank, start), line.size());
  const std::string_view out = line.substr(start, end - start);
  line.remove_prefix(end);
  return out;
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Wrong {
  Exit whose;  // kInput: no BED line; kUsage: a good line for another reference
  std::string what;
};

// What is wrong with the line, or the region in `out`.
std::optional<Wrong> parse(std::string_view line, const genome::ContigList& contigs, genome::Region& out) {
  const std::string_view name = column(line);
  const auto start = number(column(line));
  const auto end = number(column(line));
  if (!start || !end) return Wrong{Exit::kInput, "it is not contig, start, end separated by tabs"};
  if (*start < 0 || *end < *start) return Wrong{Exit::kInput, fmt::format("the interval {}-{} is reversed or starts before 0", *start, *end)};
  const auto contig = contigs.index_of(name);
  if (!contig) return Wrong{Exit::kUsage, fmt::format("the reference has no contig '{}'", name)};
  if (*end > contigs[*contig].length) {
    return Wrong{Exit::kUsage, fmt::format("the interval {}-{} leaves contig {} of {} bases", *start, *end, name, contigs[*contig].length)};
  }
  out = {*contig, *start, *end};
  return std::nullopt;
}

bool is_comment(std::string_view line) {
  const std::string_view first = column(line);
  return first.empty() || first.front() == '#' || first == "track" || first == "browser";
}

}  // namespace

std::vector<genome::Region> read_bed(const std::string& path, const genome::ContigList& contigs) {
  std::vector<genome::Region> out;
  LineReader lines(path, "formats", Reason::kRegions);
  while (const auto line = lines.next()) {
    if (is_comment(*line)) continue;
    genome::Region region;
    if (const auto wrong = parse(*line, contigs, region)) {
      throw Error{wrong->whose, Reason::kRegions, "formats", fmt::format("line {} of '{}': {}", lines.line(), path, wrong->what),
                  "give a BED (0-based, half-open) made for this reference"};
    }
    if (region.length() > 0) out.push_back(region);
  }
  return out;
}

}  // namespace haploom::formats
