#include "candidates/population.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "genome/reference_window.h"

namespace haploom::candidates {
namespace {

using formats::VcfRecord;

// The reference over [from, to) with the alt in place of REF.
std::string haplotype(const genome::ReferenceWindow& reference, int64_t from, int64_t to, int64_t start, std::string_view ref, std::string_view alt) {
  std::string out(reference.between(from, start));
  out += alt;
  out += reference.between(start + static_cast<int64_t>(ref.size()), to);
  return out;
}

float frequency_of(const VcfRecord& record, size_t alt, const std::string& path) {
  if (alt < record.allele_frequency.size()) return record.allele_frequency[alt];
  throw Error{Exit::kInput, Reason::kVariants, "candidates",
              fmt::format("the record of '{}' at position {} has {} alts but {} frequencies (INFO AF)", path, record.start + 1,
                          record.alts.size(), record.allele_frequency.size()),
              "give a cohort with AF for each alt; bcftools +fill-tags -- -t AF makes it from genotypes"};
}

int64_t end_of_ref(const VcfRecord& record) { return record.start + static_cast<int64_t>(record.ref.size()); }

// Of several records that make the same haplotype the last one counts.
void fill(genome::Candidate& candidate, const std::vector<const VcfRecord*>& cohort, const genome::ReferenceWindow& reference, const std::string& path) {
  for (const VcfRecord* record : cohort) {
    const int64_t from = std::min(candidate.start, record->start);
    const int64_t to = std::max(candidate.end(), end_of_ref(*record));
    std::vector<std::string> ours;
    for (const std::string& alt : candidate.alts) ours.push_back(haplotype(reference, from, to, candidate.start, candidate.ref, alt));
    for (const std::string& alt : record->alts) {
      const std::string theirs = haplotype(reference, from, to, record->start, record->ref, alt);
      for (size_t i = 0; i < ours.size(); ++i) {
        if (ours[i] != theirs) continue;
        const auto first = std::find(record->alts.begin(), record->alts.end(), alt) - record->alts.begin();
        candidate.population_frequency[i] = frequency_of(*record, static_cast<size_t>(first), path);
      }
    }
  }
}

}  // namespace

PopulationFrequencies::PopulationFrequencies(const std::vector<std::string>& paths, const formats::Reference& reference)
    : reference_(reference) {
  for (const std::string& path : paths) {
    formats::VcfReader reader(path, {.genotypes = false, .allele_frequency = true});
    const auto contig = paths.size() == 1 ? std::string() : reader.first_contig();
    if (!contig) continue;  // no records
    const auto [other, added] = by_contig_.try_emplace(*contig, std::move(reader));
    if (added) continue;
    throw Error{Exit::kUsage, Reason::kVariants, "candidates",
                fmt::format("'{}' and '{}' are both about {}", other->second.path(), path, *contig), "--population_vcfs with one file a contig"};
  }
}

formats::VcfReader* PopulationFrequencies::reader_of(const std::string& contig) {
  auto found = by_contig_.find("");
  if (found == by_contig_.end()) found = by_contig_.find(contig);
  return found == by_contig_.end() ? nullptr : &found->second;
}

void PopulationFrequencies::annotate(std::vector<genome::Candidate>& candidates) {
  if (candidates.empty()) return;
  const genome::ContigList& contigs = reference_.contigs();
  genome::Region span{candidates.front().contig, candidates.front().start, candidates.front().end()};
  for (const genome::Candidate& each : candidates) {
    span.start = std::min(span.start, each.start);
    span.end = std::max(span.end, each.end());
  }
  std::vector<VcfRecord> cohort;
  formats::VcfReader* reader = reader_of(contigs[span.contig].name);
  if (reader) reader->for_each(span, contigs, [&cohort](VcfRecord&& record) { cohort.push_back(std::move(record)); });
  for (const VcfRecord& record : cohort) {
    span.start = std::min(span.start, record.start);
    span.end = std::max(span.end, end_of_ref(record));
  }
  const std::string bases = cohort.empty() ? std::string() : reference_.bases(span);
  const genome::ReferenceWindow reference{span.start, bases};
  for (genome::Candidate& each : candidates) {
    std::vector<const VcfRecord*> here;
    bool inside = true;  // upstream finds nothing where the cohort's records leave the contig
    for (const VcfRecord& record : cohort) {
      if (record.start >= each.end() || record.end <= each.start) continue;
      here.push_back(&record);
      inside = inside && record.end <= contigs[span.contig].length;
    }
    each.population_frequency.assign(each.alts.size(), 0.0F);
    if (inside && !here.empty()) fill(each, here, reference, reader->path());
  }
}

}  // namespace haploom::candidates
