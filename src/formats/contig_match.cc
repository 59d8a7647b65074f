#include "formats/contig_match.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace haploom::formats {
namespace {

constexpr double kLeastShare = 0.9;  // make_examples_core.py, MIN_CONTIGS_COVERAGE_FRACTION
constexpr int kNamed = 5;            // contigs spelled out in a message

// "GL000192.1", the scaffolds of GRCh37
bool is_grch37_scaffold(std::string_view name) {
  return name.starts_with("GL000") && name.size() == 10 && name.substr(8) == ".1";
}

// The GenBank accession in "chr1_KI270706v1_random": two letters or JTFH, digits, v, a digit
bool is_accession(std::string_view text) {
  constexpr std::array<std::string_view, 6> kPrefixes = {"JTFH", "KI", "GL", "KN", "JH", "KB"};
  const bool known = std::any_of(kPrefixes.begin(), kPrefixes.end(), [text](auto prefix) { return text.starts_with(prefix); });
  return known && text.size() > 2 && text[text.size() - 2] == 'v';
}

bool is_grch38_scaffold(std::string_view name) {
  if (!name.starts_with("chr")) return false;
  const size_t first = name.find('_');
  if (first == std::string_view::npos) return false;
  const size_t second = std::min(name.find('_', first + 1), name.size());
  if (!is_accession(name.substr(first + 1, second - first - 1))) return false;
  const std::string_view place = name.substr(0, first);
  const std::string_view kind = name.substr(second);
  return place == "chrUn" ? kind.empty() || kind == "_decoy" : kind == "_alt" || kind == "_random";
}

std::string differences(const genome::ContigList& reference, const genome::ContigList& reads) {
  std::vector<std::string> lines;
  int more = 0;
  for (const genome::Contig& contig : reference) {
    if (is_excluded_contig(contig.name)) continue;
    const auto other = reads.index_of(contig.name);
    if (other && reads[*other].length == contig.length) continue;
    if (static_cast<int>(lines.size()) == kNamed) {
      ++more;
    } else if (other) {
      lines.push_back(fmt::format("{} ({} bases, the reads say {})", contig.name, contig.length, reads[*other].length));
    } else {
      lines.push_back(fmt::format("{} ({} bases, absent from the reads)", contig.name, contig.length));
    }
  }
  return fmt::format("{}{}", fmt::join(lines, ", "), more ? fmt::format(" and {} more", more) : "");
}

std::string first_names(const genome::ContigList& contigs) {
  std::vector<std::string_view> names;
  for (int i = 0; i < std::min(contigs.size(), kNamed); ++i) names.push_back(contigs[i].name);
  return names.empty() ? "no contig at all" : fmt::format("{}{}", fmt::join(names, ", "), contigs.size() > kNamed ? ", ..." : "");
}

}  // namespace

bool is_excluded_contig(std::string_view name) {
  return name == "chrEBV" || name == "hs37d5" || name == "NC_007605" || name.starts_with("HLA-") || is_grch37_scaffold(name) ||
         is_grch38_scaffold(name);
}

std::vector<int> callable_contigs(const genome::ContigList& reference, const std::string& reference_path,
                                  const genome::ContigList& reads, const std::string& reads_path) {
  std::vector<int> out;
  int64_t all = 0;
  int64_t common = 0;
  for (int i = 0; i < reference.size(); ++i) {
    const genome::Contig& contig = reference[i];
    if (is_excluded_contig(contig.name)) continue;
    all += contig.length;
    const auto other = reads.index_of(contig.name);
    if (!other || reads[*other].length != contig.length) continue;
    common += contig.length;
    out.push_back(i);
  }
  if (!out.empty() && static_cast<double>(common) >= kLeastShare * static_cast<double>(all)) return out;
  throw Error{Exit::kInput, Reason::kContigs, "formats",
              fmt::format("reads '{}' and reference '{}' do not fit each other: {:.1f} % of the reference's bases lie on contigs of "
                          "equal name and length in both. Differing: {}. The reads have {}",
                          reads_path, reference_path, all ? 100.0 * static_cast<double>(common) / static_cast<double>(all) : 0.0,
                          differences(reference, reads), first_names(reads)),
              "give --ref the FASTA that the reads were aligned to"};
}

}  // namespace haploom::formats
